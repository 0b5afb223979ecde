import Foundation
import Glibc
import Synchronization
import TestSupport

/// Receivers in a process of their own, judged by other people's libraries: what they print is what arrived.
final class NotificationSinks: Sendable {
    let smtp: Int
    let http: Int
    /// A browser's subscription with the push service among them.
    let subscription: JSON
    private let process: ChildProcess
    private let received = Mutex<[JSON]>([])

    private static let folder = Fixture.repository.appendingPathComponent(".build/notify-venv").path
    static let mayRun =
        Scale.isCI || FileManager.default.isExecutableFile(atPath: folder + "/bin/python")
    static let reason = "no Python environment: run scripts/setup-notifications.sh, which needs a network"

    init() throws {
        let script = Fixture.folder.appendingPathComponent("notification-sinks.py").path
        process = try ChildProcess(Self.folder + "/bin/python", [script, "\(try Self.freePort())"])
        guard let line = try process.readLine() else { throw TimedOut(description: "the sinks did not start") }
        let ports = try JSON(parsing: line.utf8)
        smtp = ports["smtp"]?.int ?? 0
        http = ports["http"]?.int ?? 0
        subscription = [
            "endpoint": .string("http://127.0.0.1:\(http)/push/1"),
            "keys": ["p256dh": ports["p256dh"] ?? .null, "auth": ports["auth"] ?? .null],
        ]
        Thread.detachNewThread { [weak self, process] in
            while let line = try? process.readLine() {
                guard let item = try? JSON(parsing: line.utf8) else { continue }
                self?.received.withLock { $0.append(item) }
            }
        }
    }

    deinit { process.end() }

    /// What has arrived of one kind so far.
    func received(_ kind: String) -> [JSON] {
        received.withLock { all in all.filter { $0["kind"]?.string == kind } }
    }

    func webhooks(_ name: String) -> [JSON] { received("webhook").filter { $0["name"]?.string == name } }

    func url(_ name: String) -> String { "http://127.0.0.1:\(http)/hook/\(name)" }

    /// Tells the receiver which secrets to verify with.
    func expect(_ secrets: [String], at name: String) throws {
        let answer = try Client(port: http).send(
            .post("/control/\(name)", ["secrets": .array(secrets.map(JSON.string))]))
        guard answer.status == 200 else { throw TimedOut(description: "the sinks do not listen") }
    }

    private static func freePort() throws -> Int {
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
        guard result == 0 else { throw TimedOut(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
