import Foundation
import Glibc

/// A throw-away PostgreSQL server in a directory of its own, gone with the test process.
package final class PostgresServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Whether tests can have a server; why not is the reason of a skip. In CI its absence is a failure instead.
    package static var isInstalled: Bool {
        programs != nil || ProcessInfo.processInfo.environment["CI"] != nil
    }

    /// Where Debian keeps the newest version's programs, or wherever `initdb` is on the path.
    private static let programs: String? = {
        let manager = FileManager.default
        let versions = (try? manager.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let debian = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":").map(String.init)
        return (debian + path).first { manager.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    package let port: Int
    private let directory: String
    private let bin: String

    /// - Parameters:
    ///   - isDurable: with fsync; only tests of durability pay for it.
    ///   - settings: further lines of `postgresql.conf`.
    package static func make(isDurable: Bool = false, settings: [String] = []) async throws -> PostgresServer {
        try await onThread { try PostgresServer(isDurable: isDurable, settings: settings) }
    }

    /// On a thread that may block.
    package init(isDurable: Bool = false, settings: [String] = []) throws {
        guard let bin = Self.programs else { throw Failure(description: "there is no initdb on this machine") }
        self.bin = bin
        port = try Self.freePort()
        var template = Array((NSTemporaryDirectory() + "/waybill-pg-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The server refuses to run as root: then it is the user `postgres` who does.
        if getuid() == 0 { _ = try Self.run("/usr/bin/chown", ["postgres:", directory]) }
        try asServer("initdb", ["-D", data, "-U", "waybill", "-A", "trust", "-E", "UTF8", "--locale=C", "-k", "-N"])
        let lines =
            [
                "port = \(port)", "listen_addresses = '127.0.0.1'", "unix_socket_directories = '\(directory)'",
                "fsync = \(isDurable ? "on" : "off")", "max_connections = 300", "shared_buffers = 128MB",
                "log_min_messages = fatal",
            ] + settings
        let configuration = data + "/postgresql.conf"
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: configuration))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        try handle.close()
        try launch()
        try watch()
    }

    private func launch() throws {
        try asServer("pg_ctl", ["-D", data, "-w", "-t", "60", "-l", directory + "/log", "start"])
    }

    deinit {
        _ = try? asServer("pg_ctl", ["-D", data, "-m", "immediate", "stop"])
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var data: String { directory + "/data" }

    /// Through the socket in the server's directory.
    package func uri(_ database: String) -> String {
        "postgresql://waybill@/\(database)?host=\(directory)&port=\(port)"
    }

    /// Through TCP, where a proxy can stand between.
    package func address(_ database: String, port: Int? = nil) -> String {
        "postgresql://waybill@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    // MARK: What happens to servers

    package func start() async throws { try await Self.onThread { try self.start() } }

    /// As if the machine had lost its power: no checkpoint, no farewell.
    package func stopImmediately() async throws {
        try await Self.onThread { try self.stopImmediately() }
    }

    /// Stops every process of the server in its tracks, or lets them go on.
    package func pause(_ isPaused: Bool) async throws {
        try await Self.onThread {
            let postmaster = String(try self.process())
            let children = try Self.run("/usr/bin/pgrep", ["-P", postmaster]).split(separator: "\n").map(String.init)
            for id in [postmaster] + children {
                if let id = pid_t(id) { kill(id, isPaused ? SIGSTOP : SIGCONT) }
            }
        }
    }

    /// The postmaster's process id.
    package func process() throws -> pid_t {
        let text = try String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8)
        guard let id = pid_t(text.prefix { $0 != "\n" }) else { throw Failure(description: "no process id") }
        return id
    }

    /// Runs SQL as the server's owner; answers what `psql` prints, without decoration.
    @discardableResult
    package func sql(_ text: String, in database: String = "postgres") async throws -> String {
        try await Self.onThread { try self.sql(text, in: database) }
    }

    // MARK: On a thread that may block

    package func start() throws { try launch() }

    package func stopImmediately() throws {
        _ = try asServer("pg_ctl", ["-D", data, "-m", "immediate", "stop"])
    }

    @discardableResult
    package func sql(_ text: String, in database: String = "postgres") throws -> String {
        try Self.run(bin + "/psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", uri(database), "-c", text])
    }

    // MARK: Processes

    /// Waiting for a process blocks: not on a thread that all tests share.
    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }

    /// Ends the server when this process is gone, however it went.
    private func watch() throws {
        let script = """
            while kill -0 \(getpid()) 2>/dev/null; do sleep 0.5; done
            kill -QUIT $(head -n 1 \(data)/postmaster.pid) 2>/dev/null
            rm -rf \(directory)
            """
        _ = try Self.run("/bin/sh", ["-c", "(\(script)) >/dev/null 2>&1 &"])
    }

    @discardableResult
    private func asServer(_ program: String, _ arguments: [String]) throws -> String {
        guard getuid() == 0 else { return try Self.run(bin + "/" + program, arguments) }
        let user = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--", bin + "/" + program]
        return try Self.run("/usr/bin/setpriv", user + arguments)
    }

    /// Not by `Process`, which takes a program for running as long as a server that it left behind holds what it
    /// inherited.
    private static func run(_ path: String, _ arguments: [String]) throws -> String {
        guard let file = tmpfile() else { throw Failure(description: "no temporary file") }
        defer { fclose(file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor: Int32 in [1, 2] { posix_spawn_file_actions_adddup2(&actions, fileno(file), descriptor) }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        guard posix_spawn(&id, path, &actions, nil, &words, environ) == 0 else {
            throw Failure(description: "cannot run \(path)")
        }
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1, errno == EINTR {}
        let handle = FileHandle(fileDescriptor: fileno(file), closeOnDealloc: false)
        try handle.seek(toOffset: 0)
        let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        guard status == 0 else { throw Failure(description: "\(path) \(arguments.joined(separator: " ")): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard result == 0 else { throw Failure(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
