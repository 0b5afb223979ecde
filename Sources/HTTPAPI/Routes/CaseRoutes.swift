import Hummingbird
import WaybillCore
import WaybillEngine

/// The exceptions desk.
extension APIRoutes {
    // MARK: Reading

    @Sendable func listCases(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        var query = CaseQuery(merchant: context.merchant)
        query.filter = try reader.caseFilter()
        query.limit = try reader.limit()
        let cursor = PageCursor(scope: "cases \(context.merchant) \(query.filter)")
        query.after = try cursor.decode(try reader.text("cursor"), count: 1)?.first.flatMap { Int64($0) }
        let snapshot = try await services.desk.cases(query)
        let rows = snapshot.value.rows
        let next = snapshot.value.hasMore ? rows.last.map { cursor.encode(["\($0.row)"]) } : nil
        return Answer.page(rows, next: next, cursor: snapshot.cursor) { json, row in row.write(to: &json) }.response
    }

    @Sendable func getCase(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.identifier("id")
        let snapshot = try await services.desk.caseDetails(id, context.merchant)
        guard let (row, changes) = snapshot.value else { throw Self.unknownCase }
        return Answer(cursor: snapshot.cursor) { json in
            json.object { json in
                row.writeMembers(to: &json)
                json.key("changes")
                json.array(changes) { json, change in
                    json.object { json in
                        json.member("id", "\(change.number)")
                        json.member("at", change.at)
                        json.member("actor", orNull: change.actor)
                        json.member("case", change.fragment)
                    }
                }
            }
        }.response
    }

    @Sendable func countCases(_ request: Request, _ context: APIContext) async throws -> Response {
        let snapshot = try await services.desk.caseCounts(context.merchant, at: services.time.now())
        let counts = snapshot.value
        return Answer(cursor: snapshot.cursor) { json in
            json.object { json in
                json.member("total", counts.reduce(0) { $0 + $1.count })
                json.member("snoozed", counts.reduce(0) { $0 + ($1.isSnoozed ? $1.count : 0) })
                json.counts("by_kind", counts, CaseKind.allCases.map(\.rawValue)) { $0.kind.rawValue }
                json.counts("by_severity", counts, CaseSeverity.allCases.map(\.rawValue)) { $0.severity.rawValue }
                json.key("by_owner")
                json.array(Set(counts.map(\.owner)).sorted { $0 ?? "" < $1 ?? "" }) { json, owner in
                    json.object { json in
                        json.member("owner", orNull: owner)
                        json.member("count", counts.reduce(0) { $0 + ($1.owner == owner ? $1.count : 0) })
                    }
                }
            }
        }.response
    }

    static let unknownCase = APIProblem(.notFound, "There is no case of this id.")

    // MARK: Acting

    @Sendable func assignCase(_ request: Request, _ context: APIContext) async throws -> Response {
        try await act("assign", request, context)
    }

    @Sendable func snoozeCase(_ request: Request, _ context: APIContext) async throws -> Response {
        try await act("snooze", request, context)
    }

    @Sendable func noteCase(_ request: Request, _ context: APIContext) async throws -> Response {
        try await act("note", request, context)
    }

    @Sendable func resolveCase(_ request: Request, _ context: APIContext) async throws -> Response {
        try await act("resolve", request, context)
    }

    @Sendable func reopenCase(_ request: Request, _ context: APIContext) async throws -> Response {
        try await act("reopen", request, context)
    }

    private func act(_ name: String, _ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let id = try context.identifier("id")
        let body = try await BodyReader.read(request)
        return try await idempotent(request, context, body) { _ in
            let command = try CaseCommand(body, action: name, at: services.time.now())
            let desk = Desk(store: services.desk, told: services.told)
            switch try await desk.act(command.action, on: id, context.merchant, command.acting) {
            case .done(let row): return Answer { row.write(to: &$0) }
            case .conflict(let conflict): throw APIProblem(.conflict, conflict.detail)
            case .unknown: throw Self.unknownCase
            }
        }.response
    }

    /// The same for many: what each came to, in the order of the ids. With `dry_run` nothing is done.
    @Sendable func actOnCases(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let body = try await BodyReader.read(request)
        return try await idempotent(request, context, body) { _ in
            let command = try CaseCommand(body, action: nil, at: services.time.now())
            guard (1...Limits.bulkCases).contains(command.ids.count) else {
                throw APIProblem.validation("ids must name 1 to \(Limits.bulkCases) cases.", pointer: "/ids")
            }
            let desk = Desk(store: services.desk, told: services.told)
            var outcomes: [(id: String, outcome: Desk.Outcome)] = []
            for id in command.ids {
                let outcome = try await desk.act(
                    command.action, on: id, context.merchant, command.acting, isDryRun: command.isDryRun)
                outcomes.append((id, outcome))
            }
            return Self.answer(outcomes, isDryRun: command.isDryRun)
        }.response
    }

    private static func answer(_ outcomes: [(id: String, outcome: Desk.Outcome)], isDryRun: Bool) -> Answer {
        Answer { json in
            json.object { json in
                json.member("dry_run", isDryRun)
                json.member("done", outcomes.count { if case .done = $0.outcome { true } else { false } })
                json.key("results")
                json.array(outcomes) { json, item in
                    json.object { json in
                        json.member("id", item.id)
                        switch item.outcome {
                        case .done(let row):
                            json.member("outcome", "done")
                            json.key("case")
                            row.write(to: &json)
                        case .conflict(let conflict):
                            json.member("outcome", "conflict")
                            json.member("detail", conflict.detail)
                        case .unknown: json.member("outcome", "not_found")
                        }
                    }
                }
            }
        }
    }
}

extension CaseRow {
    func write(to json: inout JSONWriter) { json.object { writeMembers(to: &$0) } }

    func writeMembers(to json: inout JSONWriter) {
        record.writeMembers(to: &json)
        json.member("merchant", delivery.key.merchant.text)
        json.member("delivery_id", delivery.key.deliveryID.text)
        json.key("delivery")
        DeliveryDocument.write(delivery, to: &json)
    }
}

extension JSONWriter {
    /// An object of sums by a word; words without any are told as 0.
    fileprivate mutating func counts(
        _ name: StaticString, _ counts: [CaseCount], _ words: [String], _ word: (CaseCount) -> String
    ) {
        key(name)
        object { json in
            for wanted in words {
                json.key(named: wanted)
                json.value(counts.reduce(0) { $0 + (word($1) == wanted ? $1.count : 0) })
            }
        }
    }
}

extension QueryReader {
    /// What a list of cases is narrowed to: open ones unless told otherwise.
    func caseFilter() throws(APIProblem) -> CaseFilter {
        var filter = CaseFilter()
        if let states: [CaseRecord.State] = try codes("state") { filter.states = states }
        filter.kinds = try codes("kind") ?? []
        filter.severity = try code("severity")
        filter.snoozed = try code("snoozed") ?? .all
        filter.carrier = try text("carrier")
        if let owner = try text("owner") { filter.owner = .some(owner == "none" ? nil : owner) }
        if let id = try text("delivery_id") {
            guard let deliveryID = DeliveryID(id) else {
                throw .validation("A delivery id is 1 to 128 visible ASCII characters.", parameter: "delivery_id")
            }
            filter.deliveryID = deliveryID
        }
        return filter
    }

    /// Words between commas; nil when nothing is given.
    private func codes<Code: RawRepresentable<String> & CaseIterable>(_ name: String) throws(APIProblem) -> [Code]? {
        guard let value = try text(name) else { return nil }
        var codes: [Code] = []
        for word in value.split(separator: ",") {
            guard let code = Code(rawValue: String(word)) else {
                let known = Code.allCases.map(\.rawValue).joined(separator: ", ")
                throw .validation("\(word) is not one of \(known).", parameter: name)
            }
            codes.append(code)
        }
        return codes
    }
}
