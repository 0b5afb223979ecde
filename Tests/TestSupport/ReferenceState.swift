import WaybillCore

/// What the reference fold computes: plain values, no rules beyond "a detail given replaces, null clears".
package struct ReferenceState {
    package struct Contradiction {
        package var event: Event
        package var status: Status
        package var count: Int
    }

    package struct Delay {
        package var openedBy: EventID
        package var since: Timestamp
        package var reason: Reason?
        package var expectedBy: Timestamp?
        package var minutes: Int?
    }

    package var status: Status = .created
    package var isExpired = false
    package var statusEvent: EventID?
    package var reason: Reason?
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
    package var promisedOriginal: Window?
    package var carrier: String?
    package var trackingNumber: String?
    package var orderReference: String?
    package var metadata: JSONFragment?
    package var place: HandoverPlace?
    package var proofID: String?
    package var pickupUntil: Timestamp?
    package var etas: [(eta: ETA, statedAt: Timestamp)] = []
    package var delay: Delay?
    package var contradiction: Contradiction?
    package var lastEvent: Event?
    package var lastLocation: JSONFragment?
    package var frontier: Event?
    package var waits = false

    mutating func take(_ change: DetailChange) {
        switch change {
        case .recipientID(let value): recipientID = value
        case .destination(let value): destination = value
        case .origin(let value): origin = value
        case .promised(let value): promised = value
        case .carrier(let value): carrier = value
        case .trackingNumber(let value): trackingNumber = value
        case .orderReference(let value): orderReference = value
        case .metadata(let value): metadata = value
        }
    }
}
