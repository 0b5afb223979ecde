import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: NotificationSettingsStore {
    package func settings(
        _ kind: NotificationSetting.Kind, of merchant: MerchantID
    ) async throws(StorageError) -> [NotificationSetting] {
        try await read { db in try Self.settings(kind, of: merchant, db) }
    }

    static func settings(
        _ kind: NotificationSetting.Kind, of merchant: MerchantID, _ db: Database
    ) throws -> [NotificationSetting] {
        var rows: [NotificationSetting] = []
        let sql = "SELECT id, data, updated_at FROM notification_setting WHERE merchant = ? AND kind = ? ORDER BY id"
        try db.cachedStatement(sql: sql).forEachRow {
            $0.bind(1, merchant.text)
            $0.bind(2, kind.rawValue)
        } _: { row in
            rows.append(
                NotificationSetting(
                    merchant: merchant, kind: kind, id: row.text(0), data: JSONFragment(trusted: row.text(1)),
                    updatedAt: Timestamp(microseconds: row.int(2))))
        }
        return rows
    }

    package func save(_ setting: NotificationSetting, most: Int) async throws(StorageError) -> Bool {
        try await write { db in
            let others = try Self.settings(setting.kind, of: setting.merchant, db).filter { $0.id != setting.id }
            guard others.count < most else { return false }
            try Self.save(setting, db)
            return true
        }
    }

    static func save(_ setting: NotificationSetting, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO notification_setting (merchant, kind, id, data, updated_at)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                setting.merchant.text, setting.kind.rawValue, setting.id, setting.data.text,
                setting.updatedAt.microseconds,
            ])
    }

    package func delete(
        _ kind: NotificationSetting.Kind, _ id: String, of merchant: MerchantID
    ) async throws(StorageError) -> Bool {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM notification_setting WHERE merchant = ? AND kind = ? AND id = ?",
                arguments: [merchant.text, kind.rawValue, id])
            return db.changesCount > 0
        }
    }

    package func recipient(_ mark: RecipientMark) async throws(StorageError) -> JSONFragment? {
        try await read { db in try Self.recipient(mark, db) }
    }

    static func recipient(_ mark: RecipientMark, _ db: Database) throws -> JSONFragment? {
        try String.fetchOne(
            db, sql: "SELECT data FROM recipient WHERE merchant = ? AND id = ?",
            arguments: [mark.merchant.text, mark.id]
        ).map(JSONFragment.init(trusted:))
    }

    package func clearRefusals(_ mark: RecipientMark) async throws(StorageError) {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM refusal WHERE merchant = ? AND recipient = ?",
                arguments: [mark.merchant.text, mark.id])
        }
    }
}
