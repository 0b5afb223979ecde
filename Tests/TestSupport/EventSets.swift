import WaybillCore

/// Random sets of events of one delivery, made to collide: few instants, few ids, everything contradicting everything.
package struct EventSets {
    package static let key = DeliveryKey(merchant: .default, deliveryID: DeliveryID(trusted: "D-1"))
    package static let start = Timestamp(seconds: 1_795_428_000)

    package var chance: Chance
    /// The instants of one set lie on this many steps.
    private var steps = 8
    private var stepSeconds: Int64 = 3600

    package init(chance: Chance) { self.chance = chance }

    /// A set of `count` events, each id once, in no particular order.
    package mutating func set(of count: Int) -> [Event] {
        steps = chance.pick([1, 2, 4, 8, 20, 60])
        stepSeconds = chance.pick([0, 60, 3600, 6 * 3600, 20 * 3600])
        let ids = ids(count)
        let known = ids + [EventID(trusted: "elsewhere")]
        var events: [Event] = []
        var used: Set<EventID> = []
        for id in ids {
            var event = event(id: id, type: type(), among: known)
            if event.type == .expired, let after = event.after { event.id = EventID(trusted: "expired:\(after)") }
            if used.insert(event.id).inserted { events.append(event) }
        }
        return aimAtExpiries(events)
    }

    /// A correction may name an `expired` only where there is one; let some do.
    private mutating func aimAtExpiries(_ events: [Event]) -> [Event] {
        guard let expired = events.first(where: { $0.type == .expired }), chance.oneIn(2) else { return events }
        var events = events
        if let index = events.firstIndex(where: { $0.type == .correction }) {
            events[index].correction?.corrects = expired.id
        }
        return events
    }

    /// Ids whose order as bytes is not their order as Swift strings, and ids that Swift holds equal.
    private mutating func ids(_ count: Int) -> [EventID] {
        let plain = chance.oneIn(2)
        var pool = (0..<count * 2).map { "e\($0)" } + ["Z", "a", "z", "_", "~"]
        if !plain {
            for number in 0..<max(2, count / 4) {
                pool += [
                    "\u{E9}\(number)", "e\u{301}\(number)", "\u{C5}\(number)", "\u{212B}\(number)", "A\u{30A}\(number)",
                ]
            }
        }
        var known: Set<EventID> = []
        var ids: [EventID] = []
        while ids.count < count {
            let id = EventID(trusted: chance.pick(pool))
            if known.insert(id).inserted { ids.append(id) }
        }
        return ids
    }

    private mutating func type() -> EventType {
        switch chance.number(in: 0..<10) {
        case 0: .correction
        case 1: chance.pick([.created, .updated, .expired])
        case 2: chance.pick([.delivered, .returned, .cancelled, .returning])
        case 3: chance.pick([.delayed, .etaChanged, .rescheduled, .redirected])
        default: chance.pick(EventType.allCases.filter { $0 != .position })
        }
    }

    private mutating func instant() -> Timestamp {
        if chance.oneIn(40) { return Timestamp(seconds: chance.pick([-1, 0, 946_684_799])) }
        let step = Int64(chance.number(in: 0..<steps)) * stepSeconds
        return Self.start.advanced(bySeconds: step).advanced(byMicroseconds: chance.oneIn(8) ? 1 : 0)
    }

    /// Any event of this type; what it names is one of `known`.
    package mutating func event(id: EventID, type: EventType, among known: [EventID]) -> Event {
        var event = Event(id: id, type: type, deliveryID: Self.key.deliveryID, occurredAt: instant())
        if chance.oneIn(3) {
            event.location = JSONFragment(trusted: #"{"city":"\#(chance.pick(["Leipzig", "Zürich", "São"]))"}"#)
        }
        if chance.oneIn(3) { event.reason = chance.pick(Reason.allCases) }
        if chance.oneIn(8) { event.detail = "detail \(chance.number(in: 0..<9))" }
        if type == .etaChanged || chance.oneIn(type == .delayed ? 2 : 6) { event.eta = eta() }
        if chance.oneIn(10) { event.extra = [ExtraField(name: "x", value: JSONFragment(trusted: "1.50"))] }
        switch type {
        case .created, .updated: event.details = details(atMost: 8)
        case .rescheduled: event.details = [.promised(window())] + details(atMost: 1).filter { !$0.isPromise }
        case .redirected: event.details = details(atMost: 3)
        case .availableForPickup: event.until = chance.oneIn(3) ? nil : instant()
        case .delivered:
            event.place = chance.oneIn(3) ? nil : chance.pick(HandoverPlace.allCases)
            event.proofID = chance.oneIn(2) ? nil : "proof-\(chance.number(in: 0..<5))"
        case .correction:
            event.correction = Correction(corrects: chance.pick(known), why: chance.pick(Correction.Why.allCases))
        case .expired: event.after = chance.pick(known)
        default: break
        }
        return event
    }

    private mutating func window() -> Window {
        let latest = instant().advanced(bySeconds: Int64(chance.number(in: -2...30)) * 3600)
        return Window(earliest: chance.oneIn(2) ? nil : latest.advanced(bySeconds: -7200), latest: latest)
    }

    private mutating func eta() -> ETA { ETA(window: window(), source: chance.pick(ETASource.allCases)) }

    /// Some details, each at most once, a quarter of them cleared.
    private mutating func details(atMost count: Int) -> [DetailChange] {
        let text = chance.oneIn(4) ? nil : chance.pick(["a", "é", "e\u{301}", "b"])
        let json =
            chance.oneIn(4) ? nil : JSONFragment(trusted: chance.pick([#"{"city":"Köln"}"#, "{}", #"{"a":[1,2.50]}"#]))
        let all: [DetailChange] = [
            .recipientID(text), .destination(json), .origin(json), .promised(chance.oneIn(4) ? nil : window()),
            .carrier(text), .trackingNumber(text), .orderReference(text), .metadata(json),
        ]
        return Array(all.shuffled(using: &chance).prefix(chance.number(in: 0...count)))
    }

    /// The same id with other content: whichever comes first is the accepted one.
    package mutating func conflicting(with event: Event) -> Event {
        var other = event
        switch chance.number(in: 0..<3) {
        case 0: other.occurredAt = event.occurredAt.advanced(bySeconds: Int64(chance.number(in: 1...90)) * 3600)
        case 1: other.occurredAt = event.occurredAt.advanced(byMicroseconds: -1)
        default: other.detail = (event.detail ?? "") + "!"
        }
        return other
    }
}

extension DetailChange {
    fileprivate var isPromise: Bool { if case .promised = self { true } else { false } }
}
