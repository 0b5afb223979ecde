import TestSupport
import Testing
import WaybillCore

/// Every rule in every status, and how cases follow from verdicts.
@Suite struct CaseRulesTests {
    /// A Monday.
    static let start = Zones.instant("2026-11-23T08:00:00Z")

    static func hour(_ hours: Int64) -> Timestamp { start.advanced(bySeconds: hours * 3600) }

    static func event(_ hours: Int64, _ type: EventType, _ change: (inout Event) -> Void = { _ in }) -> Event {
        var event = Event(
            id: EventID(trusted: "\(type.rawValue)-\(hours)"), type: type, deliveryID: DeliveryID(trusted: "D-1"),
            occurredAt: hour(hours))
        change(&event)
        return event
    }

    static func created(promisedAt hours: Int64?) -> Event {
        event(0, .created) { event in
            if let hours { event.details = [.promised(Window(latest: hour(hours)))] }
        }
    }

    /// A delivery whose events came when they happened.
    static func delivery(_ events: [Event], receivedAt: Timestamp? = nil) -> DeliveryState {
        var application = DeliveryApplication(key: event(0, .created).key, stored: nil)
        for event in events { _ = application.apply(event, receivedAt: receivedAt ?? event.occurredAt) }
        return application.state
    }

    private static func decide(
        _ events: [Event], at now: Timestamp, over records: [CaseRecord] = [], _ book: RuleBook = RuleBook()
    ) -> CaseDecision {
        CaseEvaluation(delivery(events), at: now, book).decide(over: records)
    }

    private static func words(_ decision: CaseDecision) -> [String] {
        decision.changes.map { "\($0.change.rawValue) \($0.record.kind.rawValue) \($0.record.severity.rawValue)" }
    }

    // MARK: Opening

    @Test(arguments: [
        ("created, before its time", [EventType.created], 47, []),
        ("created, a weekend later", [.created], 48, ["opened not_dispatched amber"]),
        ("dispatched, before its time", [.created, .dispatched], 24, []),
        ("dispatched, not scanned", [.created, .dispatched], 25, ["opened not_scanned amber"]),
        ("moving", [.created, .departedHub], 48, []),
        ("stalled", [.created, .departedHub], 49, ["opened stalled amber"]),
        ("on the vehicle", [.created, .outForDelivery], 13, ["opened stalled amber"]),
        ("attempt failed", [.created, .deliveryAttempted], 2, ["opened failed_attempt amber"]),
        ("exception", [.created, .exception], 2, ["opened exception red"]),
        ("on hold", [.created, .held], 2, ["opened on_hold amber"]),
        ("returning", [.created, .returning], 2, ["opened returning amber"]),
        ("delayed", [.created, .delayed], 2, ["opened delayed amber"]),
        ("delivered", [.created, .delivered], 10_000, []), ("returned", [.created, .returned], 10_000, []),
        ("cancelled", [.created, .cancelled], 10_000, []),
        ("provisional", [.note], 300, []),
    ])
    func whatOpens(_ name: String, _ types: [EventType], _ hours: Int64, _ expected: [String]) {
        let events = types.enumerated().map { Self.event(Int64($0), $1) }
        let decision = Self.decide(events, at: Self.hour(hours))
        #expect(Self.words(decision) == expected, "\(name)")
        #expect(decision.inForce == CaseSet(decision.changes.map(\.record.kind)))
    }

    /// Friday 20:00 and 48 working hours: Tuesday 20:00, never on Saturday.
    @Test func aWeekendNeverMakesAParcelStalled() {
        let events = [Self.event(0, .created), Self.event(108, .departedHub)]
        for hours in stride(from: Int64(108), to: 204, by: 3) {
            #expect(Self.decide(events, at: Self.hour(hours)).changes.isEmpty, "after \(hours) hours")
        }
        #expect(Self.words(Self.decide(events, at: Self.hour(204))) == ["opened stalled amber"])
    }

    @Test func oldHistoryIsNotSilence() {
        let received = Self.hour(5000)
        let state = Self.delivery([Self.event(0, .created), Self.event(1, .departedHub)], receivedAt: received)
        let decision = CaseEvaluation(state, at: received.advanced(bySeconds: 3600), RuleBook()).decide(over: [])
        #expect(decision.changes.isEmpty && decision.expiry == nil)
    }

    @Test func lateIsWhatIsNotThereWhenTheWindowHasPassed() {
        let events = [Self.created(promisedAt: 30), Self.event(1, .departedHub)]
        #expect(Self.decide(events, at: Self.hour(30)).changes.isEmpty, "the last moment is in time")
        let decision = Self.decide(events, at: Self.hour(30).advanced(byMicroseconds: 1))
        #expect(Self.words(decision) == ["opened late red"])
        #expect(Self.decide(events, at: Self.hour(29)).due == Self.hour(30).advanced(byMicroseconds: 1))
        let text = decision.records[0].explanation.text
        for word in [
            "\"rule\":\"late\"", "\"version\":1", "\"inputs\"", "\"threshold\"", "departed_hub-1", "clears_when",
        ] {
            #expect(text.contains(word), "\(word) in \(text)")
        }
    }

    // MARK: Clearing

    private static let clearing: [(CaseKind, [EventType], Int64, EventType, Bool)] = [
        (.notDispatched, [.created], 60, .dispatched, true), (.notDispatched, [.created], 60, .updated, false),
        (.notScanned, [.created, .dispatched], 60, .arrivedAtHub, true),
        (.notScanned, [.created, .dispatched], 60, .note, false),
        (.stalled, [.created, .departedHub], 60, .arrivedAtHub, true),
        (.stalled, [.created, .departedHub], 60, .etaChanged, false),
        (.late, [.created, .departedHub], 60, .arrivedAtHub, false),
        (.late, [.created, .departedHub], 60, .delivered, true),
        (.failedAttempt, [.created, .deliveryAttempted], 2, .outForDelivery, true),
        (.failedAttempt, [.created, .deliveryAttempted], 2, .availableForPickup, true),
        (.failedAttempt, [.created, .deliveryAttempted], 2, .arrivedAtHub, false),
        (.exception, [.created, .exception], 2, .inTransit, true),
        (.exception, [.created, .exception], 2, .note, false),
        (.onHold, [.created, .held], 2, .released, true), (.returning, [.created, .returning], 2, .returned, true),
        (.returning, [.created, .returning], 2, .arrivedAtHub, false),
    ]

    @Test(arguments: clearing.indices)
    func whatClears(_ index: Int) throws {
        let (kind, types, hours, next, clears) = Self.clearing[index]
        var events = types.enumerated().map { Self.event(Int64($0), $1) }
        if kind == .late { events[0] = Self.created(promisedAt: 5) }
        let opened = Self.decide(events, at: Self.hour(hours))
        #expect(opened.records.contains { $0.kind == kind && $0.state == .open })
        let after = Self.decide(events + [Self.event(hours + 1, next)], at: Self.hour(hours + 1), over: opened.records)
        let isCleared = after.changes.contains { $0.change == .cleared && $0.record.kind == kind }
        #expect(isCleared == clears, "\(kind) after \(next)")
        #expect(after.inForce.contains(kind) != clears)
    }

    /// A terminal status clears every case, `returning` all but itself.
    @Test(arguments: [EventType.delivered, .returned, .cancelled, .returning])
    func whatEndsEverything(_ end: EventType) {
        var events = [Self.created(promisedAt: 5), Self.event(1, .delayed), Self.event(2, .deliveryAttempted)]
        events.append(Self.event(3, .exception))
        let opened = Self.decide(events, at: Self.hour(200))
        #expect(opened.inForce.kinds == [.stalled, .delayed, .late, .exception])
        let after = Self.decide(events + [Self.event(201, end)], at: Self.hour(201), over: opened.records)
        #expect(after.changes.filter { $0.change == .cleared }.count == 4)
        #expect(after.inForce.kinds == (end == .returning ? [.returning] : []))
    }

    @Test func aClearedCaseIsOpenedAgainAsAnotherOccurrence() {
        let events = [Self.event(0, .created), Self.event(1, .exception)]
        var records = Self.decide(events, at: Self.hour(2)).records
        let moved = events + [Self.event(3, .inTransit)]
        records = Self.decide(moved, at: Self.hour(3), over: records).records
        #expect(records.map(\.state) == [.cleared])
        let again = Self.decide(moved + [Self.event(4, .exception)], at: Self.hour(4), over: records)
        #expect(again.records.map(\.occurrence) == [2] && again.records[0].id != records[0].id)
    }

    // MARK: Escalation

    @Test func amberTurnsRedOnTheNextWorkingDay() throws {
        let events = [Self.event(0, .created), Self.event(96, .held)]
        let opened = Self.decide(events, at: Self.hour(97))
        // Friday 9:00 in the office's time; Monday 9:00.
        #expect(opened.records[0].escalatesAt == Zones.instant("2026-11-30T09:00:00Z"))
        let due = try #require(opened.due)
        #expect(due <= Zones.instant("2026-11-30T09:00:00Z"))
        let before = Self.decide(events, at: Zones.instant("2026-11-30T08:59:59Z"), over: opened.records)
        #expect(!before.changes.contains { $0.change == .escalated })
        let after = Self.decide(events, at: Zones.instant("2026-11-30T09:00:00Z"), over: opened.records)
        #expect(Self.words(after).contains("escalated on_hold red"))
        let later = Self.decide(events, at: Zones.instant("2026-12-01T09:00:00Z"), over: after.records)
        #expect(!later.changes.contains { $0.change == .escalated && $0.record.kind == .onHold }, "once")
    }

    // MARK: Contradictions

    private static let scan = [event(0, .created), event(1, .delivered), event(20, .arrivedAtHub)]

    @Test func aScanSoonAfterDeliveryClearsItself() throws {
        let opened = Self.decide(Self.scan, at: Self.hour(20))
        #expect(Self.words(opened) == ["opened contradiction amber"])
        #expect(
            Self.decide(Self.scan, at: Self.hour(67), over: opened.records).changes.allSatisfy { $0.change != .cleared }
        )
        let cleared = Self.decide(Self.scan, at: Self.hour(68), over: opened.records)
        #expect(Self.words(cleared).last?.hasPrefix("cleared contradiction") == true)
        let kept = Self.decide(Self.scan, at: Self.hour(400), over: cleared.records)
        #expect(kept.changes.isEmpty, "what has cleared itself is not opened again")
        let another = Self.decide(
            Self.scan + [Self.event(401, .arrivedAtHub)], at: Self.hour(401), over: cleared.records)
        #expect(Self.words(another) == ["opened contradiction red"], "after so long it is no slow scanner")
    }

    @Test func aCorrectionTakesAContradictionBack() {
        let opened = Self.decide(Self.scan, at: Self.hour(20))
        let correction = Self.event(21, .correction) {
            $0.correction = Correction(corrects: EventID(trusted: "arrived_at_hub-20"), why: .didNotOccur)
        }
        let after = Self.decide(Self.scan + [correction], at: Self.hour(21), over: opened.records)
        #expect(Self.words(after) == ["cleared contradiction amber"])
    }

    // MARK: People

    @Test func whatAPersonResolvedStaysResolvedWhileItGoesOn() throws {
        let events = [Self.created(promisedAt: 5), Self.event(1, .departedHub)]
        let opened = Self.decide(events, at: Self.hour(6))
        let acting = CaseActing(actor: "mia", at: Self.hour(7))
        let resolved = try opened.records[0].applying(.resolve("called"), acting, sequence: 2).record
        let after = Self.decide(events, at: Self.hour(8), over: [resolved])
        #expect(after.changes.isEmpty && after.inForce.contains(.late))
        let moved = events + [Self.event(9, .rescheduled) { $0.details = [.promised(Window(latest: Self.hour(20)))] }]
        let over = Self.decide(moved, at: Self.hour(9), over: [resolved])
        #expect(over.changes.isEmpty && !over.inForce.contains(.late) && over.records.first?.isOver == true)
        let again = Self.decide(moved, at: Self.hour(21), over: over.records)
        #expect(Self.words(again) == ["opened late red"] && again.records.last?.occurrence == 2)
    }

    @Test func aSnoozeEndsWithItsTimeOrTheNextEvent() throws {
        let events = [Self.event(0, .created), Self.event(1, .exception)]
        let record = Self.decide(events, at: Self.hour(2)).records[0]
        let acting = CaseActing(actor: "mia", at: Self.hour(3))
        let snoozed = try record.applying(
            .snooze(until: Self.hour(7), orNextEvent: true), acting, sequence: 2
        ).record
        let asleep = Self.decide(events, at: Self.hour(6), over: [snoozed])
        #expect(asleep.changes.isEmpty && asleep.due == Self.hour(7) && asleep.inForce.contains(.nextEvent))
        #expect(Self.words(Self.decide(events, at: Self.hour(7), over: [snoozed])) == ["woken exception red"])
        let noted = events + [Self.event(4, .note)]
        #expect(Self.words(Self.decide(noted, at: Self.hour(4), over: [snoozed])) == ["woken exception red"])
    }

    @Test func twoPeopleDoNotActAtOnce() throws {
        let events = [Self.event(0, .created), Self.event(1, .exception)]
        let record = Self.decide(events, at: Self.hour(2)).records[0]
        let mia = CaseActing(actor: "mia", at: Self.hour(3))
        let owned = try record.applying(.assign(owner: "mia"), mia, sequence: 2).record
        func conflict(_ action: CaseAction, _ acting: CaseActing, on record: CaseRecord) -> CaseConflict? {
            do throws(CaseConflict) {
                _ = try record.applying(action, acting, sequence: 2)
                return nil
            } catch { return error }
        }
        let tom = CaseActing(actor: "tom", at: Self.hour(4))
        #expect(conflict(.resolve(nil), tom, on: owned) == CaseConflict(reason: .owned, by: "mia", at: Self.hour(3)))
        let stale = CaseActing(actor: "tom", at: Self.hour(4), seen: 1, takesOver: true)
        #expect(conflict(.resolve(nil), stale, on: owned)?.reason == .changed)
        #expect(conflict(.note("hm"), tom, on: owned) == nil)
        var over = tom
        over.takesOver = true
        let done = try owned.applying(.resolve("found"), over, sequence: 2).record
        #expect(conflict(.snooze(until: Self.hour(9), orNextEvent: false), mia, on: done)?.by == "tom")
        #expect(conflict(.reopen, mia, on: done) == nil && conflict(.reopen, mia, on: owned)?.reason == .notResolved)
    }

    // MARK: Expiry

    @Test func silenceOfThirtyDaysExpires() throws {
        let events = [Self.event(0, .created), Self.event(1, .departedHub)]
        #expect(Self.decide(events, at: Self.hour(720)).expiry == nil)
        let event = try #require(Self.decide(events, at: Self.hour(721)).expiry)
        #expect(event.id.text == "expired:departed_hub-1" && event.occurredAt == Self.hour(721))
        #expect(event.after?.text == "departed_hub-1")
        let after = Self.delivery(events + [event])
        #expect(after.folded.status == .expired)
        #expect(CaseEvaluation(after, at: Self.hour(800), RuleBook()).decide(over: []).expiry == nil)
    }

    // MARK: Parameters

    @Test func parametersOfAMerchantCarrierOrLane() {
        var fast = CaseParameters()
        fast.silenceHours[.inTransit] = 10
        fast.disabled = CaseSet(.onHold)
        var book = RuleBook()
        book.exceptions = [RuleBook.Exception(carrier: "swift", lane: "DE-FR", parameters: fast)]
        var events = [Self.event(0, .created), Self.event(1, .departedHub)]
        events[0].details = [
            .carrier("swift"), .origin(JSONFragment(trusted: #"{"country":"DE"}"#)),
            .destination(JSONFragment(trusted: #"{"city":"Lyon","country":"FR"}"#)),
        ]
        #expect(Self.words(Self.decide(events, at: Self.hour(12), book)) == ["opened stalled amber"])
        #expect(Self.decide(events + [Self.event(2, .held)], at: Self.hour(3), book).changes.isEmpty)
        events[0].details[0] = .carrier("slow")
        #expect(Self.decide(events, at: Self.hour(12), book).changes.isEmpty)
        #expect(book.shortestSilence == 10 * 3600)
    }

    private static func decide(_ events: [Event], at now: Timestamp, _ book: RuleBook) -> CaseDecision {
        decide(events, at: now, over: [], book)
    }
}
