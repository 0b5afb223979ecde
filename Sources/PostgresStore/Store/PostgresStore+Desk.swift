import WaybillCore
import WaybillEngine

extension PostgresStore: DeskStore {
    // MARK: Leases

    private static let leaseSQL = Statement(
        "monitor_lease",
        """
        INSERT INTO monitor_lease AS l (shard, owner, epoch, until)
        SELECT shard, $2, 1, $4 FROM generate_series(0, $1::int4 - 1) AS shard ORDER BY shard
        ON CONFLICT (shard) DO UPDATE SET
            epoch = l.epoch + (l.owner <> excluded.owner)::int4, owner = excluded.owner, until = excluded.until
        WHERE l.owner = $2 OR l.until <= $3
        """)
    private static let heldSQL = Statement(
        "monitor_held", "SELECT shard, epoch FROM monitor_lease WHERE owner = $1 ORDER BY shard")
    private static let releaseSQL = Statement(
        "monitor_release", "UPDATE monitor_lease SET until = 0 WHERE owner = $1")

    package func lease(
        _ shards: Int, owner: String, now: Timestamp, until: Timestamp
    ) async throws(StorageError) -> [ShardLease] {
        var pipeline = Pipeline()
        pipeline.add(Self.leaseSQL) {
            $0.add(Int32(shards))
            $0.add(owner)
            $0.add(now)
            $0.add(until)
        }
        pipeline.add(Self.heldSQL) { $0.add(owner) }
        return try await write { [pipeline] session throws(StorageError) in
            try session.run(pipeline)[1].rows.map {
                ShardLease(shard: Int($0.integer(0)), epoch: $0.integer(1))
            }
        }
    }

    package func release(owner: String) async throws(StorageError) {
        try await write { session throws(StorageError) in
            _ = try session.query(Self.releaseSQL) { $0.add(owner) }
        }
    }

    // MARK: Looking

    /// The longest due first; those of other shares are passed over in the index.
    private static let dueSQL = Statement(
        "monitor_due",
        """
        SELECT \(DeliveryRow.columns) FROM delivery_watch w JOIN delivery d ON d.number = w.number
        WHERE w.due_at <= $1 AND (w.number % $2) = ANY ($3::int8[]) AND NOT d.is_sealed
        ORDER BY w.due_at LIMIT $4
        """)
    private static let recordsSQL = Statement(
        "monitor_records",
        """
        SELECT \(CaseRows.recordColumns) FROM unnest($1::text[], $2::text[]) AS k (merchant, delivery_id)
        JOIN case_record c ON c.merchant = k.merchant AND c.delivery_id = k.delivery_id ORDER BY c.row
        """)

    package func due(
        _ shards: [Int], of count: Int, at now: Timestamp, limit: Int
    ) async throws(StorageError) -> [WatchedDelivery] {
        try await write { session throws(StorageError) in
            let result = try session.query(Self.dueSQL) {
                $0.add(now)
                $0.add(Int64(count))
                $0.column(int8: shards) { Int64($0) }
                $0.add(Int64(limit))
            }
            let deliveries = try DeliveryRow.readAll(result)
            guard !deliveries.isEmpty else { return [] }
            let rows = try session.query(Self.recordsSQL) {
                $0.column(text: deliveries) { $0.state.key.merchant.text }
                $0.column(text: deliveries) { $0.state.key.deliveryID.text }
            }.rows
            var records: [DeliveryKey: [CaseRecord]] = [:]
            for row in rows {
                let record = try CaseRows.record(row).record
                records[record.key, default: []].append(record)
            }
            return deliveries.map { WatchedDelivery(stored: $0, records: records[$0.state.key] ?? []) }
        }
    }

    package func commit(
        _ looks: [Look], under leases: [ShardLease], of count: Int
    ) async throws(StorageError) -> Int {
        let partitions = partitionCount
        return try await write { session throws(StorageError) in
            let result = try session.query(LookCall.statement) {
                LookCall.encode(looks, leases, partitions: partitions, into: &$0)
            }
            return Int(result.first?.integer(0) ?? 0)
        }
    }

    // MARK: People

    private static let actSQL = Statement(
        "case_act", "SELECT waybill_act($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")

    package func commit(_ change: CaseChange) async throws(StorageError) -> Bool {
        let record = change.record
        let partition = StableHash.partition(ofKey: record.key.text, count: partitionCount)
        return try await write { session throws(StorageError) in
            try session.query(Self.actSQL) {
                $0.add(record.id)
                $0.add(record.key.merchant.text)
                $0.add(record.key.deliveryID.text)
                $0.add(record.version)
                $0.add(record.state.rawValue)
                $0.add(record.severity.rawValue)
                if let owner = record.owner { $0.add(Array(owner.utf8)) } else { $0.addNull() }
                if let snooze = record.snooze { $0.add(snooze.until) } else { $0.addNull() }
                $0.add(record.encoded)
                $0.add(Int32(partition))
                $0.add(Array(change.fragment.text.utf8))
                if let actor = change.actor { $0.add(Array(actor.utf8)) } else { $0.addNull() }
                $0.add(change.at)
            }.first?.bool(0) ?? false
        }
    }
}
