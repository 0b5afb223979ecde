/// What an event of some type does to a delivery in some status: the table of `docs/lifecycle.md`, and nothing else.
package enum Transition: Hashable, Sendable {
    /// The event sets the status it asks for.
    case sets(Status)
    /// The event sets the status although it contradicts what was known: `delivered` after `cancelled`.
    case setsWithContradiction(Status)
    /// Kept on the timeline, no effect on the status.
    case kept
    /// Kept on the timeline, and a contradiction: a scan after a terminal status.
    case contradicts
    /// The first event of a delivery that was not created yet: a provisional `created`.
    case provisional
}

package enum TransitionTable {
    /// - Parameter status: the status before the event in the order of the fold; nil before the first one.
    package static func transition(from status: Status?, on type: EventType) -> Transition {
        guard let target = type.status else { return status == nil ? .provisional : .kept }
        switch status {
        case nil: return .sets(target)
        case .created, .dispatched, .onHold, .exception, .expired:
            return type == .created ? .kept : .sets(target)
        case .inTransit, .outForDelivery, .availableForPickup, .attemptFailed:
            return type == .created || type.isHandover ? .kept : .sets(target)
        case .returning:
            switch type {
            case .returning, .returned, .delivered, .cancelled, .outForDelivery, .exception, .held, .customsHeld:
                return .sets(target)
            default: return .kept
            }
        case .delivered:
            switch type {
            case .returning, .returned: return .sets(target)
            case .created, .delivered: return .kept
            default: return .contradicts
            }
        case .returned: return type == .created || type == .returned ? .kept : .contradicts
        case .cancelled:
            switch type {
            case .returning, .returned: return .sets(target)
            case .delivered: return .setsWithContradiction(target)
            case .created, .cancelled: return .kept
            default: return .contradicts
            }
        }
    }
}

extension EventType {
    /// Class *handover*: clocks of sources differ, so one after a move changes nothing.
    package var isHandover: Bool { self == .dispatched || self == .pickedUp }
}
