import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    @Sendable func updateDelivery(_ request: Request, _ context: APIContext) async throws -> Response {
        try await change(request, context) { body, key, id in
            try DeliveryCommand(body, type: .updated, key.merchant, at: services.time.now(), id: id, key: key)
        }
    }

    @Sendable func actOnDelivery(_ request: Request, _ context: APIContext) async throws -> Response {
        try await change(request, context) { body, key, id in
            try DeliveryCommand(action: body, key, at: services.time.now(), id: id)
        }
    }

    /// Publishes what a command asks for: 202 once it is durable, 200 with the delivery once it is applied (`?wait=`).
    private func change(
        _ request: Request, _ context: APIContext,
        _ make: (_ body: [UInt8], _ key: DeliveryKey, _ id: EventID) throws -> DeliveryCommand
    ) async throws -> Response {
        try BodyReader.demandJSON(request)
        let key = try context.deliveryKey()
        let wait = try QueryReader(request).wait()
        let body = try await BodyReader.read(request)
        return try await idempotent(request, context, body) { idempotencyKey in
            let id = services.ingest.makeID(merchant: context.merchant, idempotencyKey: idempotencyKey)
            var command = try make(body, key, id)
            guard try await services.reads.delivery(key).value != nil || created.contains(key) else {
                throw Self.unknown(key)
            }
            try await command.storePersonalData(services.personal, at: services.time.now())
            let event = command.event
            let signal = wait.map { _ in services.feed.commitSignal() }
            defer { if let signal { services.feed.giveBack(signal) } }
            try await services.ingest.publish(event, traceparent: request.traceparent)
            if let wait, let signal, let applied = try await applied(event, within: wait, signal) { return applied }
            return Answer(.accepted) { json in json.object { $0.member("event_id", event.id.text) } }
        }.response
    }

    /// The delivery once the event is in its history, or nil when that takes longer than the caller waits.
    private func applied(_ event: Event, within limit: Duration, _ signal: Signal) async throws -> Answer? {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            let history = try await services.reads.history(event.key).value ?? []
            if history.contains(where: { $0.event.id == event.id }) {
                let snapshot = try await services.reads.delivery(event.key)
                guard let delivery = snapshot.value else { return nil }
                return Answer(cursor: snapshot.cursor) { DeliveryDocument.write(delivery, to: &$0) }
            }
            let left = deadline - clock.now
            guard left > .zero else { return nil }
            await signal.wait(atMost: left)
        }
    }
}
