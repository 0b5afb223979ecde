import EmbeddedStorage
import KafkaLog
import PostgresStore
import WaybillCore
import WaybillEngine

/// What a command works on, whichever profile keeps it.
struct Installation {
    let log: any EventLog
    let store: any WholeStore
    /// Where a rebuild may keep its scratch files, and what else is the embedded profile's own; nil in a cluster.
    let embedded: EmbeddedInstallation?
    let cluster: Configuration.Cluster?

    init(_ embedded: EmbeddedInstallation) {
        log = embedded.log
        store = embedded.store
        self.embedded = embedded
        cluster = nil
    }

    init(_ cluster: Configuration.Cluster, partitions: Int) async throws(StorageError) {
        let store = try PostgresStore(cluster.database, partitions: partitions)
        try await store.check()
        self.store = store
        log = try KafkaLog(cluster.kafka, partitions: partitions)
        embedded = nil
        self.cluster = cluster
    }
}
