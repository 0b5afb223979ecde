/// One fact about a delivery, said by a source: immutable, with an id that is unique within its delivery.
package struct Event: Sendable {
    package var id: EventID
    package var type: EventType
    package var merchant: MerchantID
    package var deliveryID: DeliveryID
    /// When it happened, by the source's clock.
    package var occurredAt: Timestamp
    /// The service that says so, such as `logistics/leipzig`.
    package var source: String?
    /// The person or program that acted, for events that come from an action.
    package var actor: String?
    /// `{name, city, region, postcode, country, lat, lon}`, as written.
    package var location: JSONFragment?
    package var reason: Reason?
    /// Free text of the source.
    package var detail: String?
    /// The source's own code.
    package var rawCode: String?
    package var eta: ETA?
    /// Details that this event gives or clears; only types that carry details have an effect (`Reducer`).
    package var details: [DetailChange] = []
    /// `available_for_pickup`: until when.
    package var until: Timestamp?
    /// `delivered`: where it was handed over.
    package var place: HandoverPlace?
    /// `delivered`: the id under which the proof is stored.
    package var proofID: String?
    /// `correction`: which event, and why.
    package var correction: Correction?
    /// `expired`: the event that was last when nothing more was heard.
    package var after: EventID?
    /// Fields that this version does not know, kept and passed on.
    package var extra: [ExtraField] = []

    package init(
        id: EventID, type: EventType, merchant: MerchantID = .default, deliveryID: DeliveryID, occurredAt: Timestamp
    ) {
        self.id = id
        self.type = type
        self.merchant = merchant
        self.deliveryID = deliveryID
        self.occurredAt = occurredAt
    }

    package var key: DeliveryKey { DeliveryKey(merchant: merchant, deliveryID: deliveryID) }
    package var sortKey: SortKey { SortKey(occurredAt: occurredAt, rank: type.rank, id: id) }
}

/// One detail of a delivery, replaced by a value or cleared by `null`. A detail that an event does not name stays.
package enum DetailChange: Hashable, Sendable {
    case recipientID(String?)
    /// `{city, region, postcode, country, country_name}`: nothing that names or reaches a person.
    case destination(JSONFragment?)
    case origin(JSONFragment?)
    case promised(Window?)
    case carrier(String?)
    case trackingNumber(String?)
    case orderReference(String?)
    /// Any JSON object of the merchant's own.
    case metadata(JSONFragment?)
}

/// What a `correction` takes back.
package struct Correction: Hashable, Sendable {
    package enum Why: String, CaseIterable, Sendable {
        case didNotOccur = "did_not_occur"
        case incorrectData = "incorrect_data"
    }

    package var corrects: EventID
    package var why: Why

    package init(corrects: EventID, why: Why) {
        self.corrects = corrects
        self.why = why
    }
}

/// A field that this version does not know.
package struct ExtraField: Hashable, Sendable {
    package var name: String
    package var value: JSONFragment

    package init(name: String, value: JSONFragment) {
        self.name = name
        self.value = value
    }
}

/// The order of the fold: `(occurred_at, rank, event id as UTF-8 bytes)`.
package struct SortKey: Hashable, Comparable, Sendable {
    package var occurredAt: Timestamp
    package var rank: Int
    package var id: EventID

    package init(occurredAt: Timestamp, rank: Int, id: EventID) {
        self.occurredAt = occurredAt
        self.rank = rank
        self.id = id
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.occurredAt != rhs.occurredAt { return lhs.occurredAt < rhs.occurredAt }
        if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
        return lhs.id < rhs.id
    }
}
