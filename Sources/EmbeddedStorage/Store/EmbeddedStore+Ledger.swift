import GRDB
import WaybillCore
import WaybillEngine

/// What is read of the ledger, and messages that are sent again.
extension EmbeddedStore {
    package func messages(_ query: MessageQuery) async throws(StorageError) -> [StoredMessage] {
        try await read { db in
            var conditions = ["merchant = ?1", "number < ?2"]
            if query.delivery != nil { conditions.append("delivery_key = ?4") }
            if query.party != nil { conditions.append("party = ?5") }
            if query.state != nil { conditions.append("state = ?6") }
            let sql = """
                SELECT \(MessageRow.columns) FROM message WHERE \(conditions.joined(separator: " AND "))
                ORDER BY number DESC LIMIT ?3
                """
            var rows: [StoredMessage] = []
            try db.cachedStatement(sql: sql).forEachRow {
                $0.bind(1, query.merchant.text)
                $0.bind(2, query.before ?? .max)
                $0.bind(3, query.limit)
                if let delivery = query.delivery { $0.bind(4, delivery.text) }
                if let party = query.party { $0.bind(5, party.text) }
                if let state = query.state { $0.bind(6, state.rawValue) }
            } _: {
                if let message = MessageRow.read($0) { rows.append(message) }
            }
            return rows
        }
    }

    package func message(_ id: String, _ merchant: MerchantID) async throws(StorageError) -> StoredMessage? {
        try await read { db in
            var found: StoredMessage?
            let sql = "SELECT \(MessageRow.columns) FROM message WHERE id = ? AND merchant = ?"
            try db.cachedStatement(sql: sql).forEachRow {
                $0.bind(1, id)
                $0.bind(2, merchant.text)
            } _: {
                found = MessageRow.read($0)
            }
            return found
        }
    }

    private static let attemptsSQL = """
        SELECT attempt.number, at, milliseconds, result, detail FROM attempt
        JOIN message ON message.number = attempt.message WHERE message.id = ? AND merchant = ? ORDER BY attempt.number
        """

    package func attempts(_ id: String, _ merchant: MerchantID) async throws(StorageError) -> [Attempt] {
        try await read { db in
            var rows: [Attempt] = []
            try db.cachedStatement(sql: Self.attemptsSQL).forEachRow {
                $0.bind(1, id)
                $0.bind(2, merchant.text)
            } _: { row in
                rows.append(
                    Attempt(
                        number: Int(row.int(0)), at: Timestamp(microseconds: row.int(1)),
                        milliseconds: Int(row.int(2)), result: row.text(3), detail: row.text(4)))
            }
            return rows
        }
    }

    // MARK: Sending again

    private static let replaySQL = """
        UPDATE message SET state = 'available', reason = NULL, is_open = 1, due_at = ?1, updated_at = ?1, attempts = 0,
            expires_at = NULL
        WHERE number IN
        """

    /// Attempts start at 1 again and replace the ones of the run before.
    package func replay(_ selection: ReplaySelection, at now: Timestamp) async throws(StorageError) -> Int {
        try await write { db in
            switch selection {
            case .message(let id, let merchant):
                try db.execute(
                    sql: Self.replaySQL + " (SELECT number FROM message WHERE id = ? AND merchant = ? AND is_open = 0)",
                    arguments: [now.microseconds, id, merchant.text])
            case .endpoint(let id, let merchant, let since):
                try db.execute(
                    sql: Self.replaySQL + """
                         (SELECT number FROM message WHERE merchant = ? AND party = ? AND is_open = 0
                            AND state <> 'sent'
                            AND created_at >= ? ORDER BY number LIMIT ?)
                        """,
                    arguments: [
                        now.microseconds, merchant.text, MessageParty.endpoint(id).text, since.microseconds,
                        Limits.replayBatch,
                    ])
            }
            return db.changesCount
        }
    }

    package func trimMessages(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { db in
            let numbers = try Int64.fetchAll(
                db, sql: "SELECT number FROM message WHERE is_open = 0 AND updated_at < ? LIMIT ?",
                arguments: [instant.microseconds, Limits.retentionBatch])
            for number in numbers {
                try db.execute(sql: "DELETE FROM attempt WHERE message = ?", arguments: [number])
                try db.execute(sql: "DELETE FROM message WHERE number = ?", arguments: [number])
            }
            return numbers.count
        }
    }

    // MARK: Background

    package func background(_ query: BackgroundQuery) async throws(StorageError) -> MessageBackground {
        try await read { db in
            var background = MessageBackground()
            for mark in query.recipients { try Self.read(mark, query, into: &background, db) }
            for delivery in query.deliveries {
                background.ledger[delivery] = try Self.entries(delivery, db)
            }
            for merchant in query.merchants {
                background.settings[merchant] = try NotificationSetting.Kind.allCases.flatMap {
                    try Self.settings($0, of: merchant, db)
                }
            }
            try db.cachedStatement(sql: "SELECT lane, failing_since, told FROM endpoint_health")
                .forEachRow({ _ in }) { row in
                    let since = row.isNull(1) ? nil : Timestamp(microseconds: row.int(1))
                    background.health[row.text(0)] = EndpointHealth(failingSince: since, told: Int(row.int(2)))
                }
            return background
        }
    }

    private static let recentSQL = """
        SELECT channel, count(*) FROM message
        WHERE merchant = ? AND party = ? AND created_at >= ?
            AND state IN ('available', 'executing', 'retryable', 'sent')
        GROUP BY channel
        """

    private static func read(
        _ mark: RecipientMark, _ query: BackgroundQuery, into background: inout MessageBackground, _ db: Database
    ) throws {
        background.recipients[mark] = try recipient(mark, db)
        try db.cachedStatement(sql: "SELECT channel FROM refusal WHERE merchant = ? AND recipient = ?").forEachRow {
            $0.bind(1, mark.merchant.text)
            $0.bind(2, mark.id)
        } _: {
            if let channel = Channel(rawValue: $0.text(0)) { background.refusals[mark, default: []].insert(channel) }
        }
        try db.cachedStatement(sql: recentSQL).forEachRow {
            $0.bind(1, mark.merchant.text)
            $0.bind(2, MessageParty.recipient(mark.id).text)
            $0.bind(3, query.recentSince.microseconds)
        } _: {
            guard let channel = Channel(rawValue: $0.text(0)) else { return }
            background.recent[mark, default: [:]][channel] = Int($0.int(1))
        }
    }

    private static let entriesSQL = """
        SELECT occasion, instance, party, channel, state, sequence FROM message WHERE delivery_key = ? ORDER BY number
        """

    private static func entries(_ delivery: DeliveryKey, _ db: Database) throws -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        try db.cachedStatement(sql: entriesSQL).forEachRow({ $0.bind(1, delivery.text) }) { row in
            guard let occasion = Occasion.Kind(row.text(0)), let party = MessageParty(row.text(2)),
                let channel = Channel(rawValue: row.text(3)), let state = MessageState(rawValue: row.text(4))
            else { return }
            let key = MessageKey(
                delivery: delivery, occasion: occasion, instance: row.text(1), party: party, channel: channel)
            entries.append(LedgerEntry(key: key, state: state, sequence: row.int(5)))
        }
        return entries
    }
}
