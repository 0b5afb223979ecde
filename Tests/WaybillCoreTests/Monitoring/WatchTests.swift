import TestSupport
import Testing
import WaybillCore

/// The tracker's cheap question is never answered later than the rules would.
@Suite struct WatchTests {
    /// Random lives: after each event, whatever the rules would decide by the time that `Watch` names, or before it.
    @Test func neverTooLate() {
        var chance = Chance(seed: Chance.seed(for: "watch"))
        let book = RuleBook()
        let watch = Watch(book)
        let types = EventType.allCases.filter { ![.position, .correction, .expired].contains($0) }
        for life in 0..<400 {
            var application = DeliveryApplication(key: CaseRulesTests.event(0, .created).key, stored: nil)
            var records: [CaseRecord] = []
            var inForce: CaseSet = []
            var due: Timestamp? = nil
            var hours: Int64 = 0
            for step in 0..<8 {
                hours += Int64(chance.number(in: 0...60))
                let type = step == 0 ? .created : types[chance.number(in: 0...types.count - 1)]
                let event = CaseRulesTests.event(hours, type) { event in
                    event.id = EventID(trusted: "\(life)-\(step)")
                    if type == .created || type == .rescheduled {
                        event.details = [
                            .promised(Window(latest: CaseRulesTests.hour(Int64(chance.number(in: 0...200)))))
                        ]
                    }
                }
                _ = application.apply(event, receivedAt: event.occurredAt)
                let state = application.state
                let lookAt = watch.lookAt(state, inForce: inForce)
                due = [due, lookAt].compactMap { $0 }.min()
                let next = CaseRulesTests.hour(hours + Int64(chance.number(in: 0...80)))
                // Nobody looks before it is due: nothing must have been missed.
                let ideal = CaseEvaluation(state, at: next, book).decide(over: records)
                if due.map({ $0 > next }) ?? true {
                    #expect(ideal.changes.isEmpty, "life \(life), step \(step): \(ideal.changes)")
                } else {
                    for record in ideal.records {
                        records.removeAll { $0.id == record.id }
                        records.append(record)
                    }
                    inForce = ideal.inForce
                    due = ideal.due
                }
            }
        }
    }
}
