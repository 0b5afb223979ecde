import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// A server that is killed again and again owes nobody anything in the end, and repeats only under the same id.
    @Suite(
        "Notifications under kills",
        .enabled(if: NotificationSinks.mayRun, Comment(rawValue: NotificationSinks.reason)))
    struct NotificationKillTests {
        @Test func everyOwedMessageArrives() throws {
            let directory = try TemporaryDirectory()
            let sinks = try NotificationSinks()
            let kills = Scale.pick(test: 15, soak: 300)
            let messages = Scale.pick(test: 600, soak: 50_000)
            let seed = Scale.seed(31)
            var chance = Seeded(seed)
            let server = try ServerProcess.started(
                in: directory, environment: ["WAYBILL_OUTBOUND_ALLOW": "127.0.0.0/8"])
            let made = try server.client().send(.post("/v1/webhook-endpoints", ["url": .string(sinks.url("ok"))]))
            try sinks.expect([made.json?["secret"]?.string ?? ""], at: "ok")
            var told = 0
            for kill in 0..<kills {
                let upTo = messages * (kill + 1) / kills
                try tell(told..<upTo, server.client())
                told = upTo
                _ = poll(nil, 0, Int32(chance.below(300)))
                try server.kill9()
                try server.start()
            }
            // What was on its way when the server died is due again when its lease ends.
            let hooks = try eventually("all messages", within: Scale.isSoak ? 900 : 120) {
                let hooks = sinks.webhooks("ok")
                return Set(hooks.compactMap { $0["id"]?.string }).count >= messages ? hooks : nil
            }
            let byID = Dictionary(grouping: hooks) { $0["id"]?.string ?? "" }
            #expect(byID.count == messages, "seed \(seed)")
            #expect(hooks.count - messages <= kills * 8, "repeats: \(hooks.count - messages), seed \(seed)")
            #expect(byID.values.allSatisfy { Set($0.map { $0["body"] }).count == 1 }, "the same id says the same")
            #expect(hooks.allSatisfy { $0["verified"] == [true] })
            try eventually("a ledger in which all is sent", within: 120) {
                let open = ["scheduled", "available", "executing", "retryable", "discarded", "suppressed", "cancelled"]
                return try open.allSatisfy { state in
                    try server.client().send(.get("/v1/notifications?limit=1&status=\(state)")).json?["data"]?.array
                        == []
                } ? () : nil
            }
        }

        private func tell(_ numbers: Range<Int>, _ client: Client) throws {
            let now = Date().formatted(.iso8601)
            let lines = numbers.map { number in
                #"{"id":"e","type":"delivered","delivery_id":"D-\#(number)","occurred_at":"\#(now)"}"#
            }
            let answer = try client.send(
                .send(
                    "POST", "/v1/events", (lines.joined(separator: "\n") + "\n").utf8, type: "application/x-ndjson"))
            #expect(answer.status == 202)
        }
    }
}
