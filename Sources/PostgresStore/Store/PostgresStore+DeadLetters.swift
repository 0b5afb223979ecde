import WaybillCore
import WaybillEngine

extension PostgresStore: DeadLetterStore {
    static let letterColumns = """
        id, merchant, key, value, code, detail, pointer, event_id, partition, record_offset, first_seen, state
        """
    private static let listSQL = Statement(
        "letters",
        """
        SELECT \(letterColumns) FROM dead_letter WHERE merchant = $1 AND id < $2 ORDER BY id DESC LIMIT $3
        """)
    private static let listByStateSQL = Statement(
        "letters_by_state",
        """
        SELECT \(letterColumns) FROM dead_letter WHERE merchant = $1 AND id < $2 AND state = $4
        ORDER BY id DESC LIMIT $3
        """)

    package func deadLetters(
        _ merchant: MerchantID, state: DeadLetterRow.State?, before: Int64?, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        try await read { session throws(StorageError) in
            let result = try session.query(state == nil ? Self.listSQL : Self.listByStateSQL) {
                $0.add(merchant.text)
                $0.add(before ?? .max)
                $0.add(Int64(limit))
                if let state { $0.add(state.rawValue) }
            }
            return result.rows.map(Self.letter)
        }
    }

    private static let oneSQL = Statement(
        "letter", "SELECT \(letterColumns) FROM dead_letter WHERE id = $1 AND merchant = $2")

    package func deadLetter(_ id: Int64, _ merchant: MerchantID) async throws(StorageError) -> DeadLetterRow? {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.oneSQL) {
                $0.add(id)
                $0.add(merchant.text)
            }
            return result.first.map(Self.letter)
        }
    }

    private static let settleSQL = Statement(
        "letter_settle", "UPDATE dead_letter SET state = $2 WHERE id = $1 AND state = 'open'")

    package func settle(_ id: Int64, as state: DeadLetterRow.State) async throws(StorageError) -> Bool {
        try await write { session throws(StorageError) in
            let result = try session.query(Self.settleSQL) {
                $0.add(id)
                $0.add(state.rawValue)
            }
            return result.affected > 0
        }
    }

    private static let trimSQL = Statement(
        "letters_trim",
        """
        DELETE FROM dead_letter WHERE id IN (
            SELECT id FROM dead_letter WHERE first_seen < $1 ORDER BY first_seen LIMIT $2 FOR UPDATE SKIP LOCKED)
        """)

    package func trimDeadLetters(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            try session.query(Self.trimSQL) {
                $0.add(instant)
                $0.add(Int64(Limits.retentionBatch))
            }.affected
        }
    }

    static func letter(_ row: QueryResult.Row) -> DeadLetterRow {
        let rejection = EventRejection(
            EventRejection.Code(rawValue: row.text(4)) ?? .malformed, row.text(5), pointer: row.optionalText(6),
            id: row.optionalText(7).map(EventID.init(trusted:)))
        let firstSeen = Timestamp(microseconds: row.integer(10))
        let record = LogRecord(
            partition: Int(row.integer(8)), offset: row.integer(9), key: row.text(2), value: row.bytes(3),
            timestamp: firstSeen)
        return DeadLetterRow(
            id: row.integer(0), merchant: MerchantID(trusted: row.text(1)),
            letter: DeadLetter(record: record, rejection: rejection), firstSeen: firstSeen,
            state: DeadLetterRow.State(rawValue: row.text(11)) ?? .open)
    }
}
