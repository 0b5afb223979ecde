import Foundation
import Glibc
import Synchronization

/// A program beside the test, spoken to by its input and read by its output; ended by its own process id only.
package final class ChildProcess: Sendable {
    package struct CannotStart: Error, CustomStringConvertible {
        package let description: String
    }

    package let pid: pid_t
    private let input: FileHandle
    private let output: FileHandle
    private let hasEnded = Mutex(false)

    /// `path` is looked up in `PATH` unless it has a slash.
    package init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let (toChild, fromChild) = (Pipe(), Pipe())
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, toChild.fileHandleForReading.fileDescriptor, 0)
        posix_spawn_file_actions_adddup2(&files, fromChild.fileHandleForWriting.fileDescriptor, 1)
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
        // Other children must not hold these ends open.
        for handle in [
            toChild.fileHandleForReading, toChild.fileHandleForWriting, fromChild.fileHandleForReading,
            fromChild.fileHandleForWriting,
        ] { _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC) }

        // Dispatch blocks signals on its threads, and a child would inherit that and never hear SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, path, &files, &attributes, argv, envp)
        guard failure == 0 else { throw CannotStart(description: "\(path): \(String(cString: strerror(failure)))") }
        pid = child
        input = toChild.fileHandleForWriting
        output = fromChild.fileHandleForReading
        ChildProcesses.living.withLock { _ = $0.insert(child) }
    }

    deinit { end() }

    package func write(_ text: String) throws { try input.write(contentsOf: Data(text.utf8)) }

    package func closeInput() { try? input.close() }

    /// The next line of its output; nil when it has ended. Blocks.
    package func readLine() throws -> String? {
        var line = Data()
        while let byte = try output.read(upToCount: 1), let first = byte.first {
            if first == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// All the rest of its output. Blocks until it has ended.
    package func readToEnd() throws -> String { String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self) }

    package func send(_ signal: Int32) { hasEnded.withLock { if !$0 { _ = kill(pid, signal) } } }

    /// Waits for its end, and says how it came: 0 for success.
    @discardableResult
    package func wait() -> Int32 {
        hasEnded.withLock { hasEnded in
            guard !hasEnded else { return 0 }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            hasEnded = true
            ChildProcesses.living.withLock { _ = $0.remove(pid) }
            return status
        }
    }

    /// Ends it at once, as a power cut would.
    package func end() {
        send(SIGKILL)
        wait()
    }
}

/// Children that still run when the tests' own process ends would run for ever.
private enum ChildProcesses {
    static let living: Mutex<Set<pid_t>> = {
        atexit { ChildProcesses.living.withLock { for pid in $0 { kill(pid, SIGKILL) } } }
        return Mutex([])
    }()
}

/// One run of a program to its end: what it wrote.
package func run(
    _ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
) throws -> String {
    let child = try ChildProcess(path, arguments, environment: environment)
    try child.write(input)
    child.closeInput()
    let output = try child.readToEnd()
    let status = child.wait()
    guard status == 0 else { throw ChildProcess.CannotStart(description: "\(path) \(arguments): status \(status)") }
    return output
}
