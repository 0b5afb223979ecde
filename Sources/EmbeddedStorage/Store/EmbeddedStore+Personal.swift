import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: PersonalStore {
    package func saveRecipient(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await save("recipient", id, merchant, data, at: now)
    }

    package func saveProof(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await save("proof", id, merchant, data, at: now)
    }

    private func save(
        _ table: String, _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO \(table) (merchant, id, data, updated_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (merchant, id) DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at
                    """,
                arguments: [merchant.text, id, data.text, now.microseconds])
        }
    }

    package func trackingToken(_ key: DeliveryKey, offered token: String) async throws(StorageError) -> String {
        try await write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO tracking_link (hash, key) VALUES (?, ?)",
                arguments: [TrackingLink.hash(token), key.text])
            try db.execute(
                sql: """
                    DELETE FROM tracking_link WHERE number IN (
                        SELECT number FROM tracking_link WHERE key = ? ORDER BY number DESC LIMIT -1 OFFSET ?)
                    """,
                arguments: [key.text, Limits.trackingLinks])
            return token
        }
    }

    package func delivery(ofToken token: String) async throws(StorageError) -> DeliveryKey? {
        try await read { db in
            let sql = "SELECT key FROM tracking_link WHERE hash = ?"
            return try String.fetchOne(db, sql: sql, arguments: [TrackingLink.hash(token)]).flatMap { DeliveryKey($0) }
        }
    }

    package func revokeTokens(_ key: DeliveryKey) async throws(StorageError) -> Int {
        try await write { db in
            try db.execute(sql: "DELETE FROM tracking_link WHERE key = ?", arguments: [key.text])
            return db.changesCount
        }
    }

    package func recipients(after mark: RecipientMark?, limit: Int) async throws(StorageError) -> [RecipientRow] {
        try await read { db in
            var rows: [RecipientRow] = []
            let sql = """
                SELECT merchant, id, data, updated_at FROM recipient
                WHERE (merchant, id) > (?, ?) ORDER BY merchant, id LIMIT ?
                """
            try db.cachedStatement(sql: sql).forEachRow {
                $0.bind(1, mark?.merchant.text ?? "")
                $0.bind(2, mark?.id ?? "")
                $0.bind(3, limit)
            } _: { row in
                rows.append(
                    RecipientRow(
                        mark: RecipientMark(merchant: MerchantID(trusted: row.text(0)), id: row.text(1)),
                        data: JSONFragment(trusted: row.text(2)), updatedAt: Timestamp(microseconds: row.int(3))))
            }
            return rows
        }
    }

    package func sweepOrphans(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { db in
            var removed = 0
            for table in ["recipient", "proof"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE is_named = 0 AND updated_at < ?", arguments: [instant.microseconds]
                )
                removed += db.changesCount
            }
            return removed
        }
    }

    /// Called with each applied event: what it names is no orphan.
    static func markNamed(by event: Event, _ db: Database) throws {
        for case .recipientID(let id?) in event.details { try mark("recipient", id, event.merchant, db) }
        if let id = event.proofID { try mark("proof", id, event.merchant, db) }
    }

    private static func mark(_ table: String, _ id: String, _ merchant: MerchantID, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE \(table) SET is_named = 1 WHERE merchant = ? AND id = ? AND is_named = 0")
            .run { row in
                row.bind(1, merchant.text)
                row.bind(2, id)
            }
    }
}
