/// The body of a webhook, as Standard Webhooks 1.0.0 shapes it: `{type, timestamp, data}`. Templates are filled with
/// the same data.
package enum WebhookPayload {
    /// `delivery.delivered`, `delivery.case.late`, `delivery.updated`.
    package static func type(of occasion: Occasion.Kind) -> String { "delivery." + occasion.name }

    /// - Parameter previous: the sequence of the last message of the delivery to the same receiver, so that it notices
    ///   what it has missed.
    package static func json(_ occurrence: Occurrence, previous: Int64?) -> JSONFragment {
        let whole = json(occurrence, previous: previous, isWhole: true)
        guard whole.text.utf8.count > Limits.webhookBytes else { return whole }
        return json(occurrence, previous: previous, isWhole: false)
    }

    private static func json(
        _ occurrence: Occurrence, previous: Int64?, isWhole: Bool
    ) -> JSONFragment {
        let occasion = occurrence.occasion
        let delivery = occurrence.delivery
        var json = JSONWriter(capacity: 2048)
        json.object { json in
            json.member("type", type(of: occasion.kind))
            json.member("timestamp", occasion.at)
            json.key("data")
            json.object { json in
                json.member("id", occurrence.id)
                json.member("merchant", delivery.key.merchant.text)
                json.member("delivery_id", delivery.key.deliveryID.text)
                json.member("occasion", occasion.name)
                json.member("instance", occasion.instance)
                json.member("sequence", occurrence.sequence)
                json.key("previous_sequence")
                if let previous { json.value(previous) } else { json.null() }
                json.member("late_arrival", occurrence.isLate)
                json.member("status", delivery.folded.status.rawValue)
                json.member("previous_status", orNull: occurrence.previousStatus?.rawValue)
                json.member("truncated", !isWhole)
                if isWhole { occurrence.writeWhole(to: &json) }
            }
        }
        return JSONFragment(trusted: json.text)
    }

    /// What is signed: id, timestamp and body with dots between them, exactly the bytes that are sent.
    package static func signingInput(id: String, seconds: Int64, body: some Sequence<UInt8>) -> [UInt8] {
        Array("\(id).\(seconds).".utf8) + body
    }
}
