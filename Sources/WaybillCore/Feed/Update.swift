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
    /// The cases that the feed had told as open before this place.
    package var openCases: CaseSet

    package init(at: FeedPosition, applied: AppliedEvent, openCases: CaseSet? = nil) {
        self.at = at
        self.applied = applied
        self.openCases = openCases ?? applied.after.openCases
    }

    package var delivery: DeliveryState {
        var delivery = applied.after
        delivery.openCases = openCases
        return delivery
    }

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
            applied.writePrevious(to: &json)
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
    /// What lists are narrowed by and was otherwise before: who watches a filtered list learns that a delivery left it.
    fileprivate func writePrevious(to json: inout JSONWriter) {
        guard let old = before else { return }
        let new = after.folded
        let texts: [(StaticString, String?, String?)] = [
            ("tracking_number", old.trackingNumber, new.trackingNumber), ("carrier", old.carrier, new.carrier),
            ("order_reference", old.orderReference, new.orderReference),
        ]
        let changed = texts.filter { $1.map { Array($0.utf8) } != $2.map { Array($0.utf8) } }
        guard !changed.isEmpty || old.promised != new.promised else { return }
        json.key("previous")
        json.object { json in
            for (name, before, _) in changed { json.member(name, orNull: before) }
            if old.promised != new.promised { json.member("promised", orNull: old.promised) }
        }
    }

    /// The public fields whose value this event changed, in the order of the document.
    package var changedFields: [String] {
        let old = before ?? FoldedState()
        let new = after.folded
        var names: [String] = []
        func check(_ name: String, _ isSame: Bool) { if !isSame { names.append(name) } }
        /// Swift holds "é" and "e\u{301}" equal; who reads the new bytes must be told.
        func check(_ name: String, _ text: KeyPath<FoldedState, String?>) {
            check(name, old[keyPath: text].map { Array($0.utf8) } == new[keyPath: text].map { Array($0.utf8) })
        }
        check("status", before != nil && old.status == new.status)
        check("reason", old.reason == new.reason)
        check("tracking_number", \.trackingNumber)
        check("carrier", \.carrier)
        check("order_reference", \.orderReference)
        check("promised", old.promised == new.promised)
        check("promised_original", old.promisedOriginal == new.promisedOriginal)
        check("eta", old.eta == new.eta)
        check("delay", old.shownDelay == new.shownDelay)
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
        check("proof_id", \.proofID)
        check("recipient_id", \.recipientID)
        check("contradiction", old.contradiction == new.contradiction)
        check("provisional", before != nil && old.isProvisional == new.isProvisional)
        check("metadata", old.shownMetadata == new.shownMetadata)
        return names
    }
}

extension FoldedState {
    /// The delay without what the document does not show.
    fileprivate var shownDelay: Delay? {
        var delay = delay
        delay?.expectedBy = nil
        return delay
    }

    /// No metadata and an empty object look the same.
    fileprivate var shownMetadata: JSONFragment { metadata ?? JSONFragment(trusted: "{}") }
}
