import WaybillCore

/// What a list of deliveries is narrowed to. Empty: everything of the merchant.
package struct DeliveryFilter: Hashable, Sendable {
    package var statuses: [Status] = []
    package var carrier: String?
    /// A delivery id, tracking number or order reference, or the beginning of one.
    package var search: String?
    package var promisedBefore: Timestamp?
    package var updatedAfter: Timestamp?
    /// With an open case of this kind.
    package var openCase: CaseKind?

    package init() {}

    /// Whether such a delivery is in the list.
    package func matches(_ delivery: DeliveryFacts) -> Bool {
        if !statuses.isEmpty, !statuses.contains(delivery.status) { return false }
        if let carrier, delivery.carrier?.hasSameBytes(as: carrier) != true { return false }
        if let search {
            let candidates = [delivery.key.deliveryID.text, delivery.trackingNumber, delivery.orderReference]
            guard candidates.contains(where: { $0?.utf8.starts(with: search.utf8) == true }) else { return false }
        }
        if let promisedBefore {
            guard let latest = delivery.promisedLatest, latest < promisedBefore else { return false }
        }
        if let updatedAfter, delivery.updatedAt <= updatedAfter { return false }
        return openCase.map { delivery.openCases.contains($0) } ?? true
    }
}

/// What a filter asks of a delivery.
package struct DeliveryFacts: Hashable, Sendable {
    package var key: DeliveryKey
    package var status: Status
    package var carrier: String?
    package var trackingNumber: String?
    package var orderReference: String?
    package var promisedLatest: Timestamp?
    package var updatedAt: Timestamp
    package var openCases: CaseSet = []

    package init(_ key: DeliveryKey, _ folded: FoldedState, updatedAt: Timestamp, openCases: CaseSet = []) {
        self.key = key
        self.openCases = openCases
        status = folded.status
        carrier = folded.carrier
        trackingNumber = folded.trackingNumber
        orderReference = folded.orderReference
        promisedLatest = folded.promised?.latest
        self.updatedAt = updatedAt
    }

    package init(_ delivery: DeliveryState) {
        self.init(
            delivery.key, delivery.folded, updatedAt: delivery.arrival.updatedAt, openCases: delivery.openCases)
    }

    package init(key: DeliveryKey, status: Status, updatedAt: Timestamp) {
        self.key = key
        self.status = status
        self.updatedAt = updatedAt
    }
}
