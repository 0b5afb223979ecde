import Foundation
import Glibc
import Synchronization

/// A program that a test started. Its output goes to two files, and it is ended by its own process id only.
final class Program: Sendable {
    enum Exit: Hashable, Sendable {
        case code(Int32)
        case signal(Int32)

        /// A crash: ended by a signal that nobody sent.
        var isCrash: Bool {
            if case .signal = self { true } else { false }
        }
    }

    struct CannotStart: Error {
        let path: String
        let reason: String
    }

    let pid: pid_t
    let stdout: URL
    let stderr: URL
    private let exit = Mutex<Exit?>(nil)

    /// `path` is looked up in `PATH` unless it has a slash. Output is appended to `output.stdout` and `output.stderr`.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], output: URL) throws {
        stdout = output.appendingPathExtension("stdout")
        stderr = output.appendingPathExtension("stderr")
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        let append = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, stdout.path, append, 0o644)
        posix_spawn_file_actions_addopen(&files, 2, stderr.path, append, 0o644)

        // Dispatch blocks signals on its threads, and a child would inherit that and never hear SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let merged = Scale.environment.merging(environment) { _, new in new }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, path, &files, &attributes, argv, envp)
        guard failure == 0 else { throw CannotStart(path: path, reason: String(cString: strerror(failure))) }
        pid = child
    }

    var outputText: String { Self.text(of: stdout) }
    var errorText: String { Self.text(of: stderr) }
    var isRunning: Bool { reap(WNOHANG) == nil }

    /// Sends a signal unless the program has already been seen to end.
    func send(_ signal: Int32) {
        exit.withLock { if $0 == nil { kill(pid, signal) } }
    }

    /// Waits for the end and says how it came.
    @discardableResult
    func wait(within seconds: Double = 30) throws -> Exit {
        try eventually("end of process \(pid)", within: seconds) { reap(WNOHANG) }
    }

    /// Ends it at once, as a power cut would.
    @discardableResult
    func end() -> Exit? {
        send(SIGKILL)
        return try? wait(within: 10)
    }

    private func reap(_ options: Int32) -> Exit? {
        exit.withLock { exit in
            if let exit { return exit }
            var status: Int32 = 0
            guard waitpid(pid, &status, options) == pid else { return nil }
            exit = status & 0x7F == 0 ? .code((status >> 8) & 0xFF) : .signal(status & 0x7F)
            return exit
        }
    }

    private static func text(of file: URL) -> String {
        String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
    }
}

/// One run of a program to its end.
struct Run {
    let exit: Program.Exit
    let stdout: String
    let stderr: String

    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], within seconds: Double = 60) throws
    {
        let directory = try TemporaryDirectory()
        let output = directory.url.appending(path: "run")
        let program = try Program(path, arguments, environment: environment, output: output)
        defer { program.end() }
        exit = try program.wait(within: seconds)
        stdout = program.outputText
        stderr = program.errorText
    }

    /// Everything it said, for messages.
    var said: String { "\(exit)\n\(stdout)\n\(stderr)" }
}

/// A directory that goes away with its owner.
final class TemporaryDirectory: Sendable {
    let url: URL

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/waybill-e2e.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw TimedOut(description: "cannot make a temporary directory") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        url = URL(filePath: path, directoryHint: .isDirectory)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
