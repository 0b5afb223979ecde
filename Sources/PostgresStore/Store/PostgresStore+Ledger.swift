import WaybillCore
import WaybillEngine

/// What is read of the ledger, and messages that are sent again.
extension PostgresStore {
    package func messages(_ query: MessageQuery) async throws(StorageError) -> [StoredMessage] {
        var parameters = Parameters()
        parameters.add(query.merchant.text)
        parameters.add(query.before ?? .max)
        parameters.add(Int64(query.limit))
        var conditions = ["merchant = $1", "number < $2"]
        func narrow(_ column: String, _ add: (inout Parameters) -> Void) {
            add(&parameters)
            conditions.append("\(column) = $\(parameters.ranges.count)")
        }
        if let delivery = query.delivery { narrow("delivery_key") { $0.add(delivery.text) } }
        if let party = query.party { narrow("party") { $0.add(Array(party.text.utf8)) } }
        if let state = query.state { narrow("state") { $0.add(state.rawValue) } }
        let statement = Statement(
            nil,
            """
            SELECT \(MessageRow.columns) FROM message WHERE \(conditions.joined(separator: " AND "))
            ORDER BY number DESC LIMIT $3
            """)
        return try await read { [parameters] session throws(StorageError) in
            try session.query(statement) { $0 = parameters }.rows.compactMap(MessageRow.read)
        }
    }

    private static let messageSQL = Statement(
        "message", "SELECT \(MessageRow.columns) FROM message WHERE id = $1 AND merchant = $2")

    package func message(_ id: String, _ merchant: MerchantID) async throws(StorageError) -> StoredMessage? {
        try await read { session throws(StorageError) in
            try session.query(Self.messageSQL) {
                $0.add(id)
                $0.add(merchant.text)
            }.first.flatMap(MessageRow.read)
        }
    }

    private static let attemptsSQL = Statement(
        "message_attempts",
        """
        SELECT attempt.number, at, milliseconds, result, detail FROM attempt
        JOIN message ON message.number = attempt.message WHERE message.id = $1 AND merchant = $2 ORDER BY attempt.number
        """)

    package func attempts(_ id: String, _ merchant: MerchantID) async throws(StorageError) -> [Attempt] {
        try await read { session throws(StorageError) in
            try session.query(Self.attemptsSQL) {
                $0.add(id)
                $0.add(merchant.text)
            }.rows.map { row in
                Attempt(
                    number: Int(row.integer(0)), at: row.instant(1), milliseconds: Int(row.integer(2)),
                    result: row.text(3), detail: row.text(4))
            }
        }
    }

    // MARK: Sending again

    private static let replay = """
        UPDATE message SET state = 'available', reason = NULL, is_open = true, due_at = $1, updated_at = $1,
            attempts = 0, expires_at = NULL
        """
    private static let replayOneSQL = Statement(
        "message_replay", "\(replay) WHERE id = $2 AND merchant = $3 AND NOT is_open")
    private static let replayEndpointSQL = Statement(
        "message_recover",
        """
        \(replay) WHERE number IN (
            SELECT number FROM message WHERE merchant = $2 AND party = $3 AND NOT is_open AND state <> 'sent'
                AND created_at >= $4 ORDER BY number LIMIT $5)
        """)

    /// Attempts start at 1 again and replace the ones of the run before.
    package func replay(_ selection: ReplaySelection, at now: Timestamp) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            switch selection {
            case .message(let id, let merchant):
                return try session.query(Self.replayOneSQL) {
                    $0.add(now)
                    $0.add(id)
                    $0.add(merchant.text)
                }.affected
            case .endpoint(let id, let merchant, let since):
                return try session.query(Self.replayEndpointSQL) {
                    $0.add(now)
                    $0.add(merchant.text)
                    $0.add(Array(MessageParty.endpoint(id).text.utf8))
                    $0.add(since)
                    $0.add(Int64(Limits.replayBatch))
                }.affected
            }
        }
    }

    private static let trimSQL = Statement(
        "messages_trim",
        """
        DELETE FROM message WHERE number IN (
            SELECT number FROM message WHERE NOT is_open AND updated_at < $1 ORDER BY updated_at LIMIT $2
            FOR UPDATE SKIP LOCKED)
        """)

    package func trimMessages(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            try session.query(Self.trimSQL) {
                $0.add(instant)
                $0.add(Int64(Limits.retentionBatch))
            }.affected
        }
    }
}
