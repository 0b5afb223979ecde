import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: DeskStore {
    // MARK: Leases

    private static let leaseSQL = """
        INSERT INTO monitor_lease (shard, owner, epoch, until) VALUES (?1, ?2, 1, ?4)
        ON CONFLICT (shard) DO UPDATE SET
            epoch = epoch + (owner <> excluded.owner), owner = excluded.owner, until = excluded.until
        WHERE owner = ?2 OR until <= ?3
        """

    package func lease(
        _ shards: Int, owner: String, now: Timestamp, until: Timestamp
    ) async throws(StorageError) -> [ShardLease] {
        try await write { db in
            let take = try db.cachedStatement(sql: Self.leaseSQL)
            for shard in 0..<shards {
                try take.run { row in
                    row.bind(1, shard)
                    row.bind(2, owner)
                    row.bind(3, now.microseconds)
                    row.bind(4, until.microseconds)
                }
            }
            return try Self.leases(of: owner, db)
        }
    }

    private static func leases(of owner: String, _ db: Database) throws -> [ShardLease] {
        var leases: [ShardLease] = []
        try db.cachedStatement(sql: "SELECT shard, epoch FROM monitor_lease WHERE owner = ? ORDER BY shard")
            .forEachRow({ $0.bind(1, owner) }) {
                leases.append(ShardLease(shard: Int($0.int(0)), epoch: $0.int(1)))
            }
        return leases
    }

    package func release(owner: String) async throws(StorageError) {
        try await write { db in
            try db.execute(sql: "UPDATE monitor_lease SET until = 0 WHERE owner = ?", arguments: [owner])
        }
    }

    // MARK: Looking

    private static let dueSQL = """
        SELECT \(DeliveryRow.columns) FROM delivery
        WHERE due_at <= ?1 AND number % ?2 IN (SELECT value FROM json_each(?3)) AND is_sealed = 0
        ORDER BY due_at LIMIT ?4
        """

    package func due(
        _ shards: [Int], of count: Int, at now: Timestamp, limit: Int
    ) async throws(StorageError) -> [WatchedDelivery] {
        var list = JSONWriter(capacity: 64)
        list.array(shards) { json, shard in json.value(shard) }
        let wanted = list.text
        return try await read { db in
            var deliveries: [StoredDelivery] = []
            try db.cachedStatement(sql: Self.dueSQL).forEachRow {
                $0.bind(1, now.microseconds)
                $0.bind(2, count)
                $0.bind(3, wanted)
                $0.bind(4, limit)
            } _: {
                deliveries.append(try DeliveryRow.read($0))
            }
            let records = try Self.records(of: deliveries.map(\.state.key), db)
            return deliveries.map { WatchedDelivery(stored: $0, records: records[$0.state.key] ?? []) }
        }
    }

    private static let recordsSQL = "SELECT \(CaseSQL.recordColumns) FROM case_record WHERE key = ? ORDER BY row"

    private static func records(of keys: [DeliveryKey], _ db: Database) throws -> [DeliveryKey: [CaseRecord]] {
        var records: [DeliveryKey: [CaseRecord]] = [:]
        let statement = try db.cachedStatement(sql: recordsSQL)
        for key in keys {
            try statement.forEachRow({ $0.bind(1, key.text) }) {
                records[key, default: []].append(try CaseSQL.record($0).record)
            }
        }
        return records
    }

    private static let lookSQL =
        "UPDATE delivery SET watch = ?2, due_at = ?3 WHERE number = ?1 AND sequence = ?4 AND watch = ?5"

    package func commit(
        _ looks: [Look], under leases: [ShardLease], of count: Int
    ) async throws(StorageError) -> Int {
        let partitions = partitionCount
        return try await write { db in
            try Self.demand(leases, db)
            let statement = try db.cachedStatement(sql: Self.lookSQL)
            var written = 0
            for look in looks {
                try statement.run { row in
                    row.bind(1, look.number)
                    row.bind(2, look.next.rawValue)
                    row.bind(3, look.due?.microseconds)
                    row.bind(4, look.sequence)
                    row.bind(5, look.mark.rawValue)
                }
                guard db.changesCount == 1 else { continue }
                written += 1
                for record in look.records { try CaseSQL.save(record, db) }
                for new in look.changes {
                    try CaseSQL.add(new.change, open: new.open, partitions: partitions, db)
                }
            }
            return written
        }
    }

    private static func demand(_ leases: [ShardLease], _ db: Database) throws {
        let statement = try db.cachedStatement(sql: "SELECT epoch FROM monitor_lease WHERE shard = ?")
        for lease in leases {
            var epoch: Int64 = 0
            try statement.forEachRow({ $0.bind(1, lease.shard) }) { epoch = $0.int(0) }
            guard epoch == lease.epoch else {
                throw StorageError.superseded("another monitor has taken a share of the deliveries")
            }
        }
    }

    // MARK: People

    private static let settledSQL = "SELECT version FROM case_record WHERE id = ?"
    private static let openSQL = "SELECT coalesce(sum(bit), 0) FROM case_record WHERE key = ? AND state = 'open'"
    private static let touchSQL = """
        UPDATE delivery SET watch = ((watch >> 16) + 1) << 16 | (watch & 65535), due_at = 0 WHERE key = ?
        """

    package func commit(_ change: CaseChange) async throws(StorageError) -> Bool {
        let partitions = partitionCount
        return try await write { db in
            let (record, key) = (change.record, change.record.key.text)
            var version: Int64 = 0
            try db.cachedStatement(sql: Self.settledSQL).forEachRow({ $0.bind(1, record.id) }) { version = $0.int(0) }
            guard version == record.version - 1 else { return false }
            try CaseSQL.save(record, db)
            var open: CaseSet = []
            try db.cachedStatement(sql: Self.openSQL).forEachRow({ $0.bind(1, key) }) { open = CaseSQL.open($0.int(0)) }
            try CaseSQL.add(change, open: open, partitions: partitions, db)
            try db.cachedStatement(sql: Self.touchSQL).run { $0.bind(1, key) }
            return true
        }
    }
}
