import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// What a process reads from the topic of updates is what the process that made them knew.
@Suite struct UpdateRecordTests {
    /// All updates of many lives, corrections and late events among them.
    private func updates() -> [Update] {
        var applications: [DeliveryKey: DeliveryApplication] = [:]
        var updates: [Update] = []
        for publication in Scenario(deliveries: 300, seed: 5, shares: .chaos) where publication.spoilage == nil {
            let event = publication.event
            guard event.type != .position else { continue }
            var application = applications[event.key] ?? DeliveryApplication(key: event.key, stored: nil)
            if application.needsHistory(for: event) { continue }
            if case .applied(let applied) = application.apply(event, receivedAt: publication.instant) {
                let at = FeedPosition(partition: updates.count % 12, position: Int64(updates.count + 1))
                updates.append(Update(at: at, applied: applied))
            }
            applications[event.key] = application
        }
        return updates
    }

    @Test func factsSurviveTheTopic() throws {
        let updates = updates()
        #expect(updates.count > 1500)
        #expect(updates.contains { $0.applied.before.map { $0.promised != nil } ?? false })
        for update in updates {
            guard case .update(let facts) = try UpdateRecord(update.json) else {
                Issue.record("\(update.id) is not read as an update")
                continue
            }
            #expect(facts == UpdateFacts(update))
            #expect(facts.id == update.id)
        }
    }

    /// Every detail that a list can be narrowed by, taken away and given another value.
    @Test func whatWasBeforeIsTold() throws {
        var application = DeliveryApplication(key: SampleEvents.key("D-1"), stored: nil)
        let changes: [[DetailChange]] = [
            [.carrier("rhein"), .trackingNumber("T1"), .orderReference("O1")],
            [.carrier("e\u{301}"), .promised(Window(latest: SampleEvents.start))],
            [.carrier("\u{e9}"), .trackingNumber("T2"), .orderReference("O2")],
            [.promised(Window(latest: SampleEvents.start.advanced(bySeconds: 60)))],
        ]
        var before: DeliveryFacts?
        for (index, details) in changes.enumerated() {
            var event = SampleEvents.event(index == 0 ? .created : .updated, "e\(index)", minute: Int64(index))
            event.details = details
            guard case .applied(let applied) = application.apply(event, receivedAt: SampleEvents.start) else {
                Issue.record("\(details) was not applied")
                return
            }
            let update = Update(at: FeedPosition(partition: 0, position: Int64(index + 1)), applied: applied)
            guard case .update(let facts) = try UpdateRecord(update.json) else {
                Issue.record("not an update")
                return
            }
            #expect(facts.before == before && facts == UpdateFacts(update))
            // Strings are equal by meaning; what is told is equal by bytes.
            #expect(facts.before?.carrier.map { Array($0.utf8) } == before?.carrier.map { Array($0.utf8) })
            before = facts.after
        }
    }

    @Test func positionsAreRead() throws {
        let fix = PositionFix(
            key: SampleEvents.key("D/1"), id: EventID(trusted: "p"), occurredAt: SampleEvents.start,
            location: JSONFragment(trusted: #"{"lat":1,"lon":2}"#))
        guard case .position(let key) = try UpdateRecord(fix.json) else {
            Issue.record("not a position")
            return
        }
        #expect(key == fix.key)
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"kind":"event","merchant":"default"}"#, #"{"delivery":{"status":7}}"#])
    func otherBytesAreRefused(text: String) {
        #expect(throws: JSONError.self) { try UpdateRecord(Array(text.utf8)) }
    }
}
