import GRDB
import WaybillCore
import WaybillEngine

/// Lists, counts and reports of cases.
extension EmbeddedStore {
    package func cases(
        _ query: CaseQuery
    ) async throws(StorageError) -> Snapshot<(rows: [CaseRow], hasMore: Bool)> {
        try await read { db in
            let plan = CaseListPlan(query)
            var found: [(row: Int64, record: CaseRecord)] = []
            try db.cachedStatement(sql: plan.sql).forEachRow(plan.bind) { found.append(try CaseSQL.record($0)) }
            let rows = try Self.rows(Array(found.prefix(query.limit)), db)
            return Snapshot(value: (rows, found.count > query.limit), cursor: try Self.cursor(db))
        }
    }

    private static func rows(_ found: [(row: Int64, record: CaseRecord)], _ db: Database) throws -> [CaseRow] {
        try found.compactMap { row, record in
            try delivery(record.key, db).map { CaseRow(row: row, record: record, delivery: $0.state) }
        }
    }

    private static let oneSQL = "SELECT \(CaseSQL.recordColumns) FROM case_record WHERE id = ? AND merchant = ?"
    private static let changesSQL =
        "SELECT number, fragment, actor, changed_at FROM case_change WHERE case_id = ? ORDER BY number"

    package func caseDetails(
        _ id: String, _ merchant: MerchantID
    ) async throws(StorageError) -> Snapshot<(row: CaseRow, changes: [KeptChange])?> {
        try await read { db in
            var found: [(row: Int64, record: CaseRecord)] = []
            try db.cachedStatement(sql: Self.oneSQL).forEachRow {
                $0.bind(1, id)
                $0.bind(2, merchant.text)
            } _: {
                found.append(try CaseSQL.record($0))
            }
            var changes: [KeptChange] = []
            try db.cachedStatement(sql: Self.changesSQL).forEachRow({ $0.bind(1, id) }) { row in
                changes.append(
                    KeptChange(
                        number: row.int(0), fragment: JSONFragment(trusted: row.text(1)),
                        actor: row.isNull(2) ? nil : row.text(2), at: Timestamp(microseconds: row.int(3))))
            }
            let row = try Self.rows(found, db).first
            return Snapshot(value: row.map { ($0, changes) }, cursor: try Self.cursor(db))
        }
    }

    private static let countsSQL = """
        SELECT kind, severity, owner, coalesce(snoozed_until > ?2, 0), count(*) FROM case_record
        WHERE merchant = ?1 AND state = 'open' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """

    package func caseCounts(
        _ merchant: MerchantID, at now: Timestamp
    ) async throws(StorageError) -> Snapshot<[CaseCount]> {
        try await read { db in
            var counts: [CaseCount] = []
            try db.cachedStatement(sql: Self.countsSQL).forEachRow {
                $0.bind(1, merchant.text)
                $0.bind(2, now.microseconds)
            } _: { row in
                guard let kind = CaseKind(rawValue: row.text(0)), let severity = CaseSeverity(rawValue: row.text(1))
                else { return }
                counts.append(
                    CaseCount(
                        kind: kind, severity: severity, owner: row.isNull(2) ? nil : row.text(2),
                        isSnoozed: row.int(3) != 0, count: row.int(4)))
            }
            return Snapshot(value: counts, cursor: try Self.cursor(db))
        }
    }

    private static let openedSQL = """
        SELECT c.opened_at / 86400000000, coalesce(d.carrier, ''), c.kind, count(*)
        FROM case_record c JOIN delivery d ON d.key = c.key
        WHERE c.merchant = ? AND c.opened_at >= ? AND c.opened_at < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """

    package func openedCases(_ merchant: MerchantID, days: Range<Int>) async throws(StorageError) -> [OpenedCount] {
        try await read { db in
            var counts: [OpenedCount] = []
            try db.cachedStatement(sql: Self.openedSQL).forEachRow {
                $0.bind(1, merchant.text)
                $0.bind(2, Int64(days.lowerBound) * 86_400_000_000)
                $0.bind(3, Int64(days.upperBound) * 86_400_000_000)
            } _: { row in
                guard let kind = CaseKind(rawValue: row.text(2)) else { return }
                counts.append(
                    OpenedCount(day: Int(row.int(0)), carrier: row.text(1), kind: kind, count: row.int(3)))
            }
            return counts
        }
    }

    package func counters(
        _ merchant: MerchantID?, from: String, to: String, limit: Int
    ) async throws(StorageError) -> [(name: String, count: Int64)] {
        try await read { db in
            var counters: [(name: String, count: Int64)] = []
            let condition = merchant == nil ? "" : "merchant = ?4 AND"
            let sql = """
                SELECT name, sum(value) FROM counter WHERE \(condition) name >= ?1 AND name < ?2 AND value <> 0
                GROUP BY name ORDER BY name LIMIT ?3
                """
            try db.cachedStatement(sql: sql).forEachRow {
                $0.bind(1, from)
                $0.bind(2, to)
                $0.bind(3, limit)
                if let merchant { $0.bind(4, merchant.text) }
            } _: {
                counters.append(($0.text(0), $0.int(1)))
            }
            return counters
        }
    }
}

/// The SQL of one list of cases: oldest first, one row more than asked.
private struct CaseListPlan {
    private enum Value {
        case integer(Int64)
        case text(String)
    }

    let sql: String
    private let values: [Value]

    init(_ query: CaseQuery) {
        var conditions = ["merchant = ?"]
        var values: [Value] = [.text(query.merchant.text)]
        func add(_ condition: String, _ value: Value...) {
            conditions.append(condition)
            values.append(contentsOf: value)
        }
        func oneOf(_ column: String, _ words: [String]) {
            guard !words.isEmpty else { return }
            conditions.append("\(column) IN (\(words.map { _ in "?" }.joined(separator: ", ")))")
            values.append(contentsOf: words.map { .text($0) })
        }
        let filter = query.filter
        oneOf("state", filter.states.map(\.rawValue))
        oneOf("kind", filter.kinds.map(\.rawValue))
        if let severity = filter.severity { add("severity = ?", .text(severity.rawValue)) }
        if let owner = filter.owner {
            if let owner { add("owner = ?", .text(owner)) } else { conditions.append("owner IS NULL") }
        }
        if let id = filter.deliveryID { add("key = ?", .text("\(query.merchant.text)/\(id.text)")) }
        if let carrier = filter.carrier {
            add("EXISTS (SELECT 1 FROM delivery d WHERE d.key = case_record.key AND d.carrier = ?)", .text(carrier))
        }
        switch filter.snoozed {
        case .all: break
        case .only: conditions.append("snoozed_until IS NOT NULL")
        case .no: conditions.append("snoozed_until IS NULL")
        }
        if let after = query.after { add("row > ?", .integer(after)) }
        values.append(.integer(Int64(query.limit + 1)))
        sql = """
            SELECT \(CaseSQL.recordColumns) FROM case_record WHERE \(conditions.joined(separator: " AND "))
            ORDER BY row LIMIT ?
            """
        self.values = values
    }

    func bind(_ statement: Statement) {
        for (index, value) in values.enumerated() {
            switch value {
            case .integer(let value): statement.bind(Int32(index + 1), value)
            case .text(let value): statement.bind(Int32(index + 1), value)
            }
        }
    }
}
