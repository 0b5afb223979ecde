import GRDB
import WaybillCore
import WaybillEngine

/// The SQL of one list: conditions on columns, keyset paging, one row more than asked to know whether another page
/// follows.
struct DeliveryListPlan {
    private enum Value {
        case integer(Int64)
        case text(String)
    }

    let sql: String
    private let values: [Value]

    /// - Parameter search: what `query.filter.search` comes to.
    init(_ query: DeliveryQuery, _ search: DeliverySearch?) {
        var conditions = ["merchant = ?"]
        var values: [Value] = [.text(query.merchant.text)]
        func add(_ condition: String, _ value: Value...) {
            conditions.append(condition)
            values.append(contentsOf: value)
        }
        let filter = query.filter
        if let search {
            conditions.append(search.condition)
            values.append(contentsOf: search.values.map { .text($0) })
        }
        if !filter.statuses.isEmpty {
            let marks = filter.statuses.map { _ in "?" }.joined(separator: ", ")
            conditions.append("status IN (\(marks))")
            values.append(contentsOf: filter.statuses.map { .text($0.rawValue) })
        }
        if let carrier = filter.carrier { add("carrier = ?", .text(carrier)) }
        if let promisedBefore = filter.promisedBefore { add("promised < ?", .integer(promisedBefore.microseconds)) }
        if let updatedAfter = filter.updatedAfter { add("updated_at > ?", .integer(updatedAfter.microseconds)) }
        if let kind = filter.openCase {
            conditions.append("open_cases <> 0 AND open_cases & \(CaseSet(kind).rawValue) <> 0")
        }
        let sort = query.sort
        if sort.isByPromise { conditions.append("promised IS NOT NULL") }
        let order = sort.isDescending ? "DESC" : "ASC"
        let columns = sort.isByPromise ? "promised \(order), number \(order)" : "number \(order)"
        if let mark = query.after {
            let comparison = sort.isDescending ? "<" : ">"
            if sort.isByPromise {
                add("(promised, number) \(comparison) (?, ?)", .integer(mark.value), .integer(mark.number))
            } else {
                add("number \(comparison) ?", .integer(mark.number))
            }
        }
        values.append(.integer(Int64(query.limit + 1)))
        sql = """
            SELECT \(DeliveryRow.columns) FROM delivery WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(columns) LIMIT ?
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

/// The beginning of a delivery's id, tracking number or order reference, as a condition on its row.
///
/// Few hits are collected from three ranges of indexes. Many are not, since a page needs few of them: the list is
/// walked in its own order, and each row compared.
struct DeliverySearch {
    let condition: String
    let values: [String]

    private static let hitsSQL = """
        SELECT number FROM delivery WHERE key >= ? AND key < ?
        UNION ALL SELECT number FROM delivery WHERE merchant = ? AND tracking_number >= ? AND tracking_number < ?
        UNION ALL SELECT number FROM delivery WHERE merchant = ? AND order_reference >= ? AND order_reference < ?
        """
    private static let countSQL = "SELECT count(*) FROM (\(hitsSQL) LIMIT \(Limits.searchHits + 1))"
    /// A plus keeps SQLite from collecting by index after all.
    private static let comparison = """
        (+key >= ? AND +key < ? OR +tracking_number >= ? AND +tracking_number < ?
            OR +order_reference >= ? AND +order_reference < ?)
        """

    init(_ text: String, _ merchant: MerchantID, _ db: Database) throws {
        let end = text + "\u{10FFFF}"
        let keys = [merchant.text + "/" + text, merchant.text + "/" + end]
        let collected = keys + [merchant.text, text, end, merchant.text, text, end]
        var hits: Int64 = 0
        try db.cachedStatement(sql: Self.countSQL).forEachRow {
            for (index, value) in collected.enumerated() { $0.bind(Int32(index + 1), value) }
        } _: {
            hits = $0.int(0)
        }
        let isNarrow = hits <= Limits.searchHits
        condition = isNarrow ? "number IN (\(Self.hitsSQL))" : Self.comparison
        values = isNarrow ? collected : keys + [text, end, text, end]
    }
}
