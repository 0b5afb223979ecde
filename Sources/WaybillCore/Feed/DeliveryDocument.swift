/// A delivery as every call and every update shows it: the public fields of the contract.
package enum DeliveryDocument {
    package static func write(_ delivery: DeliveryState, to json: inout JSONWriter) {
        json.object { json in
            writeIdentity(delivery, to: &json)
            writeExpectations(delivery.folded, to: &json)
            writeWhereabouts(delivery.folded, to: &json)
            writeMoments(delivery.folded, to: &json)
            writeTrouble(delivery, to: &json)
        }
    }

    private static func writeIdentity(_ delivery: DeliveryState, to json: inout JSONWriter) {
        let folded = delivery.folded
        json.member("id", delivery.key.deliveryID.text)
        json.member("merchant", delivery.key.merchant.text)
        json.member("status", folded.status.rawValue)
        json.member("reason", orNull: folded.reason?.rawValue)
        json.member("sequence", delivery.arrival.sequence)
        json.member("tracking_number", orNull: folded.trackingNumber)
        json.member("carrier", orNull: folded.carrier)
        json.member("order_reference", orNull: folded.orderReference)
    }

    private static func writeExpectations(_ folded: FoldedState, to json: inout JSONWriter) {
        json.member("promised", orNull: folded.promised)
        json.member("promised_original", orNull: folded.promisedOriginal)
        json.key("eta")
        if let eta = folded.eta { EventEncoder.write(eta, to: &json) } else { json.null() }
        json.key("delay")
        guard let delay = folded.delay else { return json.null() }
        json.object { json in
            json.member("reason", orNull: delay.reason?.rawValue)
            json.key("minutes")
            if let minutes = delay.minutes { json.value(minutes) } else { json.null() }
            json.member("since", delay.since)
            json.member("event_id", delay.openedBy.text)
        }
    }

    private static func writeWhereabouts(_ folded: FoldedState, to json: inout JSONWriter) {
        json.member("attempts", folded.attempts)
        json.key("last_event")
        if let last = folded.lastEvent {
            json.object { json in
                json.member("id", last.key.id.text)
                json.member("type", last.type.rawValue)
                json.member("occurred_at", last.key.occurredAt)
            }
        } else {
            json.null()
        }
        json.member("last_location", orNull: folded.lastLocation)
        json.member("origin", orNull: folded.origin)
        json.member("destination", orNull: folded.destination)
    }

    private static func writeMoments(_ folded: FoldedState, to json: inout JSONWriter) {
        json.member("created_at", orNull: folded.createdAt)
        json.member("dispatched_at", orNull: folded.dispatchedAt)
        json.member("out_for_delivery_at", orNull: folded.outForDeliveryAt)
        json.member("delivered_at", orNull: folded.deliveredAt)
        json.member("returned_at", orNull: folded.returnedAt)
        json.member("cancelled_at", orNull: folded.cancelledAt)
        json.member("pickup_until", orNull: folded.pickupUntil)
        json.member("place", orNull: folded.place?.rawValue)
        json.member("proof_id", orNull: folded.proofID)
        json.member("recipient_id", orNull: folded.recipientID)
    }

    private static func writeTrouble(_ delivery: DeliveryState, to json: inout JSONWriter) {
        json.key("contradiction")
        if let contradiction = delivery.folded.contradiction {
            json.object { json in
                json.member("event_id", contradiction.event.text)
                json.member("type", contradiction.type.rawValue)
                json.member("occurred_at", contradiction.occurredAt)
                json.member("status", contradiction.status.rawValue)
                json.member("count", contradiction.count)
            }
        } else {
            json.null()
        }
        json.member("provisional", delivery.folded.isProvisional)
        json.key("open_cases")
        json.array(delivery.openCases.kinds) { json, kind in json.value(kind.rawValue) }
        json.key("metadata")
        if let metadata = delivery.folded.metadata { json.value(metadata) } else { json.object { _ in } }
        json.member("updated_at", delivery.arrival.updatedAt)
    }
}

extension JSONWriter {
    package mutating func member(_ name: StaticString, orNull window: Window?) {
        key(name)
        if let window { EventEncoder.write(window, to: &self) } else { null() }
    }
}
