import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    // MARK: Reading

    @Sendable func getDelivery(_ request: Request, _ context: APIContext) async throws -> Response {
        let key = try context.deliveryKey()
        let query = try QueryReader(request)
        let asOf = try query.instant("as_of")
        let knownAt = try query.instant("known_at")
        guard asOf != nil || knownAt != nil else {
            let snapshot = try await services.reads.delivery(key)
            guard let delivery = snapshot.value else { throw Self.unknown(key) }
            return Answer(cursor: snapshot.cursor) { DeliveryDocument.write(delivery, to: &$0) }.response
        }
        let snapshot = try await services.reads.history(key)
        let history = (snapshot.value ?? []).filter { entry in
            asOf.map { entry.event.occurredAt <= $0 } ?? true && knownAt.map { entry.receivedAt <= $0 } ?? true
        }
        guard !history.isEmpty else { throw Self.unknown(key) }
        var application = DeliveryApplication(key: key, stored: nil)
        for entry in history { _ = application.apply(entry.event, receivedAt: entry.receivedAt) }
        return Answer(cursor: snapshot.cursor) { DeliveryDocument.write(application.state, to: &$0) }.response
    }

    @Sendable func listDeliveries(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        var query = DeliveryQuery(merchant: context.merchant)
        query.filter = try reader.filter()
        query.sort = try reader.code("sort") ?? .created
        query.limit = try reader.limit()
        let cursor = PageCursor(scope: "deliveries \(context.merchant) \(query.filter) \(query.sort)")
        if let marks = try cursor.decode(try reader.text("cursor"), count: 2) {
            guard let value = Int64(marks[0]), let number = Int64(marks[1]) else {
                throw APIProblem.validation("This is not a cursor of this list.", parameter: "cursor")
            }
            query.after = PageMark(value: value, number: number)
        }
        let snapshot = try await services.reads.deliveries(query)
        let next = snapshot.value.next.map { cursor.encode(["\($0.value)", "\($0.number)"]) }
        return Answer.page(snapshot.value.deliveries, next: next, cursor: snapshot.cursor) { json, delivery in
            DeliveryDocument.write(delivery, to: &json)
        }.response
    }

    @Sendable func listDeliveryEvents(_ request: Request, _ context: APIContext) async throws -> Response {
        let key = try context.deliveryKey()
        let reader = try QueryReader(request)
        let limit = try reader.limit()
        let cursor = PageCursor(scope: "events \(key)")
        let marks = try cursor.decode(try reader.text("cursor"), count: 3)
        let snapshot = try await services.reads.history(key)
        guard let history = snapshot.value else { throw Self.unknown(key) }
        var entries = Timeline.entries(of: history)[...]
        if let marks {
            guard let instant = Int64(marks[0]), let rank = Int(marks[1]) else {
                throw APIProblem.validation("This is not a cursor of this list.", parameter: "cursor")
            }
            let mark = SortKey(
                occurredAt: Timestamp(microseconds: instant), rank: rank, id: EventID(trusted: marks[2]))
            entries = entries.drop { $0.history.event.sortKey <= mark }
        }
        let page = Array(entries.prefix(limit))
        let last = page.last?.history.event.sortKey
        let next =
            entries.count > limit
            ? last.map { cursor.encode(["\($0.occurredAt.microseconds)", "\($0.rank)", $0.id.text]) } : nil
        return Answer.page(page, next: next, cursor: snapshot.cursor) { json, entry in
            Timeline.write(entry, to: &json)
        }.response
    }

    static func unknown(_ key: DeliveryKey) -> APIProblem {
        APIProblem(.notFound, "There is no delivery \(key.deliveryID) of merchant \(key.merchant).")
    }

    // MARK: Creating

    @Sendable func createDelivery(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let body = try await BodyReader.read(request)
        let authority = request.head.authority ?? "\(settings.host):\(settings.port)"
        let id = services.ingest.makeID(
            merchant: context.merchant, idempotencyKey: request.headers[single: .idempotencyKey])
        let creation = try DeliveryCommand(body, type: .created, context.merchant, at: services.time.now(), id: id)
        var answer = try await idempotent(request, context, body) { _ in
            var command = creation
            try await publishCreation(&command, traceparent: request.traceparent)
            let event = command.event
            let token = try await services.personal.trackingToken(event.key, offered: services.tokens.token())
            return Answer(.created) { json in
                json.object { json in
                    json.key("delivery")
                    var delivery = DeliveryState(key: event.key, folded: Fold.state(of: [event]))
                    delivery.arrival.updatedAt = services.time.now()
                    DeliveryDocument.write(delivery, to: &json)
                    json.member("event_id", event.id.text)
                    json.member("tracking_url", "http://\(authority)/t/\(token)")
                }
            }
        }
        // Also of an answer that is given again, which keeps its body alone.
        answer.location = "/v1/deliveries/\(PercentEncoding.encode(creation.event.deliveryID.text))"
        return answer.response
    }

    /// Publishes the event, or leaves no trace of the attempt: what was refused can be put right and tried again.
    private func publishCreation(_ command: inout DeliveryCommand, traceparent: TraceParent?) async throws {
        let (key, id) = (command.event.key, command.event.id)
        guard created.admit(key, id) else { throw Self.conflict(key) }
        do {
            try await demandUnknown(command.event)
            try await command.storePersonalData(services.personal, at: services.time.now())
            try await services.ingest.publish(command.event, traceparent: traceparent)
        } catch {
            created.withdraw(key, id)
            throw error
        }
    }

    private static func conflict(_ key: DeliveryKey) -> APIProblem {
        APIProblem(.conflict, "The delivery \(key.deliveryID) exists already; use PATCH to change it.")
    }

    /// 409 when the store knows the delivery by another event.
    private func demandUnknown(_ event: Event) async throws {
        guard let delivery = try await services.reads.delivery(event.key).value, !delivery.folded.isProvisional else {
            return
        }
        let history = try await services.reads.history(event.key).value ?? []
        guard history.contains(where: { $0.event.id == event.id }) else { throw Self.conflict(event.key) }
    }
}
