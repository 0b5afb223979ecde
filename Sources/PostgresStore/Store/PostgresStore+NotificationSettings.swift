import WaybillCore
import WaybillEngine

extension PostgresStore: NotificationSettingsStore {
    private static let listSQL = Statement(
        "settings",
        """
        SELECT merchant, kind, id, data, updated_at FROM notification_setting WHERE merchant = $1 AND kind = $2
        ORDER BY id
        """)

    package func settings(
        _ kind: NotificationSetting.Kind, of merchant: MerchantID
    ) async throws(StorageError) -> [NotificationSetting] {
        try await read { session throws(StorageError) in
            try session.query(Self.listSQL) {
                $0.add(merchant.text)
                $0.add(kind.rawValue)
            }.rows.compactMap(Self.setting)
        }
    }

    private static let saveSQL = Statement(
        "setting_save",
        """
        INSERT INTO notification_setting (merchant, kind, id, data, updated_at)
        SELECT $1, $2, $3, $4::bytea, $5::int8
        WHERE (SELECT count(*) FROM notification_setting WHERE merchant = $1 AND kind = $2 AND id <> $3) < $6
        ON CONFLICT (merchant, kind, id) DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at
        """)

    package func save(_ setting: NotificationSetting, most: Int) async throws(StorageError) -> Bool {
        try await write { session throws(StorageError) in
            try session.query(Self.saveSQL) {
                $0.add(setting.merchant.text)
                $0.add(setting.kind.rawValue)
                $0.add(setting.id)
                $0.add(Array(setting.data.text.utf8))
                $0.add(setting.updatedAt)
                $0.add(Int64(most))
            }.affected > 0
        }
    }

    private static let deleteSQL = Statement(
        "setting_delete", "DELETE FROM notification_setting WHERE merchant = $1 AND kind = $2 AND id = $3")

    package func delete(
        _ kind: NotificationSetting.Kind, _ id: String, of merchant: MerchantID
    ) async throws(StorageError) -> Bool {
        try await write { session throws(StorageError) in
            try session.query(Self.deleteSQL) {
                $0.add(merchant.text)
                $0.add(kind.rawValue)
                $0.add(id)
            }.affected > 0
        }
    }

    private static let recipientSQL = Statement(
        "recipient_one", "SELECT data FROM recipient WHERE merchant = $1 AND id = $2")

    package func recipient(_ mark: RecipientMark) async throws(StorageError) -> JSONFragment? {
        try await read { session throws(StorageError) in
            try session.query(Self.recipientSQL) {
                $0.add(mark.merchant.text)
                $0.add(Array(mark.id.utf8))
            }.first.map { JSONFragment(trusted: $0.text(0)) }
        }
    }

    private static let clearSQL = Statement(
        "refusals_clear", "DELETE FROM refusal WHERE merchant = $1 AND recipient = $2")

    package func clearRefusals(_ mark: RecipientMark) async throws(StorageError) {
        try await write { session throws(StorageError) in
            _ = try session.query(Self.clearSQL) {
                $0.add(mark.merchant.text)
                $0.add(Array(mark.id.utf8))
            }
        }
    }
}
