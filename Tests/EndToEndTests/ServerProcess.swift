import Foundation
import Glibc
import Synchronization

/// `waybill serve` as a process of its own, in a directory and on ports of its own. It can be killed and started again.
final class ServerProcess: Sendable {
    let directory: URL
    let port: Int
    let adminPort: Int
    private let log: URL
    private let extra: [String]
    private let environment: [String: String]
    /// A program and its arguments to run the server under, such as `strace`.
    private let wrapper: [String]
    private let program = Mutex<Program?>(nil)

    init(
        directory: URL, log: URL? = nil, extra: [String] = [], environment: [String: String] = [:],
        wrapper: [String] = []
    ) throws {
        self.directory = directory
        self.log = log ?? directory.deletingLastPathComponent().appending(path: directory.lastPathComponent + "-server")
        self.extra = extra
        self.environment = environment
        self.wrapper = wrapper
        (port, adminPort) = try Self.freePorts()
    }

    deinit { program.withLock { _ = $0?.end() } }

    /// Starts in a fresh directory and waits until it is ready.
    static func started(
        in parent: TemporaryDirectory, extra: [String] = [], environment: [String: String] = [:], wrapper: [String] = []
    ) throws -> ServerProcess {
        let server = try ServerProcess(
            directory: parent.url.appending(path: "data"), extra: extra, environment: environment, wrapper: wrapper)
        try server.start()
        return server
    }

    /// The arguments of `serve`, for those who start it themselves.
    var arguments: [String] {
        ["serve", "--data", directory.path, "--port", "\(port)", "--admin-port", "\(adminPort)"] + extra
    }

    var current: Program? { program.withLock { $0 } }
    var pid: pid_t? { current?.pid }
    var hasEnded: Bool { current?.isRunning != true }
    var errorText: String { current?.errorText ?? "" }
    var outputText: String { current?.outputText ?? "" }

    /// Starts the process and waits until `/ready` says so.
    func start(within seconds: Double = 60) throws {
        try launch()
        try waitUntilReady(within: seconds)
    }

    /// Starts the process without waiting.
    func launch() throws {
        let command = wrapper + [Repository.binary] + arguments
        let started = try Program(command[0], Array(command.dropFirst()), environment: environment, output: log)
        program.withLock { $0 = started }
    }

    func waitUntilReady(within seconds: Double = 60) throws {
        try eventually("readiness of \(directory.path)", within: seconds) {
            guard let program = current, program.isRunning else {
                throw DidNotStart(said: "\(outputText)\n\(errorText)")
            }
            return isReady ? () : nil
        }
    }

    var isReady: Bool { (try? Client(port: adminPort, seconds: 5).get("/ready"))?.status == 200 }

    /// `kill -9`: nothing is flushed, nothing is said.
    func kill9() throws {
        current?.send(SIGKILL)
        try current?.wait(within: 10)
    }

    /// SIGTERM, and how it ended.
    func stop(within seconds: Double = 30) throws -> Program.Exit {
        guard let program = current else { return .code(0) }
        program.send(SIGTERM)
        return try program.wait(within: seconds)
    }

    func client(seconds: Double = 30) -> Client { Client(port: port, seconds: seconds) }

    struct DidNotStart: Error, CustomStringConvertible {
        let said: String
        var description: String { "the server ended before it was ready:\n\(said)" }
    }

    /// Two ports that nobody listens on. Both are held until both are known, so that they differ.
    private static func freePorts() throws -> (Int, Int) {
        let sockets = (0..<2).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        defer { sockets.forEach { close($0) } }
        let ports = try sockets.map { descriptor in
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
                }
            }
            guard result == 0 else { throw TimedOut(description: "no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
        return (ports[0], ports[1])
    }
}

// MARK: What the server says of itself

extension ServerProcess {
    /// `waybill` with another subcommand on this directory.
    func command(_ arguments: [String], within seconds: Double = 120) throws -> Run {
        try Run(Repository.binary, arguments + ["--data", directory.path], environment: environment, within: seconds)
    }

    /// The hash over the folded part of every delivery.
    func stateHash() throws -> String {
        let run = try command(["doctor", "--state-hash"])
        let line = run.stdout.split(separator: "\n").first { $0.contains("state hash: ") }
        guard run.exit == .code(0), let hash = line?.components(separatedBy: "state hash: ").last else {
            throw DidNotStart(said: run.said)
        }
        return hash.trimmingCharacters(in: .whitespaces)
    }

    func stats() throws -> JSON {
        let response = try client().get("/v1/stats")
        guard response.status == 200, let json = response.json else {
            throw UnexpectedAnswer(path: "/v1/stats", response: response)
        }
        return json
    }

    /// A sum over all the series of a metric whose labels contain every given part.
    func metric(_ name: String, _ labels: String...) throws -> Double {
        let text = try Client(port: adminPort).get("/metrics").text
        return text.split(separator: "\n").filter { line in
            (line.hasPrefix(name + "{") || line.hasPrefix(name + " ")) && labels.allSatisfy { line.contains($0) }
        }.reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "") ?? 0) }
    }

    /// Waits until the tracker has passed everything that is in the log.
    func waitUntilCaughtUp(within seconds: Double = 60) throws {
        try eventually("the tracker at the end of the log", within: seconds) {
            try stats()["lag"]?["records"]?.int == 0 ? () : nil
        }
    }
}
