/// The stored form of the folded state: JSON with sorted keys, times in microseconds, absent where nil.
///
/// The frontier is left out where it is the last event's key, as it almost always is. It is what the state hash covers (`canonical`), so what is stored is what is compared.
extension FoldedState {
    package var encoded: [UInt8] {
        var json = JSONWriter(capacity: 768)
        json.object { json in
            writeFirstHalf(to: &json)
            writeSecondHalf(to: &json)
        }
        return json.bytes
    }

    /// The canonical bytes that the any-order hash covers.
    package var canonical: [UInt8] {
        let encoded = encoded
        return (try? JSONCanonical.bytes(of: encoded)) ?? encoded
    }

    private func writeFirstHalf(to json: inout JSONWriter) {
        if attempts != 0 { json.member("attempts", attempts) }
        if awaitsEvent { json.member("awaits", true) }
        json.instant("cancelled_at", cancelledAt)
        json.text("carrier", carrier)
        if let contradiction { json.key("contradiction"); contradiction.write(to: &json) }
        json.instant("created_at", createdAt)
        if let delay { json.key("delay"); delay.write(to: &json) }
        json.instant("delivered_at", deliveredAt)
        if let destination { json.member("destination", destination) }
        json.instant("dispatched_at", dispatchedAt)
        if !etas.isEmpty {
            json.key("etas")
            json.array(etas) { json, stated in
                json.object { json in
                    json.instant("earliest", stated.eta.window.earliest)
                    json.instant("latest", stated.eta.window.latest)
                    json.member("source", stated.eta.source.rawValue)
                    json.instant("stated_at", stated.statedAt)
                }
            }
        }
        if isExpired { json.member("expired", true) }
        if let frontier, frontier != lastEvent?.key { json.key("frontier"); frontier.write(to: &json, type: nil) }
        if let lastEvent { json.key("last_event"); lastEvent.key.write(to: &json, type: lastEvent.type) }
        if let lastLocation { json.member("last_location", lastLocation) }
    }

    private func writeSecondHalf(to json: inout JSONWriter) {
        if let metadata { json.member("metadata", metadata) }
        json.text("order_reference", orderReference)
        if let origin { json.member("origin", origin) }
        json.instant("out_for_delivery_at", outForDeliveryAt)
        json.instant("pickup_until", pickupUntil)
        json.text("place", place?.rawValue)
        json.window("promised", promised)
        json.window("promised_original", promisedOriginal)
        json.text("proof_id", proofID)
        if isProvisional { json.member("provisional", true) }
        json.text("reason", reason?.rawValue)
        json.text("recipient_id", recipientID)
        json.instant("returned_at", returnedAt)
        json.member("status", reducedStatus.rawValue)
        json.text("status_event", statusEvent?.text)
        json.text("tracking_number", trackingNumber)
    }
}

extension JSONWriter {
    fileprivate mutating func instant(_ name: StaticString, _ value: Timestamp?) {
        if let value { member(name, value.microseconds) }
    }

    fileprivate mutating func text(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    fileprivate mutating func window(_ name: StaticString, _ window: Window?) {
        guard let window else { return }
        key(name)
        object { json in
            json.instant("earliest", window.earliest)
            json.instant("latest", window.latest)
        }
    }
}

extension Contradiction {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("count", count)
            json.member("event", event.text)
            json.instant("occurred_at", occurredAt)
            json.member("status", status.rawValue)
            json.member("type", type.rawValue)
        }
    }
}

extension Delay {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.instant("expected_by", expectedBy)
            if let minutes { json.member("minutes", minutes) }
            json.member("opened_by", openedBy.text)
            json.text("reason", reason?.rawValue)
            json.instant("since", since)
        }
    }
}

extension SortKey {
    fileprivate func write(to json: inout JSONWriter, type: EventType?) {
        json.object { json in
            json.instant("at", occurredAt)
            json.member("id", id.text)
            json.member("rank", rank)
            json.text("type", type?.rawValue)
        }
    }
}
