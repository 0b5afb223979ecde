import WaybillCore
import WaybillEngine

extension DeliverySort {
    var isByPromise: Bool { self == .promised || self == .promisedDescending }
    var isDescending: Bool { self == .createdDescending || self == .promisedDescending }
}

/// The SQL of one list: conditions on columns, keyset paging, one row more than asked to know whether another page
/// follows. The text depends on which conditions there are, never on their values.
struct ListPlan {
    /// Bytes of free text that its index holds.
    private static let indexed = 200

    let statement: Statement
    private(set) var parameters = Parameters()

    init(_ query: DeliveryQuery) {
        var plan = (conditions: [String](), parameters: Parameters())
        statement = Self.sql(query, &plan)
        parameters = plan.parameters
    }

    private typealias Plan = (conditions: [String], parameters: Parameters)

    private static func sql(_ query: DeliveryQuery, _ plan: inout Plan) -> Statement {
        let merchant = bind(&plan) { $0.add(query.merchant.text) }
        plan.conditions.append("d.merchant = \(merchant)")
        narrow(query.filter, &plan)
        let sort = query.sort
        if sort.isByPromise { plan.conditions.append("d.promised IS NOT NULL") }
        if let mark = query.after { add(mark, sort, &plan) }
        let limit = bind(&plan) { $0.add(Int64(query.limit + 1)) }
        let order = sort.isDescending ? "DESC" : "ASC"
        return Statement(
            nil,
            """
            SELECT \(DeliveryRow.columns) FROM \(DeliveryRow.tables) WHERE \(plan.conditions.joined(separator: " AND "))
            ORDER BY \(sort.isByPromise ? "d.promised \(order), " : "")d.number \(order) LIMIT \(limit)
            """)
    }

    /// Adds a value and returns its mark in the SQL.
    private static func bind(_ plan: inout Plan, _ add: (inout Parameters) -> Void) -> String {
        add(&plan.parameters)
        return "$\(plan.parameters.ranges.count)"
    }

    private static func add(_ mark: PageMark, _ sort: DeliverySort, _ plan: inout Plan) {
        let comparison = sort.isDescending ? "<" : ">"
        if sort.isByPromise {
            let value = bind(&plan) { $0.add(mark.value) }
            let number = bind(&plan) { $0.add(mark.number) }
            plan.conditions.append("(d.promised, d.number) \(comparison) (\(value), \(number))")
        } else {
            plan.conditions.append("d.number \(comparison) \(bind(&plan) { $0.add(mark.number) })")
        }
    }

    private static func narrow(_ filter: DeliveryFilter, _ plan: inout Plan) {
        if !filter.statuses.isEmpty { narrow(filter.statuses, &plan) }
        if let carrier = filter.carrier {
            let value = bind(&plan) { $0.add(Array(carrier.utf8)) }
            plan.conditions.append(
                "substring(d.carrier, 1, \(indexed)) = substring(\(value)::bytea, 1, \(indexed)) "
                    + "AND d.carrier = \(value)")
        }
        if let search = filter.search { narrow(search, &plan) }
        if let before = filter.promisedBefore {
            plan.conditions.append("d.promised < \(bind(&plan) { $0.add(before) })")
        }
        if let after = filter.updatedAfter {
            plan.conditions.append("d.updated_at > \(bind(&plan) { $0.add(after) })")
        }
        if let kind = filter.openCase {
            plan.conditions.append("w.open_cases <> 0 AND w.open_cases & \(CaseSet(kind).rawValue) <> 0")
        }
    }

    private static func narrow(_ statuses: [Status], _ plan: inout Plan) {
        let groups = Set(statuses.map { ListGroup($0).rawValue }).sorted()
        // One group is an index in order; of several, the rows are looked through in the order of the list.
        if groups.count == 1 { plan.conditions.append("d.list_group = \(groups[0])") }
        let wanted = bind(&plan) { $0.column(text: statuses, \.rawValue) }
        plan.conditions.append("d.status = ANY (\(wanted)::text[])")
    }

    /// Three ranges of indexes, or the list in its own order with each row compared: the planner, who knows how many
    /// begin like this, chooses.
    private static func narrow(_ search: String, _ plan: inout Plan) {
        let start = Array(search.utf8)
        let value = bind(&plan) { $0.add(start) }
        var ranges = ["d.tracking_number", "d.order_reference"].map { column in
            let indexed = "substring(\(column), 1, \(Self.indexed))"
            var range = "\(indexed) >= substring(\(value)::bytea, 1, \(Self.indexed))"
            if let end = after(Array(start.prefix(Self.indexed))) {
                range += " AND \(indexed) < \(bind(&plan) { $0.add(end) })::bytea"
            }
            return "(\(range) AND substring(\(column), 1, length(\(value))) = \(value))"
        }
        // Ids are visible ASCII: what is not cannot begin one, nor be compared with one.
        if search.isVisibleASCII {
            let text = bind(&plan) { $0.add(search) }
            let end = bind(&plan) { $0.add(search + "\u{7F}") }
            ranges.append("(d.delivery_id >= \(text)::text AND d.delivery_id < \(end)::text)")
        }
        plan.conditions.append("(\(ranges.joined(separator: " OR ")))")
    }

    /// The first bytes beyond everything that begins with these; nil when there are none.
    private static func after(_ prefix: [UInt8]) -> [UInt8]? {
        guard let place = prefix.lastIndex(where: { $0 < 0xFF }) else { return nil }
        return Array(prefix[..<place]) + [prefix[place] + 1]
    }
}
