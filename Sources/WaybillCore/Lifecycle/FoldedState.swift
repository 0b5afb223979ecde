/// The folded part of a delivery's state: a pure function of the *set* of its accepted events.
///
/// Two deliveries with the same events have equal values here, whatever the order and number of arrivals.
package struct FoldedState: Hashable, Sendable {
    /// The status by the table; `expired` lies over it (`isExpired`).
    package var reducedStatus: Status = .created
    /// An `expired` event names the event that is still the last.
    package var isExpired = false
    /// The event that set the status; nil while a provisional `created` stands.
    package var statusEvent: EventID?
    /// The reason given by the event that set the status.
    package var reason: Reason?
    /// No `created` event is known yet.
    package var isProvisional = true

    package var createdAt: Timestamp?
    package var dispatchedAt: Timestamp?
    package var outForDeliveryAt: Timestamp?
    package var deliveredAt: Timestamp?
    package var returnedAt: Timestamp?
    package var cancelledAt: Timestamp?
    package var attempts = 0

    package var recipientID: String?
    package var destination: JSONFragment?
    package var origin: JSONFragment?
    package var promised: Window?
    /// The first promise, once one was moved: on-time is counted against it.
    package var promisedOriginal: Window?
    package var carrier: String?
    package var trackingNumber: String?
    package var orderReference: String?
    package var metadata: JSONFragment?
    package var place: HandoverPlace?
    package var proofID: String?
    package var pickupUntil: Timestamp?

    /// The latest arrival time of each source, in the order of `ETASource.allCases`.
    package var etas: [EstimatedArrival] = []
    package var delay: Delay?
    package var contradiction: Contradiction?

    /// The event with the greatest sort key among those in force.
    package var lastEvent: LastEvent?
    package var lastLocation: JSONFragment?

    /// The greatest sort key of every event ever kept, corrected ones and corrections included. It never falls.
    package var frontier: SortKey?
    /// A correction's target, or the event that an `expired` follows, has not come: every event re-reads the history.
    package var awaitsEvent = false

    package init() {}

    package var status: Status { isExpired ? .expired : reducedStatus }

    /// The promise that on-time is counted against.
    package var accountablePromise: Window? { promisedOriginal ?? promised }

    /// The arrival time to show: carrier, then planner, then predicted, unless it is 48 h older than the last event;
    /// else the youngest.
    package var eta: ETA? {
        let horizon = (lastEvent?.key.occurredAt ?? Timestamp(microseconds: .min / 2))
            .advanced(bySeconds: -Limits.staleETASeconds)
        let preferred = etas.first { $0.statedAt >= horizon }
        return (preferred ?? etas.max { $0.statedAt < $1.statedAt })?.eta
    }
}

/// What one source says of the arrival, and when it said so.
package struct EstimatedArrival: Hashable, Sendable {
    package var eta: ETA
    package var statedAt: Timestamp
}

/// An open delay, an attribute beside the status.
package struct Delay: Hashable, Sendable {
    /// The event that opened it.
    package var openedBy: EventID
    package var since: Timestamp
    package var reason: Reason?
    /// The end of the newest arrival time since it opened.
    package var expectedBy: Timestamp?
    /// New arrival's end minus the promise's end; nil while either is unknown.
    package var minutes: Int?
}

/// The latest event that a terminal status forbids.
package struct Contradiction: Hashable, Sendable {
    package var event: EventID
    package var type: EventType
    package var occurredAt: Timestamp
    /// The terminal status that it contradicts.
    package var status: Status
    /// How many such events there are.
    package var count: Int
}

package struct LastEvent: Hashable, Sendable {
    package var key: SortKey
    package var type: EventType
}
