import Crypto
import Foundation
import WaybillCore
import WaybillEngine

/// Who this installation is to push services (RFC 8292).
package struct PushSettings: Sendable {
    let key: P256.Signing.PrivateKey
    /// A `mailto:` or `https:` URL, for the push service's operator.
    let subject: String

    /// - Parameter key: 32 bytes in base64url, as other VAPID tools make them.
    package init?(key: String, subject: String) {
        guard let bytes = Base64URL.decode(key), subject.hasPrefix("mailto:") || subject.hasPrefix("https://"),
            let known = try? P256.Signing.PrivateKey(rawRepresentation: bytes)
        else { return nil }
        self.key = known
        self.subject = subject
    }
}

/// Web Push: encrypted for one browser (RFC 8291), handed to its push service with a VAPID token.
package struct PushSender: Sender {
    private let settings: PushSettings
    private let client: OutboundClient

    package init(_ settings: PushSettings, client: OutboundClient) {
        self.settings = settings
        self.client = client
    }

    package func send(_ envelope: Envelope) async -> SendOutcome {
        guard case .push(let data) = envelope.address, let subscription = PushSubscription(data),
            let origin = subscription.origin
        else { return SendOutcome(.recipientRefused, "the subscription is not one of Web Push") }
        var json = JSONWriter()
        json.object { json in
            json.member("id", envelope.id)
            json.member("title", envelope.content.subject)
            json.member("body", envelope.content.text)
        }
        guard let body = try? PushEncryption.encrypt(json.bytes, for: subscription),
            let token = try? token(for: origin, at: envelope.at)
        else { return SendOutcome(.recipientRefused, "the subscription's keys are not right") }
        let headers = [
            (
                "authorization",
                "vapid t=\(token),k=\(Base64URL.encode(Array(settings.key.publicKey.x963Representation)))"
            ),
            ("content-encoding", "aes128gcm"), ("content-type", "application/octet-stream"), ("ttl", "86400"),
            ("urgency", "normal"),
        ]
        do throws(OutboundClient.Failure) {
            let answer = try await client.post(subscription.endpoint, headers: headers, body: body)
            if answer.status == 404 || answer.status == 410 {
                return SendOutcome(.recipientRefused, "the browser has unsubscribed")
            }
            return SendOutcome(answer, at: envelope.at)
        } catch { return SendOutcome(error) }
    }

    /// A JWT for half a day (RFC 8292 allows a day).
    private func token(for origin: String, at now: Timestamp) throws -> String {
        var claims = JSONWriter()
        claims.object { json in
            json.member("aud", origin)
            json.member("exp", now.microseconds / 1_000_000 + 12 * 3600)
            json.member("sub", settings.subject)
        }
        let head = Base64URL.encode(Array(#"{"typ":"JWT","alg":"ES256"}"#.utf8))
        let input = head + "." + Base64URL.encode(claims.bytes)
        let signature = try settings.key.signature(for: Data(input.utf8))
        return input + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }
}

/// What a browser gave: where to send, and the keys to encrypt with.
package struct PushSubscription: Sendable {
    let endpoint: String
    let publicKey: P256.KeyAgreement.PublicKey
    let authentication: [UInt8]

    /// `{"endpoint": ..., "keys": {"p256dh": ..., "auth": ...}}`
    package init?(_ data: JSONFragment) {
        guard let root = (try? JSONSerialization.jsonObject(with: Data(data.text.utf8))) as? [String: Any],
            let endpoint = root["endpoint"] as? String, let keys = root["keys"] as? [String: Any],
            let point = (keys["p256dh"] as? String).flatMap(Self.bytes),
            let authentication = (keys["auth"] as? String).flatMap(Self.bytes), authentication.count == 16,
            let key = try? P256.KeyAgreement.PublicKey(x963Representation: point)
        else { return nil }
        self.endpoint = endpoint
        publicKey = key
        self.authentication = authentication
    }

    /// Some libraries pad.
    private static func bytes(_ text: String) -> [UInt8]? {
        Base64URL.decode(String(text.prefix { $0 != "=" }))
    }

    var origin: String? {
        guard let url = OutboundURL(endpoint) else { return nil }
        let standard = url.isSecure ? 443 : 80
        return "\(url.isSecure ? "https" : "http")://\(url.host)" + (url.port == standard ? "" : ":\(url.port)")
    }
}
