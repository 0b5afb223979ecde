import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: MaintenanceStore {
    private static let storedSQL =
        "SELECT \(DeliveryRow.columns) FROM delivery WHERE number > ? ORDER BY number LIMIT ?"

    package func stored(
        after number: Int64, limit: Int
    ) async throws(StorageError) -> [(StoredDelivery, [HistoryEntry])] {
        try await read { db in
            var deliveries: [StoredDelivery] = []
            try db.cachedStatement(sql: Self.storedSQL).forEachRow {
                $0.bind(1, number)
                $0.bind(2, limit)
            } _: {
                deliveries.append(try DeliveryRow.read($0))
            }
            let histories = try Self.histories(deliveries.map(\.number), db)
            return deliveries.map { ($0, histories[$0.number] ?? []) }
        }
    }

    package func replace(_ deliveries: [StoredDelivery]) async throws(StorageError) {
        try await write { db in
            let writer = try DeliveryWriter(db)
            for delivery in deliveries {
                var change = DeliveryChange(
                    number: delivery.number, isNew: false, changesStatus: true, mayChangeDetails: true,
                    state: delivery.state)
                change.watch = delivery.watch
                change.lookAt = Watch.atOnce
                try writer.write(change)
            }
        }
    }

    package func replaceCounters(_ counters: [CounterKey: Int64]) async throws(StorageError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM counter")
            for (key, value) in counters where value != 0 { try Self.move(key, by: value, db) }
        }
    }

    package func allCounters() async throws(StorageError) -> [CounterKey: Int64] {
        try await read { db in
            var counters: [CounterKey: Int64] = [:]
            try db.cachedStatement(sql: "SELECT merchant, name, value FROM counter").forEachRow({ _ in }) { row in
                counters[CounterKey(merchant: MerchantID(trusted: row.text(0)), name: row.text(1))] = row.int(2)
            }
            return counters
        }
    }

    package func renewFeed(id: UInt64) async throws(StorageError) {
        try await write { db in
            try db.execute(
                sql: "UPDATE setting SET value = ? WHERE name = 'feed_id'", arguments: [Int64(bitPattern: id)])
        }
    }

    package func received(
        after row: Int64, limit: Int
    ) async throws(StorageError) -> [(row: Int64, receivedAt: Timestamp, bytes: [UInt8])] {
        try await read { db in
            var events: [(row: Int64, receivedAt: Timestamp, bytes: [UInt8])] = []
            try db.cachedStatement(sql: Self.receivedSQL).forEachRow {
                $0.bind(1, row)
                $0.bind(2, limit)
            } _: { row in
                try Self.verify(row)
                events.append((row.int(0), Timestamp(microseconds: row.int(1)), row.blob(2)))
            }
            return events
        }
    }
}

extension EmbeddedStore {
    fileprivate static let receivedSQL = """
        SELECT position, received_at, event, number, sequence, checksum FROM history
        WHERE position > ? ORDER BY position LIMIT ?
        """

    fileprivate static func verify(_ row: Statement) throws {
        let expected = row.withBlob(2) { event in
            checksum(number: row.int(3), sequence: row.int(4), receivedAt: row.int(1), event)
        }
        guard expected == row.int(5) else {
            throw StorageError.damaged("event \(row.int(4)) of delivery number \(row.int(3)) is not what was written")
        }
    }

    static func verifyHistory(_ db: Database) throws {
        try db.cachedStatement(sql: receivedSQL).forEachRow {
            $0.bind(1, 0)
            $0.bind(2, -1)
        } _: {
            try verify($0)
        }
    }

    private static let rebuilt = ["delivery", "history", "position_fix", "progress", "counter"]

    /// Replaces everything that events make by what another store file has, in one transaction, with a new numbering
    /// of updates.
    package func takeOver(from path: String) async throws(StorageError) {
        do {
            try await pool.writeWithoutTransaction { db in
                try db.execute(sql: "ATTACH DATABASE ? AS rebuilt", arguments: [path])
                // Also after a failure, so that it can be tried again.
                defer { try? db.execute(sql: "DETACH DATABASE rebuilt") }
                try db.inTransaction(.immediate) {
                    for table in Self.rebuilt {
                        try db.execute(sql: "DELETE FROM main.\(table)")
                        try db.execute(sql: "INSERT INTO main.\(table) SELECT * FROM rebuilt.\(table)")
                    }
                    for name in ["feed_id", "seal_position"] {
                        try db.execute(
                            sql: """
                                UPDATE main.setting SET value = (SELECT value FROM rebuilt.setting WHERE name
                                    = ?1) WHERE name = ?1
                                """,
                            arguments: [name])
                    }
                    // The feed is numbered anew: what it told of cases is behind it, and every case is looked at again.
                    try db.execute(sql: CaseSQL.afterTakeOver)
                    return .commit
                }
                let last = try Self.lastNumber(db)
                self.lastNumber.withLock { $0 = last }
            }
        } catch {
            throw StorageError(error, path: pool.path)
        }
    }
}
