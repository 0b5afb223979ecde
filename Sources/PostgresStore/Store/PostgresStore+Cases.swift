import WaybillCore
import WaybillEngine

/// Lists, counts and reports of cases.
extension PostgresStore {
    package func cases(
        _ query: CaseQuery
    ) async throws(StorageError) -> Snapshot<(rows: [CaseRow], hasMore: Bool)> {
        let plan = CaseListPlan(query)
        var pipeline = Pipeline()
        pipeline.add(plan.statement) { $0 = plan.parameters }
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            let rows = try Self.rows(results[0])
            return (rows: Array(rows.prefix(query.limit)), hasMore: rows.count > query.limit)
        }
    }

    /// Columns of a delivery, then those of a case.
    fileprivate static let rowColumns = "\(DeliveryRow.columns), \(CaseRows.recordColumns)"
    fileprivate static let rowTables = """
        case_record c JOIN delivery d ON d.merchant = c.merchant AND d.delivery_id = c.delivery_id
        LEFT JOIN delivery_watch w ON w.number = d.number
        """

    private static func rows(_ result: QueryResult) throws(StorageError) -> [CaseRow] {
        var rows: [CaseRow] = []
        for row in result.rows {
            let delivery = try DeliveryRow.read(row).state
            let (number, record) = try CaseRows.record(row, from: DeliveryRow.columnCount)
            rows.append(CaseRow(row: number, record: record, delivery: delivery))
        }
        return rows
    }

    private static let oneSQL = Statement(
        "case_one", "SELECT \(rowColumns) FROM \(rowTables) WHERE c.id = $1 AND c.merchant = $2")
    private static let changesSQL = Statement(
        "case_changes",
        """
        SELECT number, fragment, actor, changed_at FROM case_change WHERE case_id = $1 ORDER BY number
        """)

    package func caseDetails(
        _ id: String, _ merchant: MerchantID
    ) async throws(StorageError) -> Snapshot<(row: CaseRow, changes: [KeptChange])?> {
        // An id of ours has no NUL, which `text` refuses.
        let known = id.isVisibleASCII ? id : "-"
        var pipeline = Pipeline()
        pipeline.add(Self.oneSQL) {
            $0.add(known)
            $0.add(merchant.text)
        }
        pipeline.add(Self.changesSQL) { $0.add(known) }
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            guard let row = try Self.rows(results[0]).first else { return nil }
            let changes = results[1].rows.map {
                KeptChange(
                    number: $0.integer(0), fragment: JSONFragment(trusted: $0.text(1)), actor: $0.optionalText(2),
                    at: Timestamp(microseconds: $0.integer(3)))
            }
            return (row: row, changes: changes)
        }
    }

    private static let countsSQL = Statement(
        "case_counts",
        """
        SELECT kind, severity, owner, coalesce(snoozed_until > $2, false), count(*) FROM case_record
        WHERE merchant = $1 AND state = 'open' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """)

    package func caseCounts(
        _ merchant: MerchantID, at now: Timestamp
    ) async throws(StorageError) -> Snapshot<[CaseCount]> {
        var pipeline = Pipeline()
        pipeline.add(Self.countsSQL) {
            $0.add(merchant.text)
            $0.add(now)
        }
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            results[0].rows.compactMap { row in
                guard let kind = CaseKind(rawValue: row.text(0)), let severity = CaseSeverity(rawValue: row.text(1))
                else { return nil }
                return CaseCount(
                    kind: kind, severity: severity, owner: row.optionalText(2), isSnoozed: row.bool(3),
                    count: row.integer(4))
            }
        }
    }

    private static let openedSQL = Statement(
        "case_opened",
        """
        SELECT c.opened_at / 86400000000, coalesce(d.carrier, ''::bytea), c.kind, count(*)
        FROM case_record c JOIN delivery d ON d.merchant = c.merchant AND d.delivery_id = c.delivery_id
        WHERE c.merchant = $1 AND c.opened_at >= $2 AND c.opened_at < $3 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """)

    package func openedCases(_ merchant: MerchantID, days: Range<Int>) async throws(StorageError) -> [OpenedCount] {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.openedSQL) {
                $0.add(merchant.text)
                $0.add(Int64(days.lowerBound) * 86_400_000_000)
                $0.add(Int64(days.upperBound) * 86_400_000_000)
            }
            return result.rows.compactMap { row in
                CaseKind(rawValue: row.text(2)).map {
                    OpenedCount(day: Int(row.integer(0)), carrier: row.text(1), kind: $0, count: row.integer(3))
                }
            }
        }
    }

    private static let rangeSQL = Statement(
        "counters_range",
        """
        SELECT name, sum(value)::int8 FROM counter
        WHERE ($1::text IS NULL OR merchant = $1) AND name >= $2 AND name < $3
        GROUP BY name HAVING sum(value) <> 0 ORDER BY name LIMIT $4
        """)

    package func counters(
        _ merchant: MerchantID?, from: String, to: String, limit: Int
    ) async throws(StorageError) -> [(name: String, count: Int64)] {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.rangeSQL) {
                if let merchant { $0.add(merchant.text) } else { $0.addNull() }
                $0.add(from)
                $0.add(to)
                $0.add(Int64(limit))
            }
            return result.rows.map { ($0.text(0), $0.integer(1)) }
        }
    }
}

/// The SQL of one list of cases: oldest first, one row more than asked.
private struct CaseListPlan {
    let statement: Statement
    let parameters: Parameters

    init(_ query: CaseQuery) {
        var conditions: [String] = []
        var parameters = Parameters()
        func bind(_ add: (inout Parameters) -> Void) -> String {
            add(&parameters)
            return "$\(parameters.ranges.count)"
        }
        let filter = query.filter
        conditions.append("c.merchant = \(bind { $0.add(query.merchant.text) })")
        if !filter.states.isEmpty {
            conditions.append("c.state = ANY (\(bind { $0.column(text: filter.states, \.rawValue) })::text[])")
        }
        if !filter.kinds.isEmpty {
            conditions.append("c.kind = ANY (\(bind { $0.column(text: filter.kinds, \.rawValue) })::text[])")
        }
        if let severity = filter.severity { conditions.append("c.severity = \(bind { $0.add(severity.rawValue) })") }
        if let owner = filter.owner {
            conditions.append(
                owner.map { owner in "c.owner = \(bind { $0.add(Array(owner.utf8)) })" } ?? "c.owner IS NULL")
        }
        if let carrier = filter.carrier { conditions.append("d.carrier = \(bind { $0.add(Array(carrier.utf8)) })") }
        if let id = filter.deliveryID { conditions.append("c.delivery_id = \(bind { $0.add(id.text) })") }
        switch filter.snoozed {
        case .all: break
        case .only: conditions.append("c.snoozed_until IS NOT NULL")
        case .no: conditions.append("c.snoozed_until IS NULL")
        }
        if let after = query.after { conditions.append("c.row > \(bind { $0.add(after) })") }
        let limit = bind { $0.add(Int64(query.limit + 1)) }
        statement = Statement(
            nil,
            """
            SELECT \(PostgresStore.rowColumns) FROM \(PostgresStore.rowTables)
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY c.row LIMIT \(limit)
            """)
        self.parameters = parameters
    }
}
