import WaybillCore
import WaybillEngine

/// What a customer is told of one delivery, in their words and language: decided here, written by `TrackingPage`.
///
/// Detail decays: town and postcode while it is under way, the town alone a week after it is over.
struct TrackingView: Sendable {
    struct Moment: Sendable {
        var at: Timestamp
        var title: String
        var detail: String?
    }

    struct Stop: Sendable {
        var name: String
        var latitude: Double
        var longitude: Double
    }

    let text: TrackingText
    let clock: LocalClock
    let now: Timestamp
    private let folded: FoldedState
    private let entries: [Timeline.Entry]
    let destination: Place
    let isMissing: Bool

    init(_ delivery: DeliveryState, history: [HistoryEntry], text: TrackingText, now: Timestamp) {
        self.text = text
        self.now = now
        folded = delivery.folded
        entries = Timeline.entries(of: history)
        destination = Place(delivery.folded.destination)
        clock = LocalClock(country: destination.country)
        isMissing = entries.contains { $0.history.event.isFromRecipient && $0.history.event.type == .exception }
    }

    // MARK: What is so

    var status: Status { folded.status }
    var order: String? { folded.orderReference }
    var carrier: String? { folded.carrier }
    var trackingNumber: String? { folded.trackingNumber }
    var deliveredAt: Timestamp? { folded.status == .delivered ? folded.deliveredAt : nil }
    var place: HandoverPlace? { folded.place }

    var isOver: Bool { [.delivered, .returned, .cancelled, .expired].contains(status) }
    var canBeMoved: Bool { !isOver && status != .returning && status != .availableForPickup }

    /// When it was over, for what decays from then on.
    var overAt: Timestamp? {
        guard isOver else { return nil }
        return folded.deliveredAt ?? folded.returnedAt ?? folded.cancelledAt ?? folded.lastEvent?.key.occurredAt
    }

    /// Whether the link works no more.
    var isExpired: Bool {
        overAt.map { now > $0.advanced(bySeconds: Limits.trackingLinkSeconds) } ?? false
    }

    /// `04109 Leipzig`, and `Leipzig` a week after it is over.
    var whereTo: String? {
        let isOld = overAt.map { now > $0.advanced(bySeconds: 7 * 86_400) } ?? false
        let parts = [isOld ? nil : destination.postcode, destination.city].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private var window: Window? { folded.eta?.window ?? folded.promised }
    private var isBehind: Bool {
        guard let window, !isOver else { return false }
        return window.latest < now || folded.delay != nil
            || folded.accountablePromise.map { window.latest > $0.latest } ?? false
    }

    // MARK: In words

    var kick: (text: String, style: String) {
        switch status {
        case .delivered: (text("delivered"), "delivered")
        case .availableForPickup: (text("pickup"), "delivered")
        case .attemptFailed, .onHold, .exception: (text("problem"), "delayed")
        case .returned, .cancelled, .expired: (text("over"), "over")
        default: isBehind ? (text("later"), "delayed") : (text("onItsWay"), "moving")
        }
    }

    var headline: String {
        switch status {
        case .delivered:
            return deliveredAt.map { text("h.delivered", ["day": dayName($0), "time": time($0)]) } ?? text("delivered")
        case .availableForPickup: return text("h.pickup")
        case .attemptFailed: return text("h.attempt")
        case .onHold: return text("h.hold")
        case .exception: return text("h.exception")
        case .returning: return text("h.returning")
        case .returned: return text("h.returned")
        case .cancelled: return text("h.cancelled")
        case .expired: return text("h.expired")
        default:
            guard let window else { return text("h.soon") }
            if window.latest < now { return text("h.overdue") }
            return text("h.arriving", ["day": dayName(window.latest), "window": hours(window)])
        }
    }

    /// The promise that no longer holds; nil where it does.
    var brokenPromise: String? {
        guard isBehind, let promise = folded.accountablePromise, promise != window || promise.latest < now else {
            return nil
        }
        return "\(dayName(promise.latest)) \(hours(promise))"
    }

    var sentences: [String] {
        var sentences: [String] = []
        if let reason = folded.delay?.reason ?? (isOver ? nil : folded.reason),
            let known = text.ifKnown("r.\(reason.rawValue)")
        {
            sentences.append(text("why", ["reason": known]))
        }
        if isBehind || [.attemptFailed, .exception].contains(status) { sentences.append(text("sorry")) }
        if status == .delivered, let words = place.flatMap({ text.ifKnown("place.\($0.rawValue)") }) {
            sentences.append(text("handed", ["place": words]))
        } else if let until = folded.pickupUntil, status == .availableForPickup {
            sentences.append(text("until", ["day": dayName(until), "time": time(until)]))
        } else if let whereTo, !isOver {
            sentences.append(text("to", ["place": whereTo]))
        }
        return sentences
    }

    /// How many of the four steps are done, and whether the next is under way.
    var step: Int {
        switch status {
        case .created: 0
        case .outForDelivery, .attemptFailed, .availableForPickup: 2
        case .delivered: 4
        default: 1
        }
    }

    /// Newest first, in plain words: what staff noted or took back is not among it.
    var moments: [Moment] { entries.reversed().compactMap(moment) }

    private func moment(_ entry: Timeline.Entry) -> Moment? {
        let event = entry.history.event
        guard entry.effect != .corrected, !event.isFromRecipient, let title = title(of: event, entry) else {
            return nil
        }
        let reason = event.reason.flatMap { text.ifKnown("r.\($0.rawValue)") }
        return Moment(at: event.occurredAt, title: title, detail: reason)
    }

    private func title(of event: Event, _ entry: Timeline.Entry) -> String? {
        let town = Place(event.location).city ?? ""
        switch event.type {
        case .created: return text("e.created")
        case .dispatched: return text("e.dispatched", ["carrier": folded.carrier ?? text("carrier")])
        case .arrivedAtHub: return town.isEmpty ? nil : text("e.arrived", ["place": town])
        case .departedHub: return town.isEmpty ? nil : text("e.departed", ["place": town])
        case .outForDelivery: return text("e.out")
        case .deliveryAttempted: return text("e.attempt")
        case .availableForPickup: return text("e.pickup")
        case .delivered: return entry.effect == .status ? text("e.delivered") : nil
        case .held, .customsHeld: return text("e.held")
        case .released, .customsCleared: return text("e.released")
        case .exception: return entry.effect == .contradiction ? nil : text("e.exception")
        case .delayed: return text("e.delayed")
        case .etaChanged:
            return event.eta.map { text("e.eta", ["window": "\(dayName($0.window.latest)) \(hours($0.window))"]) }
        case .rescheduled: return text("e.rescheduled")
        case .redirected: return text("e.redirected")
        case .returning: return text("e.returning")
        case .returned: return text("e.returned")
        case .cancelled: return text("e.cancelled")
        case .correction: return takesBackDelivery(event) ? text("e.correction") : nil
        case .pickedUp, .inTransit, .updated, .note, .expired, .position: return nil
        }
    }

    private func takesBackDelivery(_ event: Event) -> Bool {
        entries.contains { $0.history.event.id == event.correction?.corrects && $0.history.event.type == .delivered }
    }

    /// Towns that it was scanned in, in order, for the map.
    var stops: [Stop] {
        var stops: [Stop] = []
        for entry in entries where entry.effect != .corrected {
            let place = Place(entry.history.event.location)
            guard let name = place.city, let latitude = place.latitude, let longitude = place.longitude else {
                continue
            }
            if stops.last?.name != name { stops.append(Stop(name: name, latitude: latitude, longitude: longitude)) }
        }
        return stops
    }

    // MARK: Times, by the delivery's own clock

    func time(_ instant: Timestamp) -> String {
        let time = clock.time(instant)
        return "\(LocalClock.padded(time.hour, 2)):\(LocalClock.padded(time.minute, 2))"
    }

    func hours(_ window: Window) -> String {
        guard let earliest = window.earliest, earliest != window.latest else { return time(window.latest) }
        if clock.day(earliest) != clock.day(window.latest) { return "\(dayName(earliest)) – \(time(window.latest))" }
        return "\(time(earliest))–\(time(window.latest))"
    }

    func dayName(_ instant: Timestamp) -> String {
        switch clock.day(instant) - clock.day(now) {
        case 0: text("today")
        case 1: text("tomorrow")
        case -1: text("yesterday")
        default: date(instant)
        }
    }

    func date(_ instant: Timestamp) -> String {
        let time = clock.time(instant)
        return text(
            "date",
            [
                "weekday": text.list("days")[time.weekday], "day": "\(time.day)",
                "month": text.list("months")[time.month - 1],
            ])
    }
}

extension Event {
    /// Said by the customer on the tracking page.
    static let recipientSource = "recipient"

    var isFromRecipient: Bool { source == Self.recipientSource }
}
