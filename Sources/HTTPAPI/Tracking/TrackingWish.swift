import WaybillCore

/// What a customer asks for on the tracking page.
enum TrackingWish: Hashable, Sendable {
    /// Come on another day.
    case day(Int64, window: Window)
    case neighbour
    /// "I did not receive it."
    case missing

    /// Nil for a form that asks for nothing, or for something that this delivery does not allow by now.
    init?(form body: [UInt8], _ view: TrackingView) {
        var fields: [String: String] = [:]
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = PercentEncoding.decode(parts[1].replacing("+", with: " "))
        }
        let today = view.clock.day(view.now)
        switch (fields["wish"], fields["day"].flatMap { Int64($0) }) {
        case ("missing", _) where view.deliveredAt != nil && !view.isMissing: self = .missing
        case ("neighbour", _) where view.canBeMoved: self = .neighbour
        case (_, let day?) where view.canBeMoved && (today + 1...today + 7).contains(day):
            let window = Window(
                earliest: view.clock.instant(day: day, hour: 8), latest: view.clock.instant(day: day, hour: 18))
            self = .day(day, window: window)
        default: return nil
        }
    }

    /// The same wish has the same name, so that two clicks are one event.
    var name: String {
        switch self {
        case .day(let day, _): "day \(day)"
        case .neighbour: "neighbour"
        case .missing: "missing"
        }
    }

    /// "Not received" after "delivered" is a contradiction, which a person decides.
    func event(_ key: DeliveryKey, id: EventID, at now: Timestamp) -> Event {
        var event = Event(
            id: id, type: type, merchant: key.merchant, deliveryID: key.deliveryID, occurredAt: now)
        event.source = Event.recipientSource
        switch self {
        case .day(_, let window): event.details = [.promised(window)]
        case .neighbour: event.detail = "The recipient asks: to a neighbour."
        case .missing:
            event.detail = "The recipient says that it did not arrive."
            event.reason = .unknown
        }
        return event
    }

    private var type: EventType {
        switch self {
        case .day: .rescheduled
        case .neighbour: .note
        case .missing: .exception
        }
    }
}
