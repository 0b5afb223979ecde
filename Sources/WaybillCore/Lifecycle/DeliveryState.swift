/// Everything kept of one delivery: the folded part, a function of the set of its events, and the arrival part, which
/// depends on the order in which they came.
package struct DeliveryState: Sendable {
    /// The folded part is large and held in many places at once: by the batch, its updates, the next batch. They share
    /// it.
    private final class Shared: Sendable {
        let folded: FoldedState
        init(_ folded: FoldedState) { self.folded = folded }
    }

    package let key: DeliveryKey
    package var arrival: ArrivalState
    /// Kinds of its open cases, as far as the feed has told them. Not of its events: no part of fold or hash.
    package var openCases: CaseSet = []
    private var shared: Shared

    package init(key: DeliveryKey, folded: FoldedState = FoldedState(), arrival: ArrivalState = ArrivalState()) {
        self.key = key
        self.arrival = arrival
        shared = Shared(folded)
    }

    package var folded: FoldedState {
        _read { yield shared.folded }
        set { shared = Shared(newValue) }
    }
}

/// The arrival part: not covered by the any-order hash.
package struct ArrivalState: Hashable, Sendable {
    /// Applied events of this delivery: 1, 2, 3, ..., so that gaps are visible. 0: nothing was applied yet.
    package var sequence: Int64 = 0
    /// The record time of the last applied event.
    package var updatedAt = Timestamp(microseconds: 0)
    /// Hashes of the ids of the last `Limits.recentEventIDs` applied events, oldest first.
    package var recentIDs: [UInt32] = []
    /// Milestones that were announced and are still true, with the announcing event.
    package var announced: [Announcement] = []

    package init() {}
}

/// A milestone that people were told about; the event's id is its instance.
package struct Announcement: Hashable, Sendable {
    package var milestone: Milestone
    package var event: EventID

    package init(milestone: Milestone, event: EventID) {
        self.milestone = milestone
        self.event = event
    }
}

/// A moment people are told about. The raw value is the wire name.
package enum Milestone: String, CaseIterable, Sendable {
    case created, dispatched
    case inTransit = "in_transit"
    case outForDelivery = "out_for_delivery"
    case availableForPickup = "available_for_pickup"
    case attemptFailed = "attempt_failed"
    case delayed, exception, delivered, returning, returned, cancelled
    /// An announced milestone is no longer true.
    case corrected

    /// May be announced again without a correction in between.
    package var recurs: Bool {
        switch self {
        case .attemptFailed, .exception, .delayed, .outForDelivery, .corrected: true
        default: false
        }
    }

    /// Still worth telling when the event came late.
    package var survivesLateArrival: Bool { self == .delivered || self == .returned || self == .cancelled }
}

extension Status {
    /// The milestone that entering this status announces.
    package var milestone: Milestone? {
        switch self {
        case .onHold, .expired: nil
        case .created: .created
        case .dispatched: .dispatched
        case .inTransit: .inTransit
        case .outForDelivery: .outForDelivery
        case .availableForPickup: .availableForPickup
        case .attemptFailed: .attemptFailed
        case .exception: .exception
        case .delivered: .delivered
        case .returning: .returning
        case .returned: .returned
        case .cancelled: .cancelled
        }
    }
}
