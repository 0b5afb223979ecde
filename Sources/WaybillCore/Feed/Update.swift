/// Where an update stands in the feed: the tracker numbers updates 1, 2, 3, ... in each partition.
package struct FeedPosition: Hashable, Sendable {
    package var partition: Int
    package var position: Int64

    package init(partition: Int, position: Int64) {
        self.partition = partition
        self.position = position
    }
}

/// What the platform says after it applied an event.
package struct Update: Sendable {
    package var at: FeedPosition
    package var applied: AppliedEvent

    package init(at: FeedPosition, applied: AppliedEvent) {
        self.at = at
        self.applied = applied
    }

    package var delivery: DeliveryState { applied.after }

    /// Stable across restarts, replicas and rebuilds: `<merchant>/<delivery id>/<sequence>`.
    package var id: String { "\(delivery.key.text)/\(applied.entry.sequence)" }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("kind", "event")
            json.member("merchant", delivery.key.merchant.text)
            json.member("delivery_id", delivery.key.deliveryID.text)
            json.member("sequence", applied.entry.sequence)
            json.member("partition", at.partition)
            json.member("position", at.position)
            json.key("event")
            EventEncoder.write(applied.entry.event, to: &json)
            json.member("received_at", applied.entry.receivedAt)
            json.member("status", delivery.folded.status.rawValue)
            json.member("previous_status", orNull: applied.previousStatus?.rawValue)
            if let milestone = applied.milestone { json.member("milestone", milestone.rawValue) }
            json.member("late_arrival", applied.isLate)
            json.key("changed")
            json.array(applied.changedFields) { json, name in json.value(name) }
            json.key("delivery")
            DeliveryDocument.write(delivery, to: &json)
        }
    }
}

extension AppliedEvent {
    /// The public fields whose value this event changed, in the order of the document.
    package var changedFields: [String] {
        let old = before ?? FoldedState()
        let new = after.folded
        var names: [String] = []
        func check(_ name: String, _ isSame: Bool) { if !isSame { names.append(name) } }
        check("status", before != nil && old.status == new.status)
        check("reason", old.reason == new.reason)
        check("tracking_number", old.trackingNumber == new.trackingNumber)
        check("carrier", old.carrier == new.carrier)
        check("order_reference", old.orderReference == new.orderReference)
        check("promised", old.promised == new.promised)
        check("promised_original", old.promisedOriginal == new.promisedOriginal)
        check("eta", old.eta == new.eta)
        check("delay", old.delay == new.delay)
        check("attempts", old.attempts == new.attempts)
        check("last_event", old.lastEvent == new.lastEvent)
        check("last_location", old.lastLocation == new.lastLocation)
        check("origin", old.origin == new.origin)
        check("destination", old.destination == new.destination)
        check("created_at", old.createdAt == new.createdAt)
        check("dispatched_at", old.dispatchedAt == new.dispatchedAt)
        check("out_for_delivery_at", old.outForDeliveryAt == new.outForDeliveryAt)
        check("delivered_at", old.deliveredAt == new.deliveredAt)
        check("returned_at", old.returnedAt == new.returnedAt)
        check("cancelled_at", old.cancelledAt == new.cancelledAt)
        check("pickup_until", old.pickupUntil == new.pickupUntil)
        check("place", old.place == new.place)
        check("proof_id", old.proofID == new.proofID)
        check("recipient_id", old.recipientID == new.recipientID)
        check("contradiction", old.contradiction == new.contradiction)
        check("provisional", before != nil && old.isProvisional == new.isProvisional)
        check("metadata", old.metadata == new.metadata)
        return names
    }
}
