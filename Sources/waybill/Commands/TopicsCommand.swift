import ArgumentParser
import KafkaLog
import PostgresStore
import WaybillEngine

/// `waybill topics`: makes the topics that are missing, and checks all of them.
struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "Make the Kafka topics that are missing, and check all of them.",
        discussion: "Changes nothing about a topic that is there: it says what to change.")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Make nothing, only check.")
    var check = false

    @Flag(
        help: """
            Read on from what these brokers have, although it is not the log that was known: from the start of each \
            partition that was lost or replaced. What is known already is recognised.
            """)
    var acceptNewLog = false

    func run() async throws {
        try await Failure.explained {
            let configuration = try connection.configuration()
            guard case .cluster(let cluster) = configuration.profile else {
                throw ValidationError("Topics belong to the cluster profile; add --profile cluster.")
            }
            let topics = try Topics(cluster.kafka, partitions: configuration.partitions)
            let report = check ? try await topics.check() : try await topics.create()
            for name in report.created { Console.say("made: \(name)") }
            for warning in report.warnings { Console.complain("warning: \(warning)") }
            for fault in report.faults { Console.complain("fault: \(fault)") }
            guard report.faults.isEmpty else { throw ExitCode.failure }
            if acceptNewLog { try await accept(report, cluster, configuration.partitions) }
            Console.say("The topics are as they must be.")
        }
    }

    private func accept(_ report: TopicsReport, _ cluster: Configuration.Cluster, _ partitions: Int) async throws {
        let store = try PostgresStore(cluster.database, partitions: partitions)
        let claims = try await store.progress().claims
        let edges = try await Topics(cluster.kafka, partitions: partitions).eventEdges()
        let recorded = try await store.recordedClusterID()
        let isOther = recorded != nil && recorded != report.clusterID
        var beginnings: LogOffsets = [:]
        for claim in claims {
            guard let edge = edges[claim.partition] else { continue }
            if isOther || claim.offset > edge.upperBound { beginnings[claim.partition] = edge.lowerBound }
        }
        try await store.resume(at: beginnings, clusterID: report.clusterID)
        let names = beginnings.keys.sorted().map(String.init).joined(separator: ", ")
        Console.say(
            beginnings.isEmpty
                ? "Every partition goes on where it stood." : "Partitions read again from their beginning: \(names).")
    }
}
