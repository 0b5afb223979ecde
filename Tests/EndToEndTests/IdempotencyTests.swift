import Foundation
import Testing

extension EndToEnd {
    /// The same key: the same answer, and one effect.
    @Suite("Idempotency-Key") struct IdempotencyTests {
        let directory: TemporaryDirectory
        let server: ServerProcess

        init() throws {
            directory = try TemporaryDirectory()
            server = try ServerProcess.started(in: directory)
        }

        private func event(_ delivery: String, _ detail: String = "") -> JSON {
            [
                "type": "note", "delivery_id": .string(delivery), "occurred_at": "2026-01-01T00:00:00Z",
                "detail": .string(detail),
            ]
        }

        @Test func theSameKeyGivesTheSameAnswer() throws {
            let client = server.client()
            let key = [("Idempotency-Key", "\"order-1\"")]
            let first = try client.post("/v1/events", event("I-1"), key)
            let second = try client.post("/v1/events", event("I-1"), key)
            #expect(first.status == 202 && second.status == 202 && first.body == second.body)
            try server.waitUntilCaughtUp()
            #expect(try client.pages("/v1/deliveries/I-1/events").count == 1)
            // Also after a restart.
            try server.kill9()
            try server.start()
            #expect(try client.post("/v1/events", event("I-1"), key).body == first.body)
        }

        @Test func anotherBodyIsRefused() throws {
            let client = server.client()
            let key = [("Idempotency-Key", "\"order-2\"")]
            #expect(try client.post("/v1/events", event("I-2"), key).status == 202)
            let other = try client.post("/v1/events", event("I-2", "changed"), key)
            #expect(other.status == 422 && other.problemCode == "idempotency_key_reused", "\(other.summary)")
        }

        @Test func anotherMerchantsKeyIsAnother() throws {
            let client = server.client()
            let key = ("Idempotency-Key", "\"order-3\"")
            #expect(try client.post("/v1/events", event("I-3"), [key]).status == 202)
            let other = try client.post("/v1/events", event("I-3", "changed"), [key, ("Waybill-Merchant", "acme")])
            #expect(other.status == 202, "\(other.summary)")
        }

        @Test func aHundredAtOnceHaveOneEffect() throws {
            let races = Scale.pick(test: 5, soak: 100)
            for race in 0..<races {
                let request = Request.post("/v1/events", event("R-\(race)"), [("Idempotency-Key", "\"race-\(race)\"")])
                let port = server.port
                let responses = try Workers.map(100) { _ in try Client(port: port).send(request) }
                #expect(responses.allSatisfy { $0.status == 202 }, "\(Set(responses.map(\.summary)))")
                #expect(Set(responses.map(\.body)).count == 1, "different answers to one key")
            }
            try server.waitUntilCaughtUp()
            for race in 0..<races {
                #expect(try server.client().pages("/v1/deliveries/R-\(race)/events").count == 1)
            }
        }
    }
}
