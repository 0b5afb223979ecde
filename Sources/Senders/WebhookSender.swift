import WaybillCore
import WaybillEngine

/// Webhooks as Standard Webhooks 1.0.0 says: the id stays over all retries, the timestamp is the attempt's.
package struct WebhookSender: Sender {
    private let client: OutboundClient

    package init(client: OutboundClient) { self.client = client }

    package func send(_ envelope: Envelope) async -> SendOutcome {
        guard case .webhook(let url, let secrets) = envelope.address else {
            return SendOutcome(.rejected, "not an endpoint")
        }
        let body = Array(envelope.content.text.utf8)
        let seconds = envelope.at.microseconds / 1_000_000
        let signature = WebhookSignature.header(id: envelope.id, seconds: seconds, body: body, secrets: secrets)
        guard !signature.isEmpty else { return SendOutcome(.rejected, "the endpoint has no secret that can sign") }
        let headers = [
            ("content-type", "application/json"), ("user-agent", "Waybill-Webhooks/1"), ("webhook-id", envelope.id),
            ("webhook-timestamp", "\(seconds)"), ("webhook-signature", signature),
        ]
        do throws(OutboundClient.Failure) {
            return SendOutcome(try await client.post(url, headers: headers, body: body), at: envelope.at)
        } catch { return SendOutcome(error) }
    }
}

/// Chat by an incoming webhook of Slack's kind: `{"text": ...}`.
package struct ChatSender: Sender {
    private let client: OutboundClient

    package init(client: OutboundClient) { self.client = client }

    package func send(_ envelope: Envelope) async -> SendOutcome {
        guard case .chat(let url) = envelope.address else { return SendOutcome(.rejected, "not a chat") }
        var json = JSONWriter()
        json.object { json in json.member("text", Self.escaped(envelope.content.text)) }
        do throws(OutboundClient.Failure) {
            let answer = try await client.post(
                url, headers: [("content-type", "application/json")], body: json.bytes)
            return SendOutcome(answer, at: envelope.at)
        } catch { return SendOutcome(error) }
    }

    /// Slack reads `<...>` as links and mentions.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
