import WaybillCore
import WaybillEngine

/// How far the trackers have come, and the cursor that every snapshot carries.
extension PostgresStore {
    private static let progressSQL = Statement(
        "progress",
        """
        SELECT i.feed_id, c.partition, c.epoch, c.next_offset, c.feed_position, c.consumed_until
        FROM partition_claim c CROSS JOIN installation i ORDER BY c.partition
        """)
    private static let cursorSQL = Statement(
        "cursor",
        "SELECT i.feed_id, c.feed_position FROM partition_claim c CROSS JOIN installation i ORDER BY c.partition")

    package func progress() async throws(StorageError) -> TrackingProgress {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.progressSQL)
            return TrackingProgress(
                claims: result.rows.map { Self.claim($0, from: 1) }, feedID: Self.feedID(result))
        }
    }

    /// Five columns: partition, epoch, next_offset, feed_position, consumed_until.
    static func claim(_ row: QueryResult.Row, from column: Int32) -> Claim {
        Claim(
            partition: Int(row.integer(column)), epoch: row.integer(column + 1), offset: row.integer(column + 2),
            position: row.integer(column + 3), consumedUntil: Timestamp(microseconds: row.integer(column + 4)))
    }

    private static func feedID(_ result: QueryResult) -> UInt64 {
        UInt64(bitPattern: result.first?.integer(0) ?? 0)
    }

    /// Runs a pipeline on a reader and adds the cursor of the same snapshot.
    func snapshot<Value: Sendable>(
        _ pipeline: Pipeline, _ body: @Sendable ([QueryResult], FeedCursor) throws(StorageError) -> Value
    ) async throws(StorageError) -> Snapshot<Value> {
        try await read { session throws(StorageError) in
            var pipeline = pipeline
            pipeline.add(Self.cursorSQL)
            let results = try session.run(pipeline)
            let positions = results[results.count - 1]
            let cursor = FeedCursor(
                feedID: Self.feedID(positions), positions: positions.rows.map { $0.integer(1) })
            return Snapshot(value: try body(results, cursor), cursor: cursor)
        }
    }
}
