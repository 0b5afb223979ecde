import Foundation
import Glibc
import TestSupport
import Testing

/// A cluster of its own on this machine: PostgreSQL, a broker behind the proxy, trackers under static names, APIs; each
/// a process that can be killed, stopped and started again.
final class ClusterUnderTest: Sendable {
    static let partitions = 6
    static let canRun = KafkaTools.mayRun && PostgresServer.isInstalled
    static let reason = "needs initdb and a test broker (scripts/setup-kafka.sh)"

    let directory: TemporaryDirectory
    let postgres: PostgresServer
    let broker: KafkaBroker
    let proxy: KafkaProxy
    let trackers: [ServerProcess]
    let apis: [ServerProcess]

    /// Starts everything and waits until it is ready.
    init(trackers trackerCount: Int, apis apiCount: Int, isDurable: Bool = false) throws {
        directory = try TemporaryDirectory()
        postgres = try PostgresServer(isDurable: isDurable)
        try postgres.sql("CREATE DATABASE waybill")
        broker = try KafkaBroker()
        let proxy = try KafkaProxy(to: broker.port)
        self.proxy = proxy
        let (directory, environment) = (directory, Self.environment(postgres, proxy))
        func roles(_ name: String, _ count: Int) throws -> [ServerProcess] {
            try (0..<count).map { try Self.role(name, instance: "\(name)-\($0)", in: directory, environment) }
        }
        trackers = try roles("tracker", trackerCount)
        apis = try roles("api", apiCount)
        for step in ["migrate", "topics"] {
            let run = try command([step])
            guard run.exit == .code(0) else { throw ServerProcess.DidNotStart(said: run.said) }
        }
        try start()
    }

    /// A further process of a role, not started; under the name of another one it takes that one's place.
    ///
    /// - Parameter user: the role that it logs into the database as.
    func another(_ role: String, instance: String, as user: String) throws -> ServerProcess {
        var environment = Self.environment(postgres, proxy)
        environment["WAYBILL_DATABASE"]?.replace("waybill@", with: user + "@")
        environment["WAYBILL_INSTANCE"] = instance
        return try ServerProcess(
            directory: directory.url.appending(path: instance + "-" + user), extra: ["--roles", role],
            environment: environment)
    }

    var all: [ServerProcess] { trackers + apis }

    func start() throws {
        for server in all { try server.launch() }
        try waitUntilReady()
    }

    func waitUntilReady(within seconds: Double = 60) throws {
        for server in all { try server.waitUntilReady(within: seconds) }
    }

    /// SIGTERM to all at once; how each one ended.
    @discardableResult
    func stop() throws -> [Program.Exit] {
        for server in all { server.current?.send(SIGTERM) }
        return try all.map { try $0.stop() }
    }

    /// `waybill` with a subcommand on this cluster.
    func command(_ arguments: [String], within seconds: Double = 120) throws -> Run {
        try Run(
            Repository.binary, arguments, environment: Self.environment(postgres, proxy), within: seconds)
    }

    /// How a process of this program finds the cluster.
    private static func environment(_ postgres: PostgresServer, _ proxy: KafkaProxy) -> [String: String] {
        [
            "WAYBILL_PROFILE": "cluster", "WAYBILL_KAFKA": proxy.address,
            "WAYBILL_DATABASE": postgres.address("waybill"), "WAYBILL_PARTITIONS": "\(partitions)",
        ]
    }

    private static func role(
        _ role: String, instance: String, in directory: TemporaryDirectory, _ environment: [String: String]
    ) throws -> ServerProcess {
        try ServerProcess(
            directory: directory.url.appending(path: instance), extra: ["--roles", role],
            environment: environment.merging(["WAYBILL_INSTANCE": instance]) { $1 })
    }
}

// MARK: Waiting for what can be seen

extension ClusterUnderTest {
    /// One number of a query.
    func number(_ sql: String) throws -> Int { Int(try postgres.sql(sql, in: "waybill")) ?? -1 }

    /// Waits until the store has consumed every record of the log, and all of it is on the topic of updates.
    func waitUntilSettled(within seconds: Double = 60) throws {
        let log = KafkaTopics(broker)
        try eventually("the trackers at the end of the log, \(String(describing: try? progress()))", within: seconds) {
            let ends = try log.ends("delivery-events", partitions: Self.partitions)
            return try consumed() == ends ? () : nil
        }
        try eventually("every update on its topic, \(String(describing: try? progress()))", within: seconds) {
            let behind = """
                SELECT count(*) FROM partition_claim c JOIN publication p USING (partition)
                WHERE c.feed_position <> p.feed_position
                """
            return try number(behind) == 0 ? () : nil
        }
    }

    /// The broker writes its state down about once a second, says nothing of it, and forgets the rest when it ends.
    func waitUntilBrokerHasSaved() { _ = poll(nil, 0, 5000) }

    /// The hash over the folded part of every delivery.
    func stateHash() throws -> String {
        let run = try command(["doctor", "--state-hash"])
        guard run.exit == .code(0), let hash = run.stdout.components(separatedBy: "state hash: ").dropFirst().last
        else { throw ServerProcess.DidNotStart(said: run.said) }
        return hash.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func consumed() throws -> [Int] {
        try postgres.sql("SELECT next_offset FROM partition_claim ORDER BY partition", in: "waybill")
            .split(separator: "\n").compactMap { Int($0) }
    }

    /// Whether more was consumed of some partition than the brokers have.
    func isAheadOfItsLog() throws -> Bool {
        let log = KafkaTopics(broker)
        let ends = try eventually("a broker that knows its log") {
            let ends = try log.ends("delivery-events", partitions: Self.partitions)
            return ends.contains { $0 < 0 } ? nil : ends
        }
        return try zip(consumed(), ends).contains { $0 > $1 }
    }

    /// For messages.
    func progress() throws -> String {
        try postgres.sql(
            "SELECT c.*, p.feed_position FROM partition_claim c JOIN publication p USING (partition) ORDER BY 1",
            in: "waybill")
    }

    /// What every process said last, for messages.
    var said: String {
        all.map { server in
            let lines = (server.outputText + server.errorText).split(separator: "\n").suffix(12)
            return "--- \(server.directory.lastPathComponent)\n" + lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
