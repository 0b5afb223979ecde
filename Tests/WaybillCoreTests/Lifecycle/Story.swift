import TestSupport
import Testing
import WaybillCore

/// Events in the order in which they arrive, told to a fresh delivery.
struct Story {
    private(set) var delivery = RestartingDelivery()

    /// Offers an event that must be applied.
    @discardableResult
    mutating func tell(_ event: Event, sourceLocation: SourceLocation = #_sourceLocation) throws -> AppliedEvent {
        guard case .applied(let applied) = delivery.offer(event) else {
            Issue.record("\(event.id) was not applied", sourceLocation: sourceLocation)
            throw EventRejection(.malformed, "not applied")
        }
        return applied
    }

    /// The milestones that these events announce, `-` for none.
    static func milestones(_ events: [Event]) throws -> [String] {
        var story = Story()
        return try events.map { try story.tell($0).milestone?.rawValue ?? "-" }
    }

    static func state(_ events: [Event]) throws -> FoldedState {
        var story = Story()
        for event in events { try story.tell(event) }
        return story.delivery.state.folded
    }
}

extension Event {
    /// An event at some hour, its id made of type and hour.
    static func at(_ hours: Int64, _ type: EventType, id: String? = nil, _ change: (inout Event) -> Void = { _ in })
        -> Event
    {
        var event = NastySets.event(id ?? "\(type.rawValue)-\(hours)", type, hours)
        change(&event)
        return event
    }

    static func correcting(_ target: String, at hours: Int64) -> Event {
        NastySets.correction("correction-of-\(target)", of: target, hours)
    }

    static func hour(_ hours: Int64) -> Timestamp { EventSets.start.advanced(bySeconds: hours * 3600) }
}
