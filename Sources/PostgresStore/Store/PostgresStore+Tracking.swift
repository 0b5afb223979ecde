import WaybillCore
import WaybillEngine

extension PostgresStore: TrackingStore {
    private static let claimSQL = Statement(
        "claim",
        """
        WITH wanted AS (
            SELECT partition FROM partition_claim WHERE partition = ANY ($1::int4[]) ORDER BY partition
            FOR NO KEY UPDATE
        )
        UPDATE partition_claim c SET epoch = c.epoch + 1 FROM wanted w WHERE c.partition = w.partition
        RETURNING c.partition, c.epoch, c.next_offset, c.feed_position, c.consumed_until
        """)

    package func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim] {
        let granted = try await commit { session throws(StorageError) in
            let result = try session.query(Self.claimSQL) { $0.column(int4: partitions) { $0 } }
            return result.rows.map { Self.claim($0, from: 0) }
        }
        return try partitions.map { partition throws(StorageError) in
            guard let claim = granted.first(where: { $0.partition == partition }) else {
                throw .damaged("the store has no partition \(partition): run `waybill doctor`")
            }
            return claim
        }
    }

    /// One after the other under a lock that lasts as long as the statement, so that they are consecutive; a sequence
    /// because its numbers outlast a crash without a row that all trackers would wait for until the disk has it.
    private static let numbersSQL = Statement(
        "numbers",
        """
        WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(7246204))
        SELECT min(nextval('delivery_number')) FROM turn, generate_series(1, $1::int4)
        """)

    package func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64> {
        guard count > 0 else { return 0..<0 }
        return try await load { session throws(StorageError) in
            let first = try session.query(Self.numbersSQL) { $0.add(Int32(count)) }.first?.integer(0) ?? 0
            return first..<first + Int64(count)
        }
    }

    private static let deliveriesSQL = Statement(
        "deliveries",
        """
        SELECT \(DeliveryRow.columns) FROM unnest($1::text[], $2::text[]) AS k (merchant, delivery_id)
        JOIN delivery d ON d.merchant = k.merchant AND d.delivery_id = k.delivery_id
        LEFT JOIN delivery_watch w ON w.number = d.number
        """)

    package func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery] {
        guard !keys.isEmpty else { return [:] }
        return try await load { session throws(StorageError) in
            let result = try session.query(Self.deliveriesSQL) {
                $0.column(text: keys) { $0.merchant.text }
                $0.column(text: keys) { $0.deliveryID.text }
            }
            var found: [DeliveryKey: StoredDelivery] = [:]
            found.reserveCapacity(result.count)
            for row in result.rows {
                let delivery = try DeliveryRow.read(row)
                found[delivery.state.key] = delivery
            }
            return found
        }
    }

    /// By number, each from its own partition of the history.
    static let historiesSQL = Statement(
        "histories",
        """
        SELECT \(HistoryRow.columns) FROM unnest($1::int8[]) AS n (number)
        JOIN history h ON h.number = n.number ORDER BY h.number, h.sequence
        """)

    package func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]] {
        guard !numbers.isEmpty else { return [:] }
        return try await load { session throws(StorageError) in
            try HistoryRow.readAll(try session.query(Self.historiesSQL) { $0.column(int8: numbers) { $0 } })
        }
    }

    /// One statement, one round trip. When the connection dies in it, the outcome is not known: `unavailable`, and the
    /// tracker reads its claims again, which tell.
    package func commit(_ decision: TrackingCommit) async throws(StorageError) {
        try await commit { session throws(StorageError) in
            _ = try session.query(CommitCall.statement) { CommitCall.encode(decision, into: &$0) }
        }
    }

    // MARK: Sealing

    private static let sealSQL = Statement("seal", "SELECT waybill_seal($1, $2)")
    private static let dropSQL = Statement("history_drop", "SELECT waybill_drop_history()")

    /// Rows of deliveries that are done, and whole partitions of the history once nothing is left in them. Makes the
    /// next partitions as well: whoever keeps the house comes by regularly.
    package func seal(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            try Self.maintain(PostgresMigrations.extendSQL, session)
            let removed = try session.query(Self.sealSQL) {
                $0.add(instant)
                $0.add(Int32(Limits.retentionBatch))
            }
            try Self.maintain(Self.dropSQL, session)
            return Int(removed.first?.integer(0) ?? 0)
        }
    }

    /// What can wait until the next time, when it would have to wait for others now.
    private static func maintain(_ statement: Statement, _ session: Session) throws(StorageError) {
        do { try session.query(statement) } catch {
            guard case .unavailable = error, session.isUsable else { throw error }
        }
    }
}
