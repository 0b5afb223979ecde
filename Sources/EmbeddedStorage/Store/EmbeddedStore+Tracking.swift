import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: TrackingStore {
    package func progress() async throws(StorageError) -> TrackingProgress {
        try await read { try Self.progress($0) }
    }

    package func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim] {
        try await write { db in
            let raise = try db.cachedStatement(sql: "UPDATE progress SET epoch = epoch + 1 WHERE partition = ?")
            for partition in partitions { try raise.run { $0.bind(1, partition) } }
            let claims = try Self.progress(db).claims
            return partitions.map { claims[$0] }
        }
    }

    /// Numbers that no delivery got are given out again after a restart.
    package func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64> {
        lastNumber.withLock { last in
            defer { last += Int64(count) }
            return last + 1..<last + 1 + Int64(count)
        }
    }

    private static let deliveriesSQL = """
        SELECT \(DeliveryRow.columns) FROM delivery WHERE key IN (SELECT value FROM json_each(?))
        """

    package func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery] {
        var list = JSONWriter(capacity: keys.count * 48)
        list.array(keys) { json, key in json.value(key.text) }
        let wanted = list.text
        return try await read { db in
            var found: [DeliveryKey: StoredDelivery] = [:]
            found.reserveCapacity(keys.count)
            try db.cachedStatement(sql: Self.deliveriesSQL).forEachRow({ $0.bind(1, wanted) }) { row in
                let delivery = try DeliveryRow.read(row)
                found[delivery.state.key] = delivery
            }
            return found
        }
    }

    package func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]] {
        try await read { try Self.histories(numbers, $0) }
    }

    private static let historiesSQL = """
        SELECT number, sequence, received_at, event, checksum FROM history
        WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number, sequence
        """

    static func histories(_ numbers: [Int64], _ db: Database) throws -> [Int64: [HistoryEntry]] {
        var list = JSONWriter(capacity: numbers.count * 8)
        list.array(numbers) { json, number in json.value(number) }
        let wanted = list.text
        var found: [Int64: [HistoryEntry]] = [:]
        let decoder = EventDecoder()
        try db.cachedStatement(sql: historiesSQL).forEachRow({ $0.bind(1, wanted) }) { row in
            let entry = try entry(row, decoder)
            guard Int64(found[row.int(0)]?.count ?? 0) + 1 == entry.sequence else {
                throw StorageError.damaged(
                    "the history of delivery number \(row.int(0)) has a gap before \(entry.sequence)")
            }
            found[row.int(0), default: []].append(entry)
        }
        return found
    }

    /// Over what the history must not get wrong: whose event it is, which one, when it came, and the event.
    static func checksum(
        number: Int64, sequence: Int64, receivedAt: Int64, _ event: UnsafeBufferPointer<UInt8>
    ) -> Int64 {
        var checksum = RowChecksum()
        checksum.add(number)
        checksum.add(sequence)
        checksum.add(receivedAt)
        checksum.add(event)
        return checksum.value
    }

    /// Reads `number, sequence, received_at, event, checksum`.
    private static func entry(_ row: Statement, _ decoder: EventDecoder) throws -> HistoryEntry {
        let expected = row.withBlob(3) { event in
            checksum(number: row.int(0), sequence: row.int(1), receivedAt: row.int(2), event)
        }
        guard expected == row.int(4) else {
            throw StorageError.damaged("event \(row.int(1)) of delivery number \(row.int(0)) is not what was written")
        }
        do throws(EventRejection) {
            let event = try row.withBlob(3) { bytes throws(EventRejection) in try decoder.decode(bytes).event }
            return HistoryEntry(event: event, sequence: row.int(1), receivedAt: Timestamp(microseconds: row.int(2)))
        } catch {
            throw StorageError.damaged(
                "event \(row.int(1)) of delivery number \(row.int(0)) cannot be read: \(error.detail)")
        }
    }

    // MARK: Commit

    package func commit(_ commit: TrackingCommit) async throws(StorageError) {
        try await write { db in
            let claims = try Self.progress(db).claims
            guard commit.expected.allSatisfy({ claims[$0.partition].isSame(as: $0) }) else {
                throw StorageError.superseded("another tracker has claimed a partition, or moved its offset")
            }
            let writer = try DeliveryWriter(db)
            for change in commit.changes { try writer.write(change) }
            try Self.insert(commit.records, db)
            for letter in commit.deadLetters { try Self.insert(letter, db) }
            for fix in commit.positions { try Self.keep(fix, db) }
            for (key, delta) in commit.counters where delta != 0 { try Self.move(key, by: delta, db) }
            try Self.tell(commit.told, db)
            try Self.advance(to: commit.next, db)
        }
    }

    private static let historySQL = """
        INSERT INTO history (number, sequence, partition, feed_position, received_at, event, checksum)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """

    private static func insert(_ records: [AppliedRecord], _ db: Database) throws {
        let insert = try db.cachedStatement(sql: historySQL)
        for record in records {
            let (sequence, receivedAt) = (record.entry.sequence, record.entry.receivedAt.microseconds)
            let checksum = record.bytes.withUnsafeBufferPointer { bytes in
                Self.checksum(number: record.number, sequence: sequence, receivedAt: receivedAt, bytes)
            }
            try insert.run { row in
                row.bind(1, record.number)
                row.bind(2, sequence)
                row.bind(3, record.at.partition)
                row.bind(4, record.at.position)
                row.bind(5, receivedAt)
                row.bind(6, blob: record.bytes)
                row.bind(7, checksum)
            }
            try markNamed(by: record.entry.event, db)
        }
    }

    private static let deadLetterSQL = """
        INSERT INTO dead_letter (
            merchant, key, value, code, detail, pointer, event_id, partition, record_offset, first_seen)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static func insert(_ letter: DeadLetter, _ db: Database) throws {
        try db.cachedStatement(sql: deadLetterSQL).run { row in
            row.bind(1, (DeliveryKey(letter.record.key)?.merchant ?? .default).text)
            row.bind(2, letter.record.key)
            row.bind(3, blob: letter.record.value)
            row.bind(4, letter.rejection.code.rawValue)
            row.bind(5, letter.rejection.detail)
            row.bind(6, letter.rejection.pointer)
            row.bind(7, letter.rejection.id?.text)
            row.bind(8, letter.record.partition)
            row.bind(9, letter.record.offset)
            row.bind(10, letter.record.timestamp.microseconds)
        }
    }

    private static let positionSQL = """
        INSERT INTO position_fix (key, event_id, occurred_at, location) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE
        SET event_id = excluded.event_id, occurred_at = excluded.occurred_at, location = excluded.location
        WHERE (excluded.occurred_at, excluded.event_id) > (occurred_at, event_id)
        """

    private static func keep(_ fix: PositionFix, _ db: Database) throws {
        try db.cachedStatement(sql: positionSQL).run { row in
            row.bind(1, fix.key.text)
            row.bind(2, fix.id.text)
            row.bind(3, fix.occurredAt.microseconds)
            row.bind(4, fix.location.text)
        }
    }

    private static let counterSQL = """
        INSERT INTO counter (merchant, name, value) VALUES (?, ?, ?)
        ON CONFLICT (merchant, name) DO UPDATE SET value = value + excluded.value
        """

    static func move(_ key: CounterKey, by delta: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: counterSQL).run { row in
            row.bind(1, key.merchant.text)
            row.bind(2, key.name)
            row.bind(3, delta)
        }
    }

    private static let advanceSQL =
        "UPDATE progress SET next_offset = ?, feed_position = ?, consumed_until = ? WHERE partition = ?"

    private static func advance(to claims: [Claim], _ db: Database) throws {
        let update = try db.cachedStatement(sql: advanceSQL)
        for claim in claims {
            try update.run { row in
                row.bind(1, claim.offset)
                row.bind(2, claim.position)
                row.bind(3, claim.consumedUntil.microseconds)
                row.bind(4, claim.partition)
            }
        }
    }

    // MARK: Sealing

    private static let agedSQL =
        "SELECT position, number, received_at FROM history WHERE position > ? ORDER BY position LIMIT ?"
    private static let sealSQL = """
        UPDATE delivery SET is_sealed = 1
        WHERE number = ? AND is_sealed = 0 AND status IN ('delivered', 'returned', 'cancelled') AND updated_at < ?
        """

    /// Visits each history row once, when it has come of age: a delivery that has had no younger event and is terminal
    /// is sealed.
    package func seal(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { db in
            var aged: [(position: Int64, number: Int64)] = []
            let start = try Self.setting("seal_position", db)
            // Record times never run backwards: behind the first young row all are young. Nothing is searched.
            var isYoung = false
            try db.cachedStatement(sql: Self.agedSQL).forEachRow {
                $0.bind(1, start)
                $0.bind(2, Limits.retentionBatch)
            } _: { row in
                isYoung = isYoung || row.int(2) >= instant.microseconds
                if !isYoung { aged.append((row.int(0), row.int(1))) }
            }
            guard let last = aged.last else { return 0 }
            var removed = 0
            for number in Set(aged.map(\.number)) {
                try db.cachedStatement(sql: Self.sealSQL).run { row in
                    row.bind(1, number)
                    row.bind(2, instant.microseconds)
                }
                if db.changesCount > 0 { removed += try Self.dropHistory(of: number, db) }
            }
            try db.execute(
                sql: "UPDATE setting SET value = ? WHERE name = 'seal_position'", arguments: [last.position])
            return removed
        }
    }

    private static func dropHistory(of number: Int64, _ db: Database) throws -> Int {
        try db.execute(
            sql: """
                UPDATE progress SET purged = max(purged, coalesce(
                    (SELECT max(feed_position) FROM history h WHERE h.number = ? AND h.partition =
                        progress.partition), 0))
                """,
            arguments: [number])
        try dropCases(of: number, db)
        try db.execute(sql: "DELETE FROM history WHERE number = ?", arguments: [number])
        return db.changesCount
    }
}

extension Claim {
    /// Whether a commit that expects `other` may happen.
    fileprivate func isSame(as other: Claim) -> Bool {
        epoch == other.epoch && offset == other.offset && position == other.position
    }
}
