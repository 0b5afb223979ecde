import Foundation
import Glibc
import Synchronization

/// What several clients send at once while the server is being killed: single events, batches, requests with an
/// `Idempotency-Key`, requests that stop in their middle, and repeats of requests whose outcome is unknown.
final class KillLoad: Sendable {
    private let ledger: Ledger
    private let gate: Gate
    private let port: Int
    private let seed: UInt64
    private let started = Date().addingTimeInterval(-5 * 86_400)
    private let deliveries = 150
    /// Answers that no client should ever see.
    private let strange = Mutex<[String]>([])

    init(ledger: Ledger, gate: Gate, port: Int, seed: UInt64) {
        self.ledger = ledger
        self.gate = gate
        self.port = port
        self.seed = seed
    }

    var strangeAnswers: [String] { strange.withLock { $0 } }

    /// One client, until the gate says that it is over.
    func run(worker: Int) {
        var random = Seeded(seed &+ UInt64(worker) &* 7919)
        var client = Client(port: port, seconds: 15)
        var number = 0
        var again: [Plan] = []
        while gate.pass() {
            let plan: Plan
            if !again.isEmpty, random.chance(50) {
                plan = again.removeFirst()
            } else {
                plan = makePlan(worker: worker, number: &number, &random)
                ledger.offer(plan.events.map { ($0.mark, $0.deliveryID) })
            }
            let outcome = attempt(plan, client, &random)
            ledger.record(outcome, plan.events.map(\.mark))
            if outcome == .unknown {
                client = Client(port: port, seconds: 15)
                if random.chance(60) { again.append(plan) }
            }
        }
    }

    /// A request that can be sent again byte for byte.
    private struct Plan {
        var events: [(mark: String, deliveryID: String)]
        var request: Request
    }

    private func makePlan(worker: Int, number: inout Int, _ random: inout Seeded) -> Plan {
        let hasKey = random.chance(25)
        let size = random.chance(70) ? 1 : 1 + random.below(60)
        var marks: [(mark: String, deliveryID: String)] = []
        var events: [JSON] = []
        for _ in 0..<size {
            number += 1
            let mark = "m-\(worker)-\(number)"
            let deliveryID = "K-\(random.below(deliveries))"
            marks.append((mark, deliveryID))
            events.append(event(mark, deliveryID, hasID: !hasKey, &random))
        }
        let headers = hasKey ? [("Idempotency-Key", "\"key-\(worker)-\(number)\"")] : []
        let body: JSON = size == 1 && random.chance(50) ? events[0] : ["events": .array(events)]
        return Plan(events: marks, request: .post("/v1/events", body, headers))
    }

    private func event(_ mark: String, _ deliveryID: String, hasID: Bool, _ random: inout Seeded) -> JSON {
        let types = [
            "created", "updated", "dispatched", "in_transit", "arrived_at_hub", "held", "released", "out_for_delivery",
            "delivery_attempted", "exception", "delivered", "note", "eta_changed", "returning",
        ]
        let type = random.pick(types)
        let at = started.addingTimeInterval(Double(random.below(4 * 86_400)))
        var event: [String: JSON] = [
            "type": .string(type), "delivery_id": .string(deliveryID), "occurred_at": .string(at.ISO8601Format()),
            "detail": .string(mark), "source": "tests/kill",
        ]
        if hasID { event["id"] = .string("id-" + mark) }
        if type == "eta_changed" {
            let latest = at.addingTimeInterval(Double(random.below(5 * 86_400)))
            event["eta"] = ["latest": .string(latest.ISO8601Format()), "source": "carrier"]
        }
        return .object(event)
    }

    // MARK: One attempt

    private func attempt(_ plan: Plan, _ client: Client, _ random: inout Seeded) -> Ledger.Outcome {
        do {
            let response =
                random.chance(8) ? try sendTorn(plan.request, &random) : try client.sendOnce(plan.request)
            return judge(response, count: plan.events.count)
        } catch ConnectionError.refused {
            return .refused
        } catch {
            return .unknown
        }
    }

    /// Sends a part of the request, waits a moment, and sends the rest: a kill may fall between.
    private func sendTorn(_ request: Request, _ random: inout Seeded) throws -> Response {
        let connection = try Connection(port: port, seconds: 15)
        let bytes = request.bytes(port: port)
        let cut = 1 + random.below(bytes.count - 1)
        do {
            try connection.send(bytes[..<cut])
            _ = poll(nil, 0, Int32(random.below(30)))
            try connection.send(bytes[cut...])
            return try connection.readResponse()
        } catch ConnectionError.refused { throw ConnectionError.closed }
    }

    private func judge(_ response: Response, count: Int) -> Ledger.Outcome {
        if response.status == 202, response.json?["accepted"]?.int == count { return .acked }
        if response.status == 503 { return .refused }
        strange.withLock { $0.append(response.summary) }
        return response.status < 500 ? .refused : .unknown
    }
}
