/// A receiver of a merchant's webhooks.
package struct WebhookEndpoint: Hashable, Sendable {
    package var id: String
    package var url: String
    package var description: String?
    /// Event types such as `delivery.delivered`; `delivery.*` for all milestones. Empty: all milestones.
    package var events: [String] = []
    /// Messages of one delivery go out one after the other.
    package var isOrdered = false
    package var isDisabled = false
    /// Why, where the platform did it.
    package var disabledBecause: String?
    /// Whose mailbox hears of trouble.
    package var ownerEmail: String?
    package var secrets: [SigningSecret] = []

    package init(id: String, url: String) {
        self.id = id
        self.url = url
    }

    /// Whether it asked for this occasion.
    package func wants(_ occasion: Occasion.Kind) -> Bool {
        let type = WebhookPayload.type(of: occasion)
        if events.isEmpty { return occasion != .update }
        return events.contains { $0 == type || $0 == "delivery.*" && occasion != .update }
    }

    /// The secrets that sign now, newest first.
    package func signingSecrets(at now: Timestamp) -> [SigningSecret] {
        secrets.filter { $0.validUntil.map { now < $0 } ?? true }
    }

    /// A new secret signs from now on; the ones before it go on signing beside it for a day.
    package mutating func rotate(to secret: Secret, at now: Timestamp) {
        let end = now.advanced(bySeconds: Limits.secretOverlapSeconds)
        let old = signingSecrets(at: now).prefix(Limits.secretsPerEndpoint - 1)
        secrets =
            [SigningSecret(secret: secret, validUntil: nil)]
            + old.map { SigningSecret(secret: $0.secret, validUntil: $0.validUntil ?? end) }
    }
}

/// `whsec_...` signs with HMAC, `whsk_...` with ed25519.
package struct SigningSecret: Hashable, Sendable {
    package var secret: Secret
    /// Nil for the one in force.
    package var validUntil: Timestamp?

    package init(secret: Secret, validUntil: Timestamp?) {
        self.secret = secret
        self.validUntil = validUntil
    }
}

extension WebhookEndpoint {
    /// As it is stored, secrets and all. Nothing that is shown is written by this.
    package var stored: JSONFragment {
        var json = JSONWriter()
        json.object { json in
            json.member("url", url)
            json.member("description", orNull: description)
            json.key("events")
            json.array(events) { $0.value($1) }
            json.member("ordered", isOrdered)
            json.member("disabled", isDisabled)
            json.member("disabled_because", orNull: disabledBecause)
            json.member("owner_email", orNull: ownerEmail)
            json.key("secrets")
            json.array(secrets) { json, secret in
                json.object { json in
                    json.member("secret", secret.secret.revealed)
                    json.member("valid_until", orNull: secret.validUntil)
                }
            }
        }
        return JSONFragment(trusted: json.text)
    }

    /// Nil for what is not an endpoint.
    package init?(id: String, stored: JSONFragment) {
        self.init(id: id, url: "")
        var text = stored.text
        let isRead = text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            return (try? read(&reader)) != nil
        }
        if !isRead || url.isEmpty { return nil }
    }

    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "url": url = try reader.readString()
            case "description": description = try reader.readNull() ? nil : try reader.readString()
            case "events": events = try reader.readStrings()
            case "ordered": isOrdered = try reader.readBool()
            case "disabled": isDisabled = try reader.readBool()
            case "disabled_because": disabledBecause = try reader.readNull() ? nil : try reader.readString()
            case "owner_email": ownerEmail = try reader.readNull() ? nil : try reader.readString()
            case "secrets":
                try reader.beginArray()
                while try reader.nextElement(first: secrets.isEmpty) { secrets.append(try Self.secret(&reader)) }
            default: _ = try reader.skipValue()
            }
        }
    }

    private static func secret(_ reader: inout JSONReader) throws(JSONError) -> SigningSecret {
        var secret = SigningSecret(secret: Secret(""), validUntil: nil)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "secret": secret.secret = Secret(try reader.readString())
            case "valid_until":
                secret.validUntil = try reader.readNull() ? nil : Timestamp(rfc3339: try reader.readString())
            default: _ = try reader.skipValue()
            }
        }
        return secret
    }
}

extension JSONReader {
    /// An array of strings.
    package mutating func readStrings() throws(JSONError) -> [String] {
        var texts: [String] = []
        try beginArray()
        while try nextElement(first: texts.isEmpty) { texts.append(try readString()) }
        return texts
    }
}
