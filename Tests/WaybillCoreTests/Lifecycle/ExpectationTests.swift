import TestSupport
import Testing
import WaybillCore

/// Promises, arrival times and delays.
@Suite struct ExpectationTests {
    private static func promise(_ latest: Int64?) -> (inout Event) -> Void {
        { $0.details = [.promised(latest.map { Window(latest: Event.hour($0)) })] }
    }

    private static func eta(_ latest: Int64, _ source: ETASource = .carrier) -> (inout Event) -> Void {
        { $0.eta = ETA(window: Window(latest: Event.hour(latest)), source: source) }
    }

    @Test func promisesMoveAndTheFirstStays() throws {
        let events: [Event] = [
            .at(0, .created, Self.promise(10)), .at(1, .updated, Self.promise(11)),
            .at(2, .rescheduled, Self.promise(20)),
            .at(3, .rescheduled, Self.promise(30)), .at(4, .updated, Self.promise(31)),
            .at(5, .updated, Self.promise(nil)),
        ]
        let expected: [(promised: Int64?, original: Int64?)] = [
            (10, nil), (11, nil), (20, 11), (30, 11), (31, 11), (nil, 11),
        ]
        for (count, want) in expected.enumerated() {
            let state = try Story.state(Array(events[...count]))
            #expect(state.promised?.latest == want.promised.map(Event.hour))
            #expect(state.promisedOriginal?.latest == want.original.map(Event.hour))
            #expect(state.accountablePromise?.latest == (want.original ?? want.promised).map(Event.hour))
        }
    }

    /// Shown: carrier, then planner, then predicted, unless 48 h older than the last event; else the youngest.
    @Test(
        arguments: [
            ([(0, ETASource.predicted)], 1, ETASource.predicted),
            ([(0, .predicted), (0, .planner)], 1, .planner),
            ([(0, .carrier), (5, .planner), (6, .predicted)], 7, .carrier),
            ([(0, .carrier), (5, .planner), (6, .predicted)], 48, .carrier),
            ([(0, .carrier), (5, .planner), (6, .predicted)], 49, .planner),
            ([(0, .carrier), (5, .planner), (6, .predicted)], 54, .predicted),
            ([(0, .carrier), (5, .planner), (6, .predicted)], 55, .predicted),
            ([(6, .carrier), (5, .planner), (0, .predicted)], 200, .carrier),
            ([(0, .carrier), (9, .planner)], 200, .planner),
            ([(0, .carrier), (0, .planner)], 200, .carrier),
        ] as [([(Int64, ETASource)], Int64, ETASource)])
    func theRightArrivalTimeIsShown(stated: [(Int64, ETASource)], last: Int64, shown: ETASource) throws {
        var events = stated.enumerated().map { index, item in
            Event.at(item.0, .etaChanged, id: "eta-\(index)", Self.eta(100 + Int64(index), item.1))
        }
        events.append(.at(last, .note))
        #expect(try Story.state(events).eta?.source == shown)
        #expect(try Story.state(events.reversed()).eta?.source == shown)
    }

    @Test func theLatestOfEachSourceCounts() throws {
        let events: [Event] = [
            .at(3, .etaChanged, Self.eta(30)), .at(1, .inTransit, Self.eta(10)), .at(2, .etaChanged, Self.eta(20)),
        ]
        #expect(try Story.state(events).eta?.window.latest == Event.hour(30))
        #expect(try Story.state([.at(0, .note)]).eta == nil)
    }

    static let delays: [(name: String, events: [Event], minutes: Int??)] = [
        ("no promise, no arrival time", [.at(0, .delayed)], .some(nil)),
        ("no arrival time", [.at(0, .created, promise(10)), .at(1, .delayed)], .some(nil)),
        ("no promise", [.at(1, .delayed, eta(12))], .some(nil)),
        ("two hours late", [.at(0, .created, promise(10)), .at(1, .delayed, eta(12))], 120),
        ("it grows", [.at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .etaChanged, eta(15))], 300),
        ("back inside", [.at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .etaChanged, eta(10))], nil),
        (
            "back inside by a new promise",
            [
                .at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .rescheduled, promise(12)),
            ], nil
        ),
        (
            "a new promise that is still too early",
            [
                .at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .rescheduled, promise(11)),
            ], 60
        ),
        (
            "the promise is taken back",
            [
                .at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .updated, promise(nil)),
            ], .some(nil)
        ),
        (
            "an arrival time from before it opened does not count",
            [
                .at(0, .created, promise(10)), .at(1, .etaChanged, eta(9)), .at(2, .delayed),
            ], .some(nil)
        ),
        ("delivered", [.at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .delivered)], nil),
        ("cancelled", [.at(1, .delayed), .at(2, .cancelled)], nil),
        ("returning", [.at(1, .delayed), .at(2, .returning)], nil),
        ("delayed after the end", [.at(0, .delivered), .at(1, .delayed)], nil),
        ("delayed on the way back", [.at(0, .returning), .at(1, .delayed)], nil),
        (
            "opened again",
            [
                .at(0, .created, promise(10)), .at(1, .delayed, eta(12)), .at(2, .etaChanged, eta(9)),
                .at(3, .delayed, eta(13)),
            ], 180
        ),
        ("the one that opened it is corrected", [.at(1, .delayed, id: "d", eta(12)), .correcting("d", at: 2)], nil),
    ]

    @Test(arguments: delays.indices)
    func delaysOpenAndClose(index: Int) throws {
        let (name, events, minutes) = Self.delays[index]
        for order in [events, events.reversed()] {
            let delay = try Story.state(order).delay
            #expect((delay == nil) == (minutes == nil), "\(name)")
            if let minutes { #expect(delay?.minutes == minutes, "\(name)") }
        }
    }

    @Test func aDelayKnowsWhoOpenedItAndWhy() throws {
        let delay = try Story.state([
            .at(1, .delayed, id: "first") { $0.reason = .weather },
            .at(2, .delayed, id: "second") { $0.reason = .strike },
        ]).delay
        #expect(delay?.openedBy.text == "first")
        #expect(delay?.since == Event.hour(1))
        #expect(delay?.reason == .strike)
    }
}
