import WaybillCore
import WaybillEngine

extension PostgresStore: CaseOutbox {
    private static let untoldSQL = Statement(
        "case_untold",
        """
        SELECT \(CaseRows.changeColumns) FROM case_change c
        WHERE c.feed_position IS NULL AND c.partition = ANY ($1::int4[]) ORDER BY c.number LIMIT $2
        """)

    /// Of the tracker's own connection: what it has committed is not asked for again.
    package func untold(_ partitions: [Int], limit: Int) async throws(StorageError) -> [UntoldChange] {
        try await load { session throws(StorageError) in
            let result = try session.query(Self.untoldSQL) {
                $0.column(int4: partitions) { $0 }
                $0.add(Int64(limit))
            }
            return result.rows.map(CaseRows.change)
        }
    }
}
