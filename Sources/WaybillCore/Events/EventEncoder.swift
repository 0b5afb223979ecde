/// Writes the native JSON of an event, fields always in the same order, so that the same event gives the same bytes.
package enum EventEncoder {
    package static func bytes(of event: Event) -> [UInt8] {
        var json = JSONWriter(capacity: 384)
        write(event, to: &json)
        return json.bytes
    }

    package static func write(_ event: Event, to json: inout JSONWriter) {
        json.object { json in writeMembers(of: event, to: &json) }
    }

    /// The members alone, for an object that has more of them.
    package static func writeMembers(of event: Event, to json: inout JSONWriter) {
        json.member("id", event.id.text)
        json.member("type", event.type.rawValue)
        json.member("merchant", event.merchant.text)
        json.member("delivery_id", event.deliveryID.text)
        json.member("occurred_at", event.occurredAt)
        writeFields(of: event, to: &json)
    }

    /// Everything but the five required fields.
    private static func writeFields(of event: Event, to json: inout JSONWriter) {
        if let source = event.source { json.member("source", source) }
        if let actor = event.actor { json.member("actor", actor) }
        for change in event.details { write(change, to: &json) }
        if let location = event.location { json.member("location", location) }
        if let reason = event.reason { json.member("reason", reason.rawValue) }
        if let detail = event.detail { json.member("detail", detail) }
        if let rawCode = event.rawCode { json.member("raw_code", rawCode) }
        if let eta = event.eta {
            json.key("eta")
            write(eta, to: &json)
        }
        if let until = event.until { json.member("until", until) }
        if let place = event.place { json.member("place", place.rawValue) }
        if let proofID = event.proofID { json.member("proof_id", proofID) }
        if let correction = event.correction {
            json.member("corrects", correction.corrects.text)
            json.member("why", correction.why.rawValue)
        }
        if let after = event.after { json.member("after", after.text) }
        for field in event.extra {
            json.key(named: field.name)
            json.value(field.value)
        }
    }

    private static func write(_ change: DetailChange, to json: inout JSONWriter) {
        switch change {
        case .recipientID(let value): json.member("recipient_id", orNull: value)
        case .destination(let value): json.member("destination", orNull: value)
        case .origin(let value): json.member("origin", orNull: value)
        case .carrier(let value): json.member("carrier", orNull: value)
        case .trackingNumber(let value): json.member("tracking_number", orNull: value)
        case .orderReference(let value): json.member("order_reference", orNull: value)
        case .metadata(let value): json.member("metadata", orNull: value)
        case .promised(let value):
            json.key("promised")
            if let value { write(value, to: &json) } else { json.null() }
        }
    }

    package static func write(_ window: Window, to json: inout JSONWriter) {
        json.object { json in
            json.member("earliest", orNull: window.earliest)
            json.member("latest", window.latest)
        }
    }

    package static func write(_ eta: ETA, to json: inout JSONWriter) {
        json.object { json in
            json.member("earliest", orNull: eta.window.earliest)
            json.member("latest", eta.window.latest)
            json.member("source", eta.source.rawValue)
        }
    }

    /// The content of an event as canonical bytes: equal exactly when two events say the same
    /// (instants, numbers by value, unknown fields included; order and spacing of the text apart).
    package static func content(of event: Event) -> [UInt8] {
        let written = bytes(of: event)
        return (try? JSONCanonical.bytes(of: written)) ?? written
    }
}
