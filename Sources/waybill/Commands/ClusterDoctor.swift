import ArgumentParser
import KafkaLog
import PostgresStore
import WaybillCore
import WaybillEngine

/// Looks a cluster over: what is linked, whether brokers and database are there and fit, how far everything has come.
struct ClusterDoctor {
    private let cluster: Configuration.Cluster
    private let partitions: Int

    init(_ cluster: Configuration.Cluster, partitions: Int) {
        self.cluster = cluster
        self.partitions = partitions
    }

    func examine(printingHash: Bool) async throws {
        var faults = 0
        func check(_ name: String, _ body: () async throws -> [String]) async {
            do {
                for line in try await body() { Console.say("ok     \(name): \(line)") }
            } catch {
                faults += 1
                Console.say("FAULT  \(name): \(error)")
            }
        }
        Console.say("ok     librdkafka \(KafkaLibrary.linkedVersion)")
        if let warning = KafkaLibrary.warning { Console.say("note   \(warning)") }
        await check("topics") { try await self.topics() }
        await check("database") { try await self.database() }
        await check("log") { try await self.log() }
        if faults > 0 { throw ExitCode.failure }
        if printingHash {
            let store = try PostgresStore(cluster.database, partitions: partitions)
            Console.say("state hash: \(try await Rebuilding(store: store).verify().stateHash)")
        }
    }

    private func topics() async throws -> [String] {
        let report = try await Topics(cluster.kafka, partitions: partitions).check()
        guard report.faults.isEmpty else { throw Finding(report.faults.joined(separator: "; ")) }
        return ["\(report.brokers) brokers, cluster \(report.clusterID ?? "without a name")"] + report.warnings
    }

    private func database() async throws -> [String] {
        let store = try PostgresStore(cluster.database, partitions: partitions)
        try await store.check()
        return ["the schema is of this version"]
    }

    private func log() async throws -> [String] {
        let store = try PostgresStore(cluster.database, partitions: partitions)
        let claims = try await store.progress().claims
        let log = try KafkaLog(cluster.kafka, partitions: partitions)
        let edges = try await Topics(cluster.kafka, partitions: partitions).eventEdges()
        for claim in claims {
            guard let edge = edges[claim.partition], claim.offset > edge.upperBound else { continue }
            throw Finding(
                "partition \(claim.partition) ends at \(edge.upperBound), but the store has consumed up to "
                    + "\(claim.offset): this is not the log that was known. Run `waybill topics --accept-new-log` to "
                    + "read on from what is there now")
        }
        let recorded = try await store.recordedClusterID()
        let current = try await Topics(cluster.kafka, partitions: partitions).check().clusterID
        if let fault = LogIdentity.fault(recorded: recorded, current: current, claims: claims) { throw Finding(fault) }
        let lag = try await log.lag(behind: claims)
        return ["\(lag.records) records are not consumed yet"]
    }
}

private struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
