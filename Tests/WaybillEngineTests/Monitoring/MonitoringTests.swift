import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The monitor over a platform in memory, with a clock that a test moves.
@Suite(.timeLimit(.minutes(10))) struct MonitoringTests {
    private static func created(_ delivery: String, promisedAfter seconds: Int64, at now: Timestamp) -> Event {
        var event = SampleEvents.event(.created, "\(delivery)-created", of: delivery)
        event.occurredAt = now
        event.details = [.promised(Window(latest: now.advanced(bySeconds: seconds)))]
        return event
    }

    private static func event(_ type: EventType, _ delivery: String, at now: Timestamp) -> Event {
        var event = SampleEvents.event(type, "\(delivery)-\(type.rawValue)-\(now.microseconds)", of: delivery)
        event.occurredAt = now
        return event
    }

    @Test func aDeliveryGoesLateAndIsDelivered() async throws {
        let world = MonitoredWorld()
        let start = world.time.now()
        try await world.take([Self.created("D-1", promisedAfter: 7200, at: start)])
        world.time.advance(bySeconds: 7200)
        try await world.tick()
        #expect(try await world.cases().isEmpty)
        world.time.advance(bySeconds: 1)
        let subscription = try #require(world.feed.subscribe())
        try await world.tick()
        let row = try #require(try await world.cases().first)
        #expect(row.record.kind == .late && row.record.state == .open && row.record.severity == .red)
        #expect(row.delivery.openCases == CaseSet(.late) && row.delivery.arrival.sequence == 1)
        world.time.advance(bySeconds: 600)
        try await world.take([Self.event(.delivered, "D-1", at: world.time.now())])
        #expect(try await world.cases().map(\.record.state) == [.cleared])
        world.feed.close()
        var told: [String] = []
        for await batch in subscription.batches {
            told += batch.map { String(decoding: $0.json, as: UTF8.self) }
        }
        #expect(told.count == 3 && told[0].contains(#""change":"opened""#) && told[2].contains(#""change":"cleared""#))
        #expect(told[1].contains(#""kind":"event""#) && told[1].contains(#""open_cases":["late"]"#))
    }

    @Test func silenceExpiresAndALaterEventRevives() async throws {
        let world = MonitoredWorld()
        try await world.take([Self.event(.created, "D-1", at: world.time.now())])
        world.time.advance(bySeconds: 31 * 86_400)
        try await world.tick()
        try await world.tick()
        let key = SampleEvents.key("D-1")
        #expect(try await world.store.delivery(key).value?.folded.status == .expired)
        world.time.advance(bySeconds: 86_400)
        try await world.tick()
        #expect(try await world.store.delivery(key).value?.arrival.sequence == 2, "said once")
        try await world.take([Self.event(.arrivedAtHub, "D-1", at: world.time.now())])
        #expect(try await world.store.delivery(key).value?.folded.status == .inTransit)
        #expect(try await world.cases { $0.states = [.open] }.isEmpty)
    }

    /// What waits in the log was not silent.
    @Test func aBacklogIsNotSilence() async throws {
        let world = MonitoredWorld()
        try await world.take([Self.created("D-1", promisedAfter: 3600, at: world.time.now())])
        world.time.advance(bySeconds: 3000)
        try await world.log.append([SampleEvents.record(Self.event(.delivered, "D-1", at: world.time.now()))])
        world.time.advance(bySeconds: 1800)
        while try await world.monitor.step() == .worked {}
        #expect(try await world.cases().isEmpty, "it is delivered, only nobody has read it yet")
        while try await world.tracking.step() == .worked {}
        try await world.tick()
        #expect(try await world.cases().isEmpty)
    }

    @Test func ofTwoMonitorsOneActs() async throws {
        let world = MonitoredWorld()
        let other = MonitoredWorld.monitor("two", world.store, world.log, RuleBook(), world.time, world.observer)
        try await world.take((1...50).map { Self.event(.exception, "D-\($0)", at: world.time.now()) })
        #expect(try await world.cases().count == 50)
        guard case .idle = try await other.step() else {
            Issue.record("the second monitor acted")
            return
        }
        // The first one falls silent; its shares pass on, and it writes nothing any more.
        world.time.advance(bySeconds: Limits.monitorLeaseSeconds + 1)
        try await world.log.append(
            (51...60).map { SampleEvents.record(Self.event(.exception, "D-\($0)", at: world.time.now())) })
        while try await world.tracking.step() == .worked {}
        while try await other.step() == .worked {}
        while try await world.tracking.step() == .worked {}
        #expect(try await world.cases().count == 60)
        guard case .idle = try await world.monitor.step() else {
            Issue.record("the first monitor went on")
            return
        }
    }

    /// Killed at every step between deciding and telling: no case twice, none missed.
    @Test func killedMonitorsOpenEachCaseOnce() async throws {
        let world = MonitoredWorld()
        var chance = Chance(seed: Chance.seed(for: "killed monitors"))
        for round in 0..<200 {
            let types: [EventType] = [.exception, .inTransit, .held, .released, .delivered]
            let events = (0..<5).map { _ in
                let delivery = "D-\(chance.number(in: 0..<40))"
                var event = Self.event(chance.pick(types), delivery, at: world.time.now())
                event.id = EventID(trusted: "\(round)-\(chance.next())")
                return event
            }
            try await world.log.append(events.map(SampleEvents.record))
            if chance.oneIn(2) { while try await world.tracking.step() == .worked {} }
            // A monitor of its own each round: it dies after a step or none, and comes back under another name.
            let life = MonitoredWorld.monitor(
                "life-\(round)", world.store, world.log, RuleBook(), world.time, world.observer)
            for _ in 0..<chance.number(in: 0...2) { _ = try await life.step() }
            world.time.advance(bySeconds: Limits.monitorLeaseSeconds + 1)
        }
        while try await world.tracking.step() == .worked {}
        try await world.tick()
        try await expectExact(world)
        let changes = try await changes(in: world)
        #expect(changes.count > 100 && Set(changes).count == changes.count)
    }

    /// Every open case holds, and nothing that holds is without a case.
    private func expectExact(_ world: MonitoredWorld) async throws {
        let cases = try await world.cases()
        for (stored, _) in try await world.store.stored(after: 0, limit: 10_000) {
            let mine = cases.filter { $0.record.key == stored.state.key }.map(\.record)
            let decision = CaseEvaluation(stored.state, at: world.time.now(), RuleBook()).decide(over: mine)
            #expect(decision.changes.isEmpty, "\(stored.state.key): \(decision.changes)")
            #expect(stored.state.openCases == CaseSet(mine.filter { $0.state == .open }.map(\.kind)))
        }
        let perKind = Dictionary(grouping: cases.map(\.record).filter { $0.state == .open }) { "\($0.key) \($0.kind)" }
        #expect(perKind.values.allSatisfy { $0.count == 1 })
    }

    private func changes(in world: MonitoredWorld) async throws -> [String] {
        var all: [String] = []
        for row in try await world.cases() {
            let details = try await world.store.caseDetails(row.record.id, .default).value
            all += (details?.changes ?? []).map { "\(row.record.id) \($0.fragment.text)" }
        }
        return all
    }
}
