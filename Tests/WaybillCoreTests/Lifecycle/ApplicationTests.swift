import TestSupport
import Testing
import WaybillCore

/// One delivery between stored row and stored history: when the history is needed, repeats, limits, stored form.
@Suite struct ApplicationTests {
    private static func scans(_ count: Int) -> [Event] { (0..<count).map { .at(Int64($0), .inTransit) } }

    @Test func eventsInOrderNeverReadTheHistory() throws {
        var delivery = RestartingDelivery()
        for event in Self.scans(Limits.recentEventIDs) {
            try delivery.restart()
            #expect(delivery.arrive(event) == .applied)
        }
        #expect(delivery.historyReads == 0)
        try delivery.restart()
        let last = Int64(Limits.recentEventIDs)
        #expect(delivery.arrive(.at(last, .held)) == .applied)
        #expect(delivery.historyReads == 0, "so many ids are kept, and the next event is still judged by them")
        try delivery.restart()
        #expect(delivery.arrive(.at(last + 1, .held)) == .applied)
        #expect(
            delivery.historyReads == 1, "with more events than ids kept, a reused id can only be found in the history")
    }

    @Test(arguments: [1, 5, 80, Limits.recentEventIDs, Limits.recentEventIDs + 2])
    func repeatsAndConflictsAreFoundHoweverFarBack(count: Int) throws {
        let events = Self.scans(count)
        for target in Set([0, count / 2, count - 1]) {
            for change in [
                { $0 }, { Self.moved($0, by: 1_000) }, { Self.moved($0, by: -1_000) },
                { Self.moved($0, by: 0, detail: "x") },
            ] as [(Event) -> Event] {
                var delivery = RestartingDelivery()
                for event in events { #expect(delivery.arrive(event) == .applied) }
                try delivery.restart()
                let before = delivery.canonical
                let offered = change(events[target])
                let isSame = EventEncoder.content(of: offered) == EventEncoder.content(of: events[target])
                #expect(delivery.arrive(offered) == (isSame ? .duplicate : .conflict))
                #expect(delivery.canonical == before && delivery.sequence == count)
            }
        }
    }

    private static func moved(_ event: Event, by hours: Int64, detail: String? = nil) -> Event {
        var event = event
        event.occurredAt = event.occurredAt.advanced(bySeconds: hours * 3600)
        event.detail = detail
        return event
    }

    @Test func aConflictSaysSo() throws {
        var delivery = RestartingDelivery()
        _ = delivery.offer(.at(0, .inTransit, id: "a"))
        guard case .rejected(let rejection) = delivery.offer(.at(1, .inTransit, id: "a")) else {
            Issue.record("a reused id was not refused")
            return
        }
        #expect(rejection.code == .idConflict && rejection.pointer == "/id" && rejection.id?.text == "a")
    }

    @Test func aDeliveryHasABoundOfEvents() {
        var delivery = RestartingDelivery()
        for event in Self.scans(Limits.eventsPerDelivery) { #expect(delivery.arrive(event) == .applied) }
        #expect(delivery.arrive(.at(1_000_000, .delivered)) == .other("too_large"))
        #expect(delivery.arrive(.at(0, .inTransit)) == .duplicate)
        #expect(delivery.sequence == Limits.eventsPerDelivery)
    }

    @Test func arrivalTellsSequenceAndTime() throws {
        var story = Story()
        for number in 1...3 {
            let applied = try story.tell(.at(Int64(number), .inTransit))
            #expect(applied.entry.sequence == Int64(number))
            #expect(applied.after.arrival.sequence == Int64(number))
            #expect(applied.after.arrival.updatedAt == applied.entry.receivedAt)
            #expect((applied.before == nil) == (number == 1))
        }
    }

    @Test func refoldingGivesTheSameState() throws {
        var sets = EventSets(chance: Chance(seed: Chance.seed(for: "refold")))
        for _ in 0..<200 {
            var delivery = RestartingDelivery()
            for event in sets.set(of: 12) { _ = delivery.arrive(event) }
            var application = DeliveryApplication(key: EventSets.key, stored: delivery.state)
            application.supply(history: delivery.accepted)
            application.refold()
            #expect(application.state.folded.canonical == delivery.canonical)
        }
    }

    /// What is stored is read back whole, and cut-off rows are refused.
    @Test func storedFormIsWhole() throws {
        var sets = EventSets(chance: Chance(seed: Chance.seed(for: "stored form")))
        for round in 0..<500 {
            var delivery = RestartingDelivery()
            for event in sets.set(of: 20) { _ = delivery.arrive(event) }
            let folded = delivery.state.folded
            let read = try folded.encoded.withUnsafeBufferPointer { try FoldedState(encoded: $0) }
            #expect(read == folded && read.encoded == folded.encoded && read.summary == folded.summary)
            let arrival = delivery.state.arrival
            let readArrival = try arrival.encoded.withUnsafeBufferPointer {
                try ArrivalState(encoded: $0, sequence: arrival.sequence, updatedAt: arrival.updatedAt)
            }
            #expect(readArrival == arrival)
            guard round < 20 else { continue }
            for count in 0..<folded.encoded.count {
                #expect(throws: JSONError.self) {
                    try folded.encoded[..<count].withUnsafeBufferPointer { try FoldedState(encoded: $0) }
                }
            }
        }
    }

    @Test func positionsAreOutsideTheFold() {
        let events: [Event] = [.at(0, .created), .at(1, .inTransit)]
        let fix = Event.at(9, .position) { $0.location = JSONFragment(trusted: #"{"lat":1,"lon":2}"#) }
        #expect(Fold.state(of: events + [fix]).canonical == Fold.state(of: events).canonical)
    }
}
