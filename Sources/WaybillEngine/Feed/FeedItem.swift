import WaybillCore

/// One thing that happened, ready to be sent: its JSON is written once, for all subscribers.
package struct FeedItem: Sendable {
    package enum Content: Sendable {
        case update(UpdateFacts)
        /// A GPS fix of this delivery: no place in the feed, shown while it is fresh.
        case position(DeliveryKey)
    }

    package var content: Content
    package var json: [UInt8]
    /// The text of `cursor`, written once for all subscribers.
    package var cursorText: String
    /// The cursor after this item for everyone who has seen all items before it.
    package var cursor: FeedCursor

    package init(_ content: Content, json: [UInt8], cursor: FeedCursor) {
        self.content = content
        self.json = json
        self.cursor = cursor
        cursorText = cursor.text
    }

    package init(update: FeedUpdate, cursor: FeedCursor) {
        self.init(.update(update.facts), json: update.json, cursor: cursor)
    }

    package init(update: Update, cursor: FeedCursor) { self.init(update: .event(update), cursor: cursor) }

    package init(position fix: PositionFix, cursor: FeedCursor) {
        self.init(.position(fix.key), json: fix.json, cursor: cursor)
    }

    /// Whether someone who watches this merchant with this filter is shown the item: it matches before *or* after it.
    package func concerns(_ merchant: MerchantID, _ filter: DeliveryFilter) -> Bool {
        switch content {
        case .position(let key): return key.merchant == merchant && filter == DeliveryFilter()
        case .update(let update):
            guard update.after.key.merchant == merchant else { return false }
            if filter == DeliveryFilter() || filter.matches(update.after) { return true }
            return update.before.map(filter.matches) ?? false
        }
    }
}

/// What streams need to know of an update, whichever process made it.
package struct UpdateFacts: Hashable, Sendable {
    package var at: FeedPosition
    package var sequence: Int64
    package var after: DeliveryFacts
    /// Nil for the update that made the delivery.
    package var before: DeliveryFacts?

    package init(at: FeedPosition, sequence: Int64, after: DeliveryFacts, before: DeliveryFacts?) {
        self.at = at
        self.sequence = sequence
        self.after = after
        self.before = before
    }

    package init(_ update: Update) {
        let after = DeliveryFacts(update.delivery)
        self.init(
            at: update.at, sequence: update.applied.entry.sequence, after: after,
            before: update.applied.before.map {
                DeliveryFacts(after.key, $0, updatedAt: after.updatedAt, openCases: after.openCases)
            })
    }

    /// Only the cases are otherwise before it.
    package init(_ update: CaseUpdate) {
        let after = DeliveryFacts(update.delivery)
        var before = after
        before.openCases = update.openBefore
        self.init(at: update.at, sequence: update.delivery.arrival.sequence, after: after, before: before)
    }

    /// As `Update.id`.
    package var id: String { "\(after.key.text)/\(sequence)" }
}

extension Update {
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        write(to: &writer)
        return writer.bytes
    }
}

extension CaseUpdate {
    package init(at: FeedPosition, _ change: UntoldChange, _ delivery: DeliveryState, openBefore: CaseSet) {
        self.init(
            at: at, number: change.number, delivery: delivery, openBefore: openBefore, fragment: change.fragment,
            actor: change.actor, changedAt: change.at)
    }

    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        write(to: &writer)
        return writer.bytes
    }
}

extension PositionFix {
    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.object { json in
            json.member("kind", "position")
            json.member("merchant", key.merchant.text)
            json.member("delivery_id", key.deliveryID.text)
            json.member("event_id", id.text)
            json.member("occurred_at", occurredAt)
            json.member("location", location)
        }
        return writer.bytes
    }
}
