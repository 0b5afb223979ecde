import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: DeadLetterStore {
    private static let columns = """
        id, merchant, key, value, code, detail, pointer, event_id, partition, record_offset, first_seen, state
        """

    package func deadLetters(
        _ merchant: MerchantID, state: DeadLetterRow.State?, before: Int64?, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        try await read { db in
            var rows: [DeadLetterRow] = []
            let condition = state == nil ? "" : "AND state = ?4"
            let sql = """
                SELECT \(Self.columns) FROM dead_letter WHERE merchant = ?1 AND id < ?2 \(condition)
                ORDER BY id DESC LIMIT ?3
                """
            try db.cachedStatement(sql: sql).forEachRow {
                $0.bind(1, merchant.text)
                $0.bind(2, before ?? .max)
                $0.bind(3, limit)
                if let state { $0.bind(4, state.rawValue) }
            } _: {
                rows.append(Self.row($0))
            }
            return rows
        }
    }

    package func deadLetter(_ id: Int64, _ merchant: MerchantID) async throws(StorageError) -> DeadLetterRow? {
        try await read { db in
            var found: DeadLetterRow?
            let sql = "SELECT \(Self.columns) FROM dead_letter WHERE id = ? AND merchant = ?"
            try db.cachedStatement(sql: sql).forEachRow {
                $0.bind(1, id)
                $0.bind(2, merchant.text)
            } _: {
                found = Self.row($0)
            }
            return found
        }
    }

    package func settle(_ id: Int64, as state: DeadLetterRow.State) async throws(StorageError) -> Bool {
        try await write { db in
            try db.execute(
                sql: "UPDATE dead_letter SET state = ? WHERE id = ? AND state = 'open'",
                arguments: [state.rawValue, id])
            return db.changesCount > 0
        }
    }

    package func trimDeadLetters(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM dead_letter WHERE id IN (
                        SELECT id FROM dead_letter WHERE first_seen < ? ORDER BY first_seen LIMIT ?)
                    """,
                arguments: [instant.microseconds, Limits.retentionBatch])
            return db.changesCount
        }
    }

    private static func row(_ row: Statement) -> DeadLetterRow {
        let rejection = EventRejection(
            EventRejection.Code(rawValue: row.text(4)) ?? .malformed, row.text(5),
            pointer: row.isNull(6) ? nil : row.text(6), id: row.isNull(7) ? nil : EventID(trusted: row.text(7)))
        let firstSeen = Timestamp(microseconds: row.int(10))
        let record = LogRecord(
            partition: Int(row.int(8)), offset: row.int(9), key: row.text(2), value: row.blob(3), timestamp: firstSeen)
        return DeadLetterRow(
            id: row.int(0), merchant: MerchantID(trusted: row.text(1)),
            letter: DeadLetter(record: record, rejection: rejection), firstSeen: firstSeen,
            state: DeadLetterRow.State(rawValue: row.text(11)) ?? .open)
    }
}
