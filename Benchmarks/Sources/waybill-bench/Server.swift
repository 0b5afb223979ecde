import Foundation
import Glibc

/// The program under measurement, as a process of its own in a fresh directory.
final class Server {
    let directory: URL
    let port: Int
    let adminPort: Int
    private var process: pid_t = 0
    private let owned: URL

    struct CannotStart: Error { let path: String }

    init() throws {
        var template = Array((Self.place + "/waybill-bench.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CannotStart(path: Self.place) }
        owned = URL(filePath: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        directory = owned.appending(path: "data")
        port = try Self.freePort()
        adminPort = try Self.freePort()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: owned)
    }

    /// Where files go: a real disk, since syncing is what is measured.
    static var place: String { ProcessInfo.processInfo.environment["WAYBILL_BENCH_DIR"] ?? NSTemporaryDirectory() }

    static func started() throws -> Server {
        let server = try Server()
        try server.start()
        return server
    }

    func start() throws {
        let path = ProcessInfo.processInfo.environment["WAYBILL_BINARY"] ?? ".build/release/waybill"
        process = try Self.spawn(
            path, ["serve", "--data", directory.path, "--port", "\(port)", "--admin-port", "\(adminPort)"],
            output: owned.appending(path: "log").path)
        let admin = PlainClient(port: adminPort)
        for _ in 0..<3000 {
            if (try? admin.get("/ready"))?.hasPrefix("HTTP/1.1 200") == true { return }
            usleep(10_000)
        }
        throw CannotStart(path: path)
    }

    func stop() {
        guard process > 0 else { return }
        kill(process, SIGTERM)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        process = 0
    }

    /// Starts a program with its output in a file; used for the bare route as well.
    static func spawn(_ path: String, _ arguments: [String], output: String) throws -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor in [Int32(1), 2] {
            posix_spawn_file_actions_addopen(&files, descriptor, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var child: pid_t = 0
        guard posix_spawn(&child, path, &files, nil, argv, environ) == 0 else { throw CannotStart(path: path) }
        return child
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard result == 0 else { throw CannotStart(path: "a free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    // MARK: What it uses

    /// Processor seconds since its start, user and system.
    var cpuSeconds: Double { Self.cpuSeconds(of: process) }

    static func cpuSeconds(of process: pid_t) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in megabytes; `peak` is the most since its start.
    func memory(peak: Bool = false) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(peak ? "VmHWM:" : "VmRSS:") }
        let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
            Double($0)
        }
        return (kilobytes ?? 0) / 1024
    }

    /// Records that are durable and not applied yet.
    func lag() throws -> Int {
        let text = try PlainClient(port: port).get("/v1/stats")
        guard let match = text.firstMatch(of: /"lag":\{[^}]*"records":(\d+)/), let records = Int(match.1) else {
            throw CannotStart(path: "/v1/stats: \(text.suffix(300))")
        }
        return records
    }

    func waitUntilApplied() throws {
        while try lag() > 0 { usleep(2000) }
    }
}

/// One request on one connection, for what is not measured.
struct PlainClient {
    let port: Int

    func get(_ path: String) throws -> String {
        let session = try Session(port: port)
        defer { close(session.descriptor) }
        session.request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
        try session.send()
        while try !session.receive() {}
        return session.answer
    }
}
