/// What the platform says after a case changed: `kind: "case"`, on the same feed as events.
package struct CaseUpdate: Sendable {
    package var at: FeedPosition
    /// The number of the change in its store.
    package var number: Int64
    /// After the change, its open cases included. The change raised no `sequence`.
    package var delivery: DeliveryState
    package var openBefore: CaseSet
    /// The case after the change, and what happened to it (`CaseChange.fragment`).
    package var fragment: JSONFragment
    /// Nil: the monitor.
    package var actor: String?
    package var changedAt: Timestamp

    package init(
        at: FeedPosition, number: Int64, delivery: DeliveryState, openBefore: CaseSet, fragment: JSONFragment,
        actor: String?, changedAt: Timestamp
    ) {
        self.at = at
        self.number = number
        self.delivery = delivery
        self.openBefore = openBefore
        self.fragment = fragment
        self.actor = actor
        self.changedAt = changedAt
    }

    /// Stable across restarts and replicas.
    package var id: String { "\(delivery.key.text)/case/\(number)" }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("kind", "case")
            json.member("merchant", delivery.key.merchant.text)
            json.member("delivery_id", delivery.key.deliveryID.text)
            json.member("sequence", delivery.arrival.sequence)
            json.member("partition", at.partition)
            json.member("position", at.position)
            json.member("case", fragment)
            if let actor { json.member("actor", actor) }
            json.member("at", changedAt)
            json.key("previous")
            json.object { json in
                json.key("open_cases")
                json.array(openBefore.kinds) { json, kind in json.value(kind.rawValue) }
            }
            json.key("delivery")
            DeliveryDocument.write(delivery, to: &json)
        }
    }
}
