import WaybillCore
import WaybillEngine

extension PostgresStore: PersonalStore {
    private enum Table: String {
        case recipient, proof

        var saveSQL: Statement {
            Statement(
                "\(self)_save",
                """
                INSERT INTO \(self) (merchant, id, data, updated_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (merchant, id) DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at
                """)
        }

        /// Waits for nobody: a row that a commit is just naming is no orphan.
        var sweepSQL: Statement {
            Statement(
                "\(self)_sweep",
                """
                DELETE FROM \(self) WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM \(self) WHERE NOT is_named AND updated_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
                """)
        }
    }

    package func saveRecipient(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await save(.recipient, id, merchant, data, at: now)
    }

    package func saveProof(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await save(.proof, id, merchant, data, at: now)
    }

    private func save(
        _ table: Table, _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await write { session throws(StorageError) in
            _ = try session.query(table.saveSQL) {
                $0.add(merchant.text)
                $0.add(Array(id.utf8))
                $0.add(Array(data.text.utf8))
                $0.add(now)
            }
        }
    }

    private static let linkSQL = Statement(
        "link_add", "INSERT INTO tracking_link (hash, key) VALUES ($1, $2) ON CONFLICT DO NOTHING")
    private static let trimLinksSQL = Statement(
        "link_trim",
        """
        DELETE FROM tracking_link WHERE number IN (
            SELECT number FROM tracking_link WHERE key = $1 ORDER BY number DESC OFFSET $2)
        """)
    private static let linkedSQL = Statement("link", "SELECT key FROM tracking_link WHERE hash = $1")
    private static let revokeSQL = Statement("link_revoke", "DELETE FROM tracking_link WHERE key = $1")

    package func trackingToken(_ key: DeliveryKey, offered token: String) async throws(StorageError) -> String {
        var pipeline = Pipeline()
        pipeline.add(Self.linkSQL) {
            $0.add(TrackingLink.hash(token))
            $0.add(key.text)
        }
        pipeline.add(Self.trimLinksSQL) {
            $0.add(key.text)
            $0.add(Int64(Limits.trackingLinks))
        }
        return try await write { [pipeline] session throws(StorageError) in
            _ = try session.run(pipeline)
            return token
        }
    }

    package func delivery(ofToken token: String) async throws(StorageError) -> DeliveryKey? {
        try await read { session throws(StorageError) in
            try session.query(Self.linkedSQL) { $0.add(TrackingLink.hash(token)) }.first.flatMap {
                DeliveryKey($0.text(0))
            }
        }
    }

    package func revokeTokens(_ key: DeliveryKey) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            try session.query(Self.revokeSQL) { $0.add(key.text) }.affected
        }
    }

    private static let recipientsSQL = Statement(
        "recipients",
        """
        SELECT merchant, id, data, updated_at FROM recipient WHERE (merchant, id) > ($1, $2)
        ORDER BY merchant, id LIMIT $3
        """)

    package func recipients(after mark: RecipientMark?, limit: Int) async throws(StorageError) -> [RecipientRow] {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.recipientsSQL) {
                $0.add(mark?.merchant.text ?? "")
                $0.add(Array((mark?.id ?? "").utf8))
                $0.add(Int64(limit))
            }
            return result.rows.map { row in
                RecipientRow(
                    mark: RecipientMark(merchant: MerchantID(trusted: row.text(0)), id: row.text(1)),
                    data: JSONFragment(trusted: row.text(2)), updatedAt: Timestamp(microseconds: row.integer(3)))
            }
        }
    }

    package func sweepOrphans(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            var removed = 0
            for table in [Table.recipient, .proof] {
                removed += try session.query(table.sweepSQL) {
                    $0.add(instant)
                    $0.add(Int64(Limits.retentionBatch))
                }.affected
            }
            return removed
        }
    }
}
