import WaybillCore

/// Ways to make an event that must be refused, one for each code that a sender can provoke.
package enum Spoilage: UInt8, CaseIterable, Sendable {
    case cutOff, withoutDelivery, withoutOffset, unknownType, bloated, farFuture, reusedID

    /// The code of the contract that it must be refused with.
    package var code: EventRejection.Code {
        switch self {
        case .cutOff: .malformed
        case .withoutDelivery: .missingField
        case .withoutOffset: .invalidField
        case .unknownType: .unknownType
        case .bloated: .tooLarge
        case .farFuture: .occurredInFuture
        case .reusedID: .idConflict
        }
    }

    /// A reused id is seen only where the delivery's history is known: after the log took the event.
    package var isFoundLater: Bool { self == .reusedID }

    /// Spoils a good event. The id is another one, so that its refusal says nothing about the good one.
    func write(_ good: Event, to json: inout JSONWriter) {
        var event = good
        if self != .reusedID { event.id = EventID(trusted: "spoiled-" + good.id.text) }
        switch self {
        case .cutOff: json.raw(EventEncoder.bytes(of: event).dropLast(12))
        case .bloated:
            event.detail = String(repeating: "z", count: Limits.eventBytes)
            EventEncoder.write(event, to: &json)
        case .farFuture:
            event.occurredAt = Self.year2999
            EventEncoder.write(event, to: &json)
        case .reusedID:
            event.detail = "said again in other words"
            EventEncoder.write(event, to: &json)
        case .withoutDelivery, .withoutOffset, .unknownType: writeByHand(event, to: &json)
        }
    }

    /// What the encoder cannot write, since an `Event` cannot hold it.
    private func writeByHand(_ event: Event, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", event.id.text)
            json.member("type", self == .unknownType ? "teleported" : event.type.rawValue)
            json.member("merchant", event.merchant.text)
            if self != .withoutDelivery { json.member("delivery_id", event.deliveryID.text) }
            if self == .withoutOffset {
                json.member("occurred_at", String(event.occurredAt.rfc3339.dropLast()))
            } else {
                json.member("occurred_at", event.occurredAt)
            }
            if let source = event.source { json.member("source", source) }
        }
    }

    /// 2999-01-01T00:00:00Z: in the future whenever this runs.
    private static let year2999 = Timestamp(seconds: 32_472_144_000)
}
