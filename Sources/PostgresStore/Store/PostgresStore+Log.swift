import WaybillCore
import WaybillEngine

/// Which log the stored offsets are of.
extension PostgresStore {
    private static let clusterSQL = Statement("cluster", "SELECT cluster_id FROM installation")
    private static let recordSQL = Statement("cluster_record", "UPDATE installation SET cluster_id = $1")

    /// The Kafka cluster whose offsets are stored; nil before one was recorded.
    package func recordedClusterID() async throws(StorageError) -> String? {
        try await read { session throws(StorageError) in
            try session.query(Self.clusterSQL).first?.optionalText(0)
        }
    }

    package func record(clusterID: String) async throws(StorageError) {
        try await write { session throws(StorageError) in
            _ = try session.query(Self.recordSQL) { $0.add(clusterID) }
        }
    }

    private static let resumeSQL = Statement(
        "resume",
        """
        WITH held AS (
            SELECT c.partition, r.next_offset
            FROM partition_claim c JOIN unnest($1::int4[], $2::int8[]) AS r (partition, next_offset)
                ON c.partition = r.partition
            ORDER BY c.partition FOR NO KEY UPDATE OF c
        )
        UPDATE partition_claim c SET epoch = c.epoch + 1, next_offset = h.next_offset
        FROM held h WHERE c.partition = h.partition
        """)

    /// Goes on with another log than the one that was known, in one transaction: these partitions at these offsets.
    /// Whoever tracks them loses its claims, and reads where to begin when it claims them again.
    /// - Parameter clusterID: nil where the brokers name none.
    package func resume(at offsets: LogOffsets, clusterID: String?) async throws(StorageError) {
        let places = offsets.sorted { $0.key < $1.key }
        var pipeline = Pipeline()
        pipeline.add(Self.resumeSQL) {
            $0.column(int4: places, \.key)
            $0.column(int8: places, \.value)
        }
        if let clusterID { pipeline.add(Self.recordSQL) { $0.add(clusterID) } }
        try await write { [pipeline] session throws(StorageError) in _ = try session.run(pipeline) }
    }
}
