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

    private static let offerSQL = Statement(
        "token_offer", "INSERT INTO tracking_token (key, token) VALUES ($1, $2) ON CONFLICT DO NOTHING")
    private static let tokenSQL = Statement("token", "SELECT token FROM tracking_token WHERE key = $1")

    package func trackingToken(_ key: DeliveryKey, offered token: String) async throws(StorageError) -> String {
        var pipeline = Pipeline()
        pipeline.add(Self.offerSQL) {
            $0.add(key.text)
            $0.add(token)
        }
        // A statement of its own: it sees what another caller committed while the offer waited for it.
        pipeline.add(Self.tokenSQL) { $0.add(key.text) }
        return try await write { [pipeline] session throws(StorageError) in
            try session.run(pipeline)[1].first?.text(0) ?? token
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
