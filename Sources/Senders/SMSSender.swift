import AsyncHTTPClient
import Crypto
import Foundation
import WaybillCore
import WaybillEngine

/// Who carries short messages.
package struct SMSSettings: Sendable {
    enum Provider: Sendable {
        /// Twilio's API, and what speaks like it.
        case twilio(account: String, token: Secret, base: String)
        /// A service of one's own that takes signed JSON.
        case signed(url: String, secret: Secret)
    }

    var provider: Provider
    var from: String

    /// `twilio://ACCOUNT:TOKEN@api.twilio.com`, or `http+whsec_...://host/path` and `https+whsec_...://host/path`.
    package init?(uri: String, from: String) {
        self.from = from
        if uri.hasPrefix("twilio://") {
            guard let parts = URLComponents(string: uri), let account = parts.user, let token = parts.password,
                let host = parts.host, !account.isEmpty, !token.isEmpty
            else { return nil }
            let isLocal = host == "127.0.0.1" || host == "localhost"
            let port = parts.port.map { ":\($0)" } ?? ""
            provider = .twilio(
                account: account, token: Secret(token), base: "\(isLocal ? "http" : "https")://\(host)\(port)")
            return
        }
        guard let plus = uri.firstIndex(of: "+"), let colon = uri.firstRange(of: "://") else { return nil }
        let scheme = uri[..<plus]
        let secret = String(uri[uri.index(after: plus)..<colon.lowerBound])
        let url = "\(scheme)\(uri[colon.lowerBound...])"
        guard scheme == "https" || scheme == "http", secret.hasPrefix("whsec_"), OutboundURL(url) != nil else {
            return nil
        }
        provider = .signed(url: url, secret: Secret(secret))
    }
}

/// Short messages by HTTP. The provider is the operator's choice, so the outbound filter permits its address.
package struct SMSSender: Sender {
    private let settings: SMSSettings
    private let client: OutboundClient

    /// - Parameter rules: of the installation; loopback is added, for a gateway on this machine.
    package init(_ settings: SMSSettings, rules: OutboundRules) {
        self.settings = settings
        var rules = rules
        rules.permitted += ["127.0.0.0/8", "::1/128"].compactMap { AddressBlock($0) }
        client = OutboundClient(rules: rules, resolver: SystemResolver())
    }

    package func send(_ envelope: Envelope) async -> SendOutcome {
        guard case .phone(let number) = envelope.address else { return SendOutcome(.rejected, "no number") }
        guard number.hasPrefix("+"), (8...16).contains(number.utf8.count),
            number.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return SendOutcome(.recipientRefused, "the number is not in the international form, +49...") }
        do throws(OutboundClient.Failure) {
            switch settings.provider {
            case .twilio(let account, let token, let base):
                return try await sendByTwilio(envelope, number, account, token, base)
            case .signed(let url, let secret): return try await sendSigned(envelope, number, url, secret)
            }
        } catch { return SendOutcome(error) }
    }

    // MARK: Twilio

    /// Codes that mean that the person does not want, or cannot have, messages (Twilio's error dictionary).
    private static let refusals: Set<Int> = [21211, 21214, 21217, 21610, 21614]

    private func sendByTwilio(
        _ envelope: Envelope, _ number: String, _ account: String, _ token: Secret, _ base: String
    ) async throws(OutboundClient.Failure) -> SendOutcome {
        let form = [("To", number), ("From", settings.from), ("Body", envelope.content.text)]
            .map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        let login = Data("\(account):\(token.revealed)".utf8).base64EncodedString()
        let answer = try await client.post(
            "\(base)/2010-04-01/Accounts/\(account)/Messages.json",
            headers: [
                ("authorization", "Basic \(login)"), ("content-type", "application/x-www-form-urlencoded"),
                ("i-twilio-idempotency-token", envelope.id),
            ], body: Array(form.utf8))
        let fields = (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any] ?? [:]
        if answer.status == 400 || answer.status == 403, let code = fields["code"] as? Int {
            if Self.refusals.contains(code) { return SendOutcome(.recipientRefused, "provider code \(code)") }
            return SendOutcome(.rejected, "provider code \(code)")
        }
        if answer.status == 401 { return SendOutcome(.unavailable, "the provider refused the login") }
        var outcome = SendOutcome(answer, at: envelope.at)
        // The answer repeats the number.
        outcome.detail = "\(answer.status) \((fields["sid"] as? String) ?? "")"
        return outcome
    }

    private static func escaped(_ text: String) -> String {
        var free = CharacterSet.alphanumerics
        free.formIntersection(CharacterSet(charactersIn: "\u{0}"..."\u{7E}"))
        return text.addingPercentEncoding(withAllowedCharacters: free) ?? ""
    }

    // MARK: A provider of one's own

    /// `{"id", "from", "to", "text"}`, signed as webhooks are.
    private func sendSigned(
        _ envelope: Envelope, _ number: String, _ url: String, _ secret: Secret
    ) async throws(OutboundClient.Failure) -> SendOutcome {
        var json = JSONWriter()
        json.object { json in
            json.member("id", envelope.id)
            json.member("from", settings.from)
            json.member("to", number)
            json.member("text", envelope.content.text)
        }
        let seconds = envelope.at.microseconds / 1_000_000
        let signature = WebhookSignature.header(
            id: envelope.id, seconds: seconds, body: json.bytes, secrets: [secret])
        let answer = try await client.post(
            url,
            headers: [
                ("content-type", "application/json"), ("webhook-id", envelope.id),
                ("webhook-timestamp", "\(seconds)"), ("webhook-signature", signature),
            ], body: json.bytes)
        if answer.status == 410 { return SendOutcome(.recipientRefused, "the provider refuses the number") }
        var outcome = SendOutcome(answer, at: envelope.at)
        outcome.detail = "\(answer.status)"
        return outcome
    }
}
