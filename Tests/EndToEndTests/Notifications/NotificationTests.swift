import Foundation
import Testing

extension EndToEnd {
    /// From an event to a mail, a short message, a push and a webhook, each read by somebody else's library.
    @Suite(
        "Notifications",
        .enabled(if: NotificationSinks.mayRun, Comment(rawValue: NotificationSinks.reason)))
    struct NotificationTests {
        let directory: TemporaryDirectory
        let sinks: NotificationSinks

        init() throws {
            directory = try TemporaryDirectory()
            sinks = try NotificationSinks()
        }

        private func server() throws -> ServerProcess {
            try ServerProcess.started(
                in: directory,
                environment: [
                    "WAYBILL_OUTBOUND_ALLOW": "127.0.0.0/8", "WAYBILL_MAIL_FROM": "news@shop.example",
                    "WAYBILL_MAIL_SERVER": "smtp://127.0.0.1:\(sinks.smtp)?tls=none",
                    "WAYBILL_SMS_PROVIDER": "twilio://AC1:token@127.0.0.1:\(sinks.http)", "WAYBILL_SMS_FROM": "Shop",
                    "WAYBILL_PUSH_KEY": "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",
                    "WAYBILL_PUSH_SUBJECT": "mailto:ops@shop.example",
                    "WAYBILL_PUBLIC_URL": "https://track.shop.example",
                ])
        }

        private func create(_ id: String, _ recipient: JSON, on client: Client) throws {
            let new: JSON = ["delivery_id": .string(id), "carrier": "rhein", "recipient": recipient]
            #expect(try client.send(.post("/v1/deliveries", new)).status == 201)
        }

        private func tell(_ type: String, of id: String, on client: Client) throws {
            let event: JSON = [
                "id": .string("\(id)-\(type)"), "type": .string(type), "delivery_id": .string(id),
                "occurred_at": .string(Date().addingTimeInterval(5).formatted(.iso8601)),
            ]
            #expect(try client.send(.post("/v1/events", event)).status == 202)
        }

        private func endpoint(_ name: String, on client: Client, _ more: [String: JSON] = [:]) throws -> JSON {
            let body = JSON.object(["url": .string(sinks.url(name))].merging(more) { $1 })
            let made = try client.send(.post("/v1/webhook-endpoints", body))
            #expect(made.status == 201, "\(made.summary)")
            let json = try #require(made.json)
            try sinks.expect([json["secret"]?.string ?? ""], at: name)
            return json
        }

        private func ledger(_ id: String, on client: Client) throws -> [JSON] {
            try client.send(.get("/v1/deliveries/\(id)/notifications")).json?["data"]?.array ?? []
        }

        @Test func everyChannelReachesItsReceiver() throws {
            let server = try server()
            let client = server.client()
            _ = try endpoint("ok", on: client)
            let night: JSON = ["quiet_hours": ["from": "00:00", "to": "00:00"]]
            try create("D-mail", ["name": "Ada Exämple", "email": "ada@example.com", "language": "de"], on: client)
            try create("D-sms", ["phone": "+4915112345678", "preferences": night], on: client)
            try create("D-push", ["push": sinks.subscription, "language": "fr", "preferences": night], on: client)
            for id in ["D-mail", "D-sms", "D-push"] { try tell("dispatched", of: id, on: client) }

            let mail = try eventually("a mail") { sinks.received("mail").first }
            #expect(mail["rcpt"] == ["ada@example.com"] && mail["defects"] == [])
            #expect(mail["subject"]?.string == "Ihre Sendung ist unterwegs")
            let text = try #require(mail["parts"]?["text/plain"]?.string)
            #expect(text.contains("Guten Tag Ada Exämple,") && text.contains("https://track.shop.example/t/"))
            let rows = try ledger("D-mail", on: client)
            let id = try #require(rows.first { $0["channel"]?.string == "email" }?["id"]?.string)
            #expect(mail["message_id"]?.string == "<\(id)@shop.example>")

            let sms = try eventually("a short message") { sinks.received("sms").first }
            #expect(sms["login"]?.string == "AC1:token" && sms["form"]?["To"]?.string == "+4915112345678")
            #expect(sms["form"]?["Body"]?.string?.hasPrefix("Your parcel D-sms was handed to rhein.") == true)
            #expect(sms["key"]?.string?.hasPrefix("msg_") == true)

            let push = try eventually("a push") { sinks.received("push").first }
            #expect(push["plain"]?["title"]?.string == "Votre colis est parti")
            #expect(push["claims"]?["aud"]?.string == "http://127.0.0.1:\(sinks.http)")

            let hooks = try eventually("webhooks") { sinks.webhooks("ok").count >= 6 ? sinks.webhooks("ok") : nil }
            #expect(hooks.allSatisfy { $0["verified"] == [true] })
            #expect(Set(hooks.compactMap { $0["id"]?.string }).count == hooks.count)
            let types = Set(hooks.compactMap { $0["body"]?["type"]?.string })
            #expect(types == ["delivery.created", "delivery.dispatched"])
            let data = hooks.compactMap { $0["body"]?["data"] }.filter { $0["delivery_id"]?.string == "D-mail" }
            #expect(data.contains { $0["previous_sequence"] == .null })
            #expect(data.contains { $0["sequence"]?.int == 2 && $0["previous_sequence"]?.int == 1 })
            #expect(try server.stop() == .code(0))
            #expect(!server.errorText.contains("whsec_") && !server.errorText.contains("ada@example.com"))
        }

        @Test func receiversThatFailAreTriedAgainOrSwitchedOff() throws {
            let server = try server()
            let client = server.client()
            _ = try endpoint("flaky", on: client)
            let gone = try endpoint("gone", on: client)
            _ = try endpoint("redirect", on: client)
            try tell("delivered", of: "D-1", on: client)
            let flaky = try eventually("a second attempt") {
                sinks.webhooks("flaky").count >= 2 ? sinks.webhooks("flaky") : nil
            }
            #expect(Set(flaky.map { $0["id"] }).count == 1, "the id stays")
            #expect(flaky.allSatisfy { $0["verified"] == [true] })
            let path = "/v1/webhook-endpoints/\(gone["id"]?.string ?? "")"
            let switched = try eventually("an endpoint that is off") {
                let endpoint = try client.send(.get(path)).json
                return endpoint?["disabled"]?.bool == true ? endpoint : nil
            }
            #expect(switched["disabled_because"]?.string?.contains("410") == true)
            let row = try eventually("the row of the redirect") {
                try ledger("D-1", on: client).first { $0["last_result"]?.string == "http_3xx" }
            }
            #expect(row["state"]?.string == "retryable")
            #expect(sinks.webhooks("elsewhere").isEmpty, "redirects are not followed")
        }

        @Test func bothSecretsSignAfterARotation() throws {
            let server = try server()
            let client = server.client()
            let made = try endpoint("ok", on: client)
            let path = "/v1/webhook-endpoints/\(made["id"]?.string ?? "")"
            let rotated = try client.send(.post(path + "/rotate-secret", [:])).json
            let secrets = [made["secret"]?.string, rotated?["secret"]?.string].compactMap { $0 }
            #expect(Set(secrets).count == 2)
            try sinks.expect(secrets, at: "ok")
            try tell("delivered", of: "D-1", on: client)
            let hook = try eventually("a webhook") { sinks.webhooks("ok").first }
            #expect(hook["verified"] == [true, true])
        }

        @Test func aRefusalGoesBackIntoConsent() throws {
            let server = try server()
            let client = server.client()
            try create("D-1", ["email": "nobody@example.com"], on: client)
            try tell("dispatched", of: "D-1", on: client)
            _ = try eventually("a refusal") {
                try ledger("D-1", on: client).first { $0["reason"]?.string == "provider_refused" }
            }
            try tell("delivered", of: "D-1", on: client)
            let second = try eventually("the second decision") {
                try ledger("D-1", on: client).first { $0["occasion"]?.string == "delivered" }
            }
            #expect(second["state"]?.string == "suppressed" && second["reason"]?.string == "provider_refused")
            #expect(sinks.received("mail").isEmpty)
        }

        @Test func aFalseDeliveryIsCorrectedOnce() throws {
            let server = try server()
            let client = server.client()
            try create("D-1", ["email": "ada@example.com"], on: client)
            try tell("delivered", of: "D-1", on: client)
            _ = try eventually("the mail") { sinks.received("mail").first }
            let correction: JSON = ["action": "correct", "corrects": "D-1-delivered", "why": "did_not_occur"]
            #expect(try client.send(.post("/v1/deliveries/D-1/actions", correction)).status == 202)
            let mails = try eventually("the correction") {
                sinks.received("mail").count >= 2 ? sinks.received("mail") : nil
            }
            #expect(
                mails.map { $0["subject"]?.string } == ["Your parcel has arrived", "A correction about your parcel"])
        }
    }
}
