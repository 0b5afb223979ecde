import GRDB
import WaybillCore
import WaybillEngine

/// How cases stand in their rows, and the statements that more than one file runs.
enum CaseSQL {
    static let recordColumns = "row, key, kind, occurrence, body"

    /// Expects `recordColumns`.
    static func record(_ row: Statement) throws -> (row: Int64, record: CaseRecord) {
        guard let key = DeliveryKey(row.text(1)), let kind = CaseKind(rawValue: row.text(2)) else {
            throw StorageError.damaged("case \(row.int(0)) is not what was written")
        }
        do throws(JSONError) {
            let record = try row.withBlob(4) { bytes throws(JSONError) in
                try CaseRecord(key: key, kind: kind, occurrence: Int(row.int(3)), encoded: bytes)
            }
            return (row.int(0), record)
        } catch {
            throw StorageError.damaged("a case of \(key) cannot be read: \(error)")
        }
    }

    private static let saveSQL = """
        INSERT INTO case_record (
            id, key, merchant, kind, occurrence, state, severity, owner, snoozed_until, opened_at, version, bit,
            in_force, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        ON CONFLICT (id) DO UPDATE SET
            state = excluded.state, severity = excluded.severity, owner = excluded.owner,
            snoozed_until = excluded.snoozed_until, version = excluded.version, in_force = excluded.in_force,
            body = excluded.body
        """

    static func save(_ record: CaseRecord, _ db: Database) throws {
        try db.cachedStatement(sql: saveSQL).run { row in
            row.bind(1, record.id)
            row.bind(2, record.key.text)
            row.bind(3, record.key.merchant.text)
            row.bind(4, record.kind.rawValue)
            row.bind(5, record.occurrence)
            row.bind(6, record.state.rawValue)
            row.bind(7, record.severity.rawValue)
            row.bind(8, record.owner)
            row.bind(9, record.snooze?.until.microseconds)
            row.bind(10, record.openedAt.microseconds)
            row.bind(11, record.version)
            row.bind(12, Int64(CaseSet(record.kind).rawValue))
            row.bind(13, record.isInForce ? 1 : 0)
            row.bind(14, blob: record.encoded)
        }
    }

    private static let changeSQL = """
        INSERT INTO case_change (case_id, version, key, partition, open, fragment, actor, changed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func add(_ change: CaseChange, open: CaseSet, partitions: Int, _ db: Database) throws {
        let key = change.record.key.text
        try db.cachedStatement(sql: changeSQL).run { row in
            row.bind(1, change.record.id)
            row.bind(2, change.record.version)
            row.bind(3, key)
            row.bind(4, StableHash.partition(ofKey: key, count: partitions))
            row.bind(5, Int64(open.rawValue))
            row.bind(6, change.fragment.text)
            row.bind(7, change.actor)
            row.bind(8, change.at.microseconds)
        }
    }

    static let changeColumns = "number, key, partition, open, fragment, actor, changed_at"

    /// Expects `changeColumns`.
    static func change(_ row: Statement) throws -> UntoldChange {
        guard let key = DeliveryKey(row.text(1)) else {
            throw StorageError.damaged("change \(row.int(0)) of a case is not what was written")
        }
        return UntoldChange(
            number: row.int(0), key: key, partition: Int(row.int(2)), open: open(row.int(3)),
            fragment: JSONFragment(trusted: row.text(4)), actor: row.isNull(5) ? nil : row.text(5),
            at: Timestamp(microseconds: row.int(6)))
    }

    static func open(_ column: Int64) -> CaseSet { CaseSet(rawValue: UInt16(truncatingIfNeeded: column)) }

    /// After a rebuild from the log: places of the old feed mean nothing any more, and the monitor looks at everything.
    static let afterTakeOver = """
        UPDATE case_change SET feed_position = 0 WHERE feed_position IS NOT NULL;
        UPDATE delivery SET due_at = 0,
            open_cases = coalesce(
                (SELECT sum(bit) FROM case_record c WHERE c.key = delivery.key AND state = 'open'), 0),
            watch = 65536 + coalesce((SELECT sum(bit) FROM case_record c WHERE c.key = delivery.key AND in_force), 0)
        WHERE key IN (SELECT key FROM case_record);
        """
}
