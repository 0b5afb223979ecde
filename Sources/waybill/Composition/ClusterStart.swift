import KafkaLog
import PostgresStore
import WaybillCore
import WaybillEngine

/// What must be known before a process of the cluster begins: that topics and schema are as they must be, and that this
/// is the log whose offsets the store has.
struct ClusterStart {
    private let process: Process
    private let cluster: Configuration.Cluster
    private let store: PostgresStore
    private let clock = ContinuousClock()
    /// How long a tracker waits for brokers and database; then it stops, for whoever started it to notice.
    private static let patience: Duration = .seconds(60)

    init(_ process: Process, _ cluster: Configuration.Cluster, _ store: PostgresStore) {
        self.process = process
        self.cluster = cluster
        self.store = store
    }

    /// Refuses, in sentences, what a person must change.
    /// - Returns: why the log must not be read, or nil. It stops the reading, not the process.
    func examine() async throws -> String? {
        let topics = try Topics(
            cluster.kafka, partitions: process.configuration.partitions, observe: process.telemetry.note)
        let report = try await reached("Kafka") { () async throws(StorageError) in try await topics.check() }
        if let report {
            guard report.faults.isEmpty else { throw Refusal(report.faults.joined(separator: "\n")) }
            for warning in report.warnings { process.logger.warning("\(warning)") }
        }
        let claims = try await reached("PostgreSQL") { () async throws(StorageError) in
            try await store.progress().claims
        }
        guard let claims, cluster.roles.contains(.tracker), let current = report?.clusterID else { return nil }
        let recorded = try await store.recordedClusterID()
        if recorded == nil { try await store.record(clusterID: current) }
        return LogIdentity.fault(recorded: recorded, current: current, claims: claims)
    }

    /// Nil when it cannot be reached and this process can do without it.
    private func reached<Value: Sendable>(
        _ what: String, _ body: () async throws(StorageError) -> Value
    ) async throws -> Value? {
        let began = clock.now
        while true {
            let problem: StorageError
            do throws(StorageError) { return try await body() } catch { problem = error }
            guard case .unavailable(let detail) = problem else { throw problem }
            guard cluster.roles.contains(.tracker) else {
                process.logger.warning("\(what) cannot be reached", metadata: ["error": "\(detail)"])
                return nil
            }
            guard clock.now - began < Self.patience else { throw problem }
            process.logger.warning("waiting for \(what)", metadata: ["error": "\(detail)"])
            try await Task.sleep(for: .seconds(1))
        }
    }
}

private struct Refusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
