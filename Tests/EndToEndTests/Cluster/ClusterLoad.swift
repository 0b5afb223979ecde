import Foundation
import Glibc
import Synchronization
import TestSupport
import WaybillCore

/// What sources do while the cluster is broken: they post to any API, some repeat what got no answer, one produces
/// straight to Kafka. Everything of a seed, and as much as is allowed for the moment.
final class ClusterLoad: Sendable {
    private struct State {
        var offered = 0
        var allowed = 0
        var events: [String: Event] = [:]
        var strange: [String] = []
    }

    private let ledger: Ledger
    private let gate: Gate
    private let ports: [Int]
    private let topics: KafkaTopics
    private let seed: UInt64
    private let started = Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 5 * 86_400)
    private let deliveries: Int
    private let state = Mutex(State())

    /// Worker 0 produces to Kafka, the others post.
    static let workers = 6

    init(_ cluster: ClusterUnderTest, ledger: Ledger, gate: Gate, seed: UInt64, deliveries: Int = 1500) {
        self.ledger = ledger
        self.gate = gate
        self.seed = seed
        self.deliveries = deliveries
        ports = cluster.apis.map(\.port)
        topics = KafkaTopics(cluster.broker)
    }

    /// By their marks, as they were offered.
    var events: [String: Event] { state.withLock { $0.events } }
    var offered: Int { state.withLock { $0.offered } }
    /// Answers that no client should ever see.
    var strangeAnswers: [String] { state.withLock { $0.strange } }

    /// So many more events may be offered.
    func allow(_ more: Int) { state.withLock { $0.allowed = max($0.allowed, $0.offered) + more } }

    var isExhausted: Bool { state.withLock { $0.offered >= $0.allowed } }

    /// One source, until the gate says that it is over.
    func run(worker: Int) {
        var random = Seeded(seed &+ UInt64(worker) &* 7919)
        var clients = ports.map { Client(port: $0, seconds: 15) }
        var number = 0
        var again: [Plan] = []
        while gate.pass() {
            guard !isExhausted else {
                _ = poll(nil, 0, 2)
                continue
            }
            if worker == 0 {
                produce(makePlan(worker, &number, size: 40 + random.below(80), hasKey: false, &random))
                continue
            }
            var plan: Plan
            if !again.isEmpty, random.chance(50) {
                plan = again.removeFirst()
            } else {
                let size = random.chance(60) ? 1 : 1 + random.below(60)
                plan = makePlan(worker, &number, size: size, hasKey: random.chance(25), &random)
            }
            let place = random.below(clients.count)
            let outcome = attempt(plan, clients[place])
            ledger.record(outcome, plan.marks)
            guard outcome == .unknown else { continue }
            clients[place] = Client(port: ports[place], seconds: 15)
            if random.chance(60) { again.append(plan) }
        }
    }

    // MARK: What is said

    /// A request that can be sent again byte for byte.
    private struct Plan {
        var marks: [String] = []
        var lines: [(key: String, value: String)] = []
        var headers: [(String, String)] = []

        var request: Request {
            .send(
                "POST", "/v1/events", Array(lines.map(\.value).joined(separator: "\n").utf8),
                type: "application/x-ndjson", headers)
        }
    }

    private func makePlan(
        _ worker: Int, _ number: inout Int, size: Int, hasKey: Bool, _ random: inout Seeded
    ) -> Plan {
        var plan = Plan()
        var made: [(mark: String, event: Event)] = []
        for _ in 0..<size {
            number += 1
            let mark = "m-\(worker)-\(number)"
            var event = event(mark, number, &random)
            var json = String(decoding: EventEncoder.bytes(of: event), as: UTF8.self)
            if hasKey {
                json.replace("\"id\":\"\(event.id.text)\",", with: "", maxReplacements: 1)
                event.id = EventID(trusted: "")
            }
            plan.marks.append(mark)
            plan.lines.append((event.key.text, json))
            made.append((mark, event))
        }
        if hasKey { plan.headers = [("Idempotency-Key", "\"key-\(worker)-\(number)\"")] }
        state.withLock { state in
            state.offered += size
            for (mark, event) in made { state.events[mark] = event }
        }
        ledger.offer(made.map { ($0.mark, $0.event.deliveryID.text) })
        return plan
    }

    private static let types: [EventType] = [
        .created, .dispatched, .inTransit, .arrivedAtHub, .held, .released, .outForDelivery, .deliveryAttempted,
        .exception, .delivered, .note, .returning,
    ]

    private func event(_ mark: String, _ number: Int, _ random: inout Seeded) -> Event {
        // Mostly newer than what was said before, now and then much older.
        let second = random.chance(10) ? random.below(4 * 86_400) : min(number * 20, 4 * 86_400)
        var event = Event(
            id: EventID(trusted: "id-" + mark), type: random.pick(Self.types),
            deliveryID: DeliveryID(trusted: "K-\(random.below(deliveries))"),
            occurredAt: started.advanced(bySeconds: Int64(second)))
        event.detail = mark
        event.source = "tests/chaos"
        return event
    }

    // MARK: One attempt

    private func produce(_ plan: Plan) {
        do {
            try topics.produce(plan.lines.map { "\($0.key)\t\($0.value)" }, to: "delivery-events")
            ledger.record(.acked, plan.marks)
        } catch {
            ledger.record(.unknown, plan.marks)
        }
    }

    /// A 503 leaves open what became of the events: the brokers may have taken them after all.
    private func attempt(_ plan: Plan, _ client: Client) -> Ledger.Outcome {
        let response: Response
        do { response = try client.sendOnce(plan.request) } catch ConnectionError.refused {
            return .refused
        } catch {
            return .unknown
        }
        if response.status == 202, response.json?["accepted"]?.int == plan.marks.count { return .acked }
        if response.status != 503 { state.withLock { $0.strange.append(response.summary) } }
        return .unknown
    }
}
