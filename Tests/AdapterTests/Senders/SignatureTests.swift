import Crypto
import Foundation
import Senders
import TestSupport
import Testing
import WaybillCore

/// Standard Webhooks 1.0.0: every vector, and what we sign is what others verify.
@Suite struct SignatureTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var secret: String
        var headers: [String: String]
        var payload: String
        var now: Int64
        var expect: String
        var testDescription: String { name }

        enum CodingKeys: String, CodingKey {
            case name, secret, headers, payload, expect
            case now = "now_epoch_s"
        }

        static let all = (try? JSONDecoder().decode([Vector].self, from: Fixture.data("standard-webhooks.json"))) ?? []
    }

    @Test func theVectorsAreThere() { #expect(Vector.all.count == 17) }

    @Test(arguments: Vector.all)
    func vector(_ vector: Vector) {
        let isValid = WebhookSignature.isValid(
            headers: vector.headers, body: Array(vector.payload.utf8), secret: Secret(vector.secret),
            at: vector.now)
        #expect(isValid == (vector.expect == "valid"))
    }

    @Test func theFixedVectorIsWhatWeSign() {
        let header = WebhookSignature.header(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8),
            secrets: [Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")])
        #expect(header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func whatIsTamperedWithIsRefused() {
        var chance = Chance(seed: 4711)
        for _ in 0..<2000 {
            let key = Data((0..<32).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
            let secret = Secret("whsec_" + key.base64EncodedString())
            var body = (0..<Int(chance.next() % 200)).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
            let header = WebhookSignature.header(id: "msg_1", seconds: 1000, body: body, secrets: [secret])
            var headers = ["webhook-id": "msg_1", "webhook-timestamp": "1000", "webhook-signature": header]
            func isValid(at seconds: Int64 = 1000) -> Bool {
                WebhookSignature.isValid(headers: headers, body: body, secret: secret, at: seconds)
            }
            #expect(isValid() && isValid(at: 1300) && isValid(at: 700) && !isValid(at: 1301) && !isValid(at: 699))
            body.append(32)
            #expect(!isValid())
            body.removeLast()
            headers["webhook-id"] = "msg_2"
            #expect(!isValid())
        }
    }

    @Test func ed25519IsSignedForWhoHasThePublicKey() throws {
        let key = Curve25519.Signing.PrivateKey()
        let secret = Secret("whsk_" + key.rawRepresentation.base64EncodedString())
        let header = WebhookSignature.header(id: "msg_1", seconds: 1000, body: [1, 2], secrets: [secret])
        let signature = try #require(Data(base64Encoded: String(header.dropFirst(4))))
        #expect(header.hasPrefix("v1a,"))
        let input = WebhookPayload.signingInput(id: "msg_1", seconds: 1000, body: [1, 2])
        #expect(key.publicKey.isValidSignature(signature, for: input))
        let shown = "whpk_" + key.publicKey.rawRepresentation.base64EncodedString()
        #expect(WebhookSignature.publicKey(of: secret) == shown)
    }

    @Test func aSecretThatCannotBeReadSignsNothing() {
        let secrets = [Secret("whsec_***"), Secret("whsk_AAAA"), Secret("whsec_AAAA")]
        let header = WebhookSignature.header(id: "m", seconds: 1, body: [], secrets: secrets)
        #expect(header.split(separator: " ").count == 1)
    }
}
