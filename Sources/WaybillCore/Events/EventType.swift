/// What kind of fact an event states. The raw value is the wire name.
package enum EventType: String, CaseIterable, Sendable {
    case created, updated, dispatched
    case pickedUp = "picked_up"
    case departedHub = "departed_hub"
    case inTransit = "in_transit"
    case arrivedAtHub = "arrived_at_hub"
    case held
    case customsHeld = "customs_held"
    case customsCleared = "customs_cleared"
    case released
    case outForDelivery = "out_for_delivery"
    case deliveryAttempted = "delivery_attempted"
    case availableForPickup = "available_for_pickup"
    case exception, returning, cancelled, delivered, returned, delayed
    case etaChanged = "eta_changed"
    case rescheduled, redirected, note, correction, expired, position

    /// Breaks ties between events of the same instant, in the order in which a parcel's life runs.
    ///
    /// `correction` comes last, so that the frontier is well defined; `expired` and `position` are never sorted.
    package var rank: Int {
        switch self {
        case .created: 0
        case .updated: 1
        case .dispatched, .pickedUp: 2
        case .departedHub, .inTransit: 3
        case .arrivedAtHub: 4
        case .held, .customsHeld: 5
        case .customsCleared, .released: 6
        case .outForDelivery: 7
        case .deliveryAttempted: 8
        case .availableForPickup: 9
        case .exception: 10
        case .returning: 11
        case .cancelled: 12
        case .delivered: 13
        case .returned: 14
        case .delayed, .etaChanged, .rescheduled, .redirected, .note: 15
        case .correction, .expired, .position: 16
        }
    }

    /// The status this type of event asks for, where it asks for one.
    package var status: Status? {
        switch self {
        case .created: .created
        case .dispatched, .pickedUp: .dispatched
        case .departedHub, .inTransit, .arrivedAtHub, .customsCleared, .released: .inTransit
        case .held, .customsHeld: .onHold
        case .outForDelivery: .outForDelivery
        case .deliveryAttempted: .attemptFailed
        case .availableForPickup: .availableForPickup
        case .exception: .exception
        case .returning: .returning
        case .cancelled: .cancelled
        case .delivered: .delivered
        case .returned: .returned
        case .updated, .delayed, .etaChanged, .rescheduled, .redirected, .note, .correction, .expired, .position: nil
        }
    }

    /// The CloudEvents type, `waybill.delivery.<type>.v1`.
    package var cloudEventType: String { "waybill.delivery.\(rawValue).v1" }
}

/// Where a delivery stands, computed from its events. The raw value is the wire name.
package enum Status: String, CaseIterable, Sendable {
    case created, dispatched
    case inTransit = "in_transit"
    case outForDelivery = "out_for_delivery"
    case availableForPickup = "available_for_pickup"
    case attemptFailed = "attempt_failed"
    case onHold = "on_hold"
    case exception, delivered, returning, returned, cancelled, expired

    package var isTerminal: Bool { self == .delivered || self == .returned || self == .cancelled }
}
