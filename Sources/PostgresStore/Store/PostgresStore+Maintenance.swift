import WaybillCore
import WaybillEngine

extension PostgresStore: MaintenanceStore {
    private static let storedSQL = Statement(
        "stored",
        "SELECT \(DeliveryRow.columns) FROM \(DeliveryRow.tables) WHERE d.number > $1 ORDER BY d.number LIMIT $2")
    private static let storedHistoriesSQL = Statement(
        "stored_histories",
        """
        SELECT \(HistoryRow.columns)
        FROM (SELECT number FROM delivery WHERE number > $1 ORDER BY number LIMIT $2) AS d
        CROSS JOIN LATERAL (SELECT * FROM history h WHERE h.number = d.number OFFSET 0) AS h
        ORDER BY h.number, h.sequence
        """)

    package func stored(
        after number: Int64, limit: Int
    ) async throws(StorageError) -> [(StoredDelivery, [HistoryEntry])] {
        var pipeline = Pipeline()
        for statement in [Self.storedSQL, Self.storedHistoriesSQL] {
            pipeline.add(statement) {
                $0.add(number)
                $0.add(Int64(limit))
            }
        }
        return try await read { [pipeline] session throws(StorageError) in
            let results = try session.run(pipeline)
            let histories = try HistoryRow.readAll(results[1])
            return try DeliveryRow.readAll(results[0]).map { ($0, histories[$0.number] ?? []) }
        }
    }

    private static let replaceSQL = Statement(
        "replace",
        """
        UPDATE delivery d SET
            status = u.status, list_group = u.list_group, sequence = u.sequence, updated_at = u.updated_at,
            folded = u.folded, arrival = u.arrival, carrier = u.carrier, tracking_number = u.tracking,
            order_reference = u.ordered, promised = u.promised, fold_version = $12
        FROM unnest($1::int8[], $2::text[], $3::int4[], $4::int8[], $5::int8[], $6::bytea[], $7::bytea[],
            $8::bytea[], $9::bytea[], $10::bytea[], $11::int8[])
            AS u (number, status, list_group, sequence, updated_at, folded, arrival, carrier, tracking, ordered,
                promised)
        WHERE d.number = u.number AND NOT d.is_sealed
        """)

    package func replace(_ deliveries: [StoredDelivery]) async throws(StorageError) {
        let changes = deliveries.sorted { $0.number < $1.number }.map {
            DeliveryChange(
                number: $0.number, isNew: false, changesStatus: true, mayChangeDetails: true, state: $0.state)
        }
        var pipeline = Pipeline()
        pipeline.add(Self.replaceSQL) {
            $0.column(int8: changes, \.number)
            CommitCall.encode(changes, hasDetails: { _ in true }, into: &$0)
            $0.add(Int32(Fold.version))
        }
        // Whatever the cases were judged by: the monitor looks again.
        pipeline.add(Self.lookSQL) { $0.column(int8: changes, \.number) }
        try await commit { [pipeline] session throws(StorageError) in _ = try session.run(pipeline) }
    }

    private static let lookSQL = Statement(
        "replace_look",
        """
        INSERT INTO delivery_watch (number, due_at) SELECT number, 0 FROM unnest($1::int8[]) AS number ORDER BY number
        ON CONFLICT (number) DO UPDATE SET due_at = 0
        """)

    private static let forgetCountersSQL = Statement("counters_forget", "DELETE FROM counter")
    private static let setCountersSQL = Statement(
        "counters_set",
        """
        INSERT INTO counter (merchant, name, shard, value)
        SELECT u.merchant, u.name, 0, u.value FROM unnest($1::text[], $2::text[], $3::int8[])
            AS u (merchant, name, value)
        """)
    private static let counterLockSQL = Statement("counters_lock", "SELECT waybill_lock_counters()")

    package func replaceCounters(_ counters: [CounterKey: Int64]) async throws(StorageError) {
        let rows = counters.filter { $0.value != 0 }
        var pipeline = Pipeline()
        pipeline.add(Self.counterLockSQL)
        pipeline.add(Self.forgetCountersSQL)
        pipeline.add(Self.setCountersSQL) {
            $0.column(text: rows, \.key.merchant.text)
            $0.column(text: rows, \.key.name)
            $0.column(int8: rows, \.value)
        }
        try await write { [pipeline] session throws(StorageError) in _ = try session.run(pipeline) }
    }

    private static let allCountersSQL = Statement(
        "counters_all", "SELECT merchant, name, sum(value)::int8 FROM counter GROUP BY merchant, name")

    package func allCounters() async throws(StorageError) -> [CounterKey: Int64] {
        try await read { session throws(StorageError) in
            let rows = try session.query(Self.allCountersSQL).rows
            return Dictionary(
                uniqueKeysWithValues: rows.map { row in
                    (CounterKey(merchant: MerchantID(trusted: row.text(0)), name: row.text(1)), row.integer(2))
                })
        }
    }

    private static let renewSQL = Statement("feed_renew", "UPDATE installation SET feed_id = $1")

    package func renewFeed(id: UInt64) async throws(StorageError) {
        try await write { session throws(StorageError) in
            _ = try session.query(Self.renewSQL) { $0.add(Int64(bitPattern: id)) }
        }
    }

    /// Bits of a row's name that hold the sequence: far more than `Limits.eventsPerDelivery`.
    private static let sequenceBits: Int64 = 16

    private static let receivedSQL = Statement(
        "received",
        """
        SELECT h.number, h.sequence, h.received_at, h.event FROM history h
        WHERE h.number >= $1 AND (h.number, h.sequence) > ($1, $2) ORDER BY h.number, h.sequence LIMIT $3
        """)

    /// In the order of creation, and of each delivery in the order of application: there is no order of application
    /// among the deliveries of several trackers, and the states do not depend on one.
    package func received(
        after row: Int64, limit: Int
    ) async throws(StorageError) -> [(row: Int64, receivedAt: Timestamp, bytes: [UInt8])] {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.receivedSQL) {
                $0.add(row >> Self.sequenceBits)
                $0.add(row & (1 << Self.sequenceBits - 1))
                $0.add(Int64(limit))
            }
            return result.rows.map { row in
                (
                    row.integer(0) << Self.sequenceBits | row.integer(1), Timestamp(microseconds: row.integer(2)),
                    row.bytes(3)
                )
            }
        }
    }
}
