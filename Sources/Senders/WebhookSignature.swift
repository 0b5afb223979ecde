import Crypto
import Foundation
import WaybillCore

/// Signatures of Standard Webhooks 1.0.0: `v1` is HMAC-SHA-256 over id, timestamp and body, `v1a` ed25519.
package enum WebhookSignature {
    /// One for each secret, separated by spaces. A secret that cannot be read signs nothing.
    package static func header(id: String, seconds: Int64, body: [UInt8], secrets: [Secret]) -> String {
        let input = WebhookPayload.signingInput(id: id, seconds: seconds, body: body)
        return secrets.compactMap { signature(input, $0) }.joined(separator: " ")
    }

    private static func signature(_ input: [UInt8], _ secret: Secret) -> String? {
        let text = secret.revealed
        if text.hasPrefix("whsk_") {
            guard let bytes = Data(base64Encoded: String(text.dropFirst(5))), bytes.count >= 32,
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(32)),
                let signature = try? key.signature(for: input)
            else { return nil }
            return "v1a," + signature.base64EncodedString()
        }
        guard let key = key(secret) else { return nil }
        let mac = HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: key))
        return "v1," + Data(mac).base64EncodedString()
    }

    /// The bytes behind `whsec_`; the prefix and the padding may be missing.
    private static func key(_ secret: Secret) -> Data? {
        let text = secret.revealed.hasPrefix("whsec_") ? String(secret.revealed.dropFirst(6)) : secret.revealed
        return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }

    /// What a receiver does: any listed `v1` signature, in constant time, not more than five minutes off.
    package static func isValid(
        headers: [String: String], body: [UInt8], secret: Secret, at seconds: Int64
    ) -> Bool {
        guard let id = headers["webhook-id"], let stamp = headers["webhook-timestamp"].flatMap(Int64.init),
            let signatures = headers["webhook-signature"], abs(seconds - stamp) <= 300
        else { return false }
        guard let key = key(secret) else { return false }
        let input = WebhookPayload.signingInput(id: id, seconds: stamp, body: body)
        return signatures.split(separator: " ").contains { part in
            guard part.hasPrefix("v1,"), let mac = Data(base64Encoded: String(part.dropFirst(3))) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(
                mac, authenticating: input, using: SymmetricKey(data: key))
        }
    }

    /// The public half of a `whsk_` secret, as `whpk_...`; nil for another.
    package static func publicKey(of secret: Secret) -> String? {
        guard secret.revealed.hasPrefix("whsk_"),
            let bytes = Data(base64Encoded: String(secret.revealed.dropFirst(5))),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(32))
        else { return nil }
        return "whpk_" + key.publicKey.rawRepresentation.base64EncodedString()
    }
}
