import Foundation
import Testing

extension EndToEnd {
    /// The live stream: it starts where a read ended, resumes where it broke, and says when it cannot.
    @Suite("The live stream") struct StreamTests {
        let directory: TemporaryDirectory
        let server: ServerProcess

        init() throws {
            directory = try TemporaryDirectory()
            server = try ServerProcess.started(in: directory, environment: ["WAYBILL_HEARTBEAT_SECONDS": "1"])
        }

        private func post(_ ids: Range<Int>) throws {
            let events = ids.map { number -> JSON in
                [
                    "id": .string("s-\(number)"), "type": "note", "delivery_id": .string("S-\(number % 9)"),
                    "occurred_at": "2026-01-01T00:00:00Z",
                ]
            }
            let response = try server.client().post("/v1/events", ["events": .array(events)])
            #expect(response.status == 202, "\(response.summary)")
        }

        /// Reads so many updates; gives the ids of their events and the last cursor.
        private func read(_ count: Int, from stream: SSEClient) throws -> (ids: [String], cursor: String) {
            var ids: [String] = []
            var cursor = ""
            while ids.count < count {
                let event = try stream.next(within: 10)
                #expect(event.name == "update", "\(event.name): \(event.data)")
                ids.append(event.json?["event"]?["id"]?.string ?? "?")
                cursor = try #require(event.id)
            }
            return (ids, cursor)
        }

        @Test func aReadAndTheStreamJoinWithoutAGap() throws {
            try post(0..<50)
            try server.waitUntilCaughtUp()
            let page = try server.client().get("/v1/deliveries?limit=200")
            let cursor = try #require(page["waybill-cursor"])
            let before = (page.json?["data"]?.array ?? []).reduce(0) { $0 + ($1["sequence"]?.int ?? 0) }
            try post(50..<120)
            let stream = try SSEClient(port: server.port, path: "/v1/stream?after=\(cursor.percentEncoded)")
            let seen = try read(120 - before, from: stream).ids
            #expect(Set(seen) == Set((before..<120).map { "s-\($0)" }) && seen.count == 120 - before)
        }

        @Test func itResumesAfterTheLastEventSeen() throws {
            let start = try #require(try server.client().get("/v1/stats")["waybill-cursor"])
            try post(0..<40)
            let first = try read(17, from: SSEClient(port: server.port, lastEventID: start))
            try post(40..<60)
            let second = try read(43, from: SSEClient(port: server.port, lastEventID: first.cursor))
            #expect((first.ids + second.ids).count == 60 && Set(first.ids + second.ids).count == 60)
        }

        @Test func aFilterShowsWhatMatchesBeforeOrAfter() throws {
            let stream = try SSEClient(port: server.port, path: "/v1/stream?status=delivered")
            let client = server.client()
            for (number, type) in ["created", "delivered", "returning", "returned"].enumerated() {
                let event: JSON = [
                    "id": .string(type), "type": .string(type), "delivery_id": "F-1",
                    "occurred_at": .string("2026-01-0\(number + 1)T00:00:00Z"),
                ]
                #expect(try client.post("/v1/events", event).status == 202)
                try server.waitUntilCaughtUp()
            }
            #expect(try read(2, from: stream).ids == ["delivered", "returning"])
        }

        @Test func anotherMerchantsUpdatesStayAway() throws {
            let stream = try SSEClient(port: server.port)
            let event: JSON = ["id": "o", "type": "note", "delivery_id": "O", "occurred_at": "2026-01-01T00:00:00Z"]
            #expect(try server.client().post("/v1/events", event, [("Waybill-Merchant", "other")]).status == 202)
            try post(0..<1)
            #expect(try read(1, from: stream).ids == ["s-0"])
        }

        @Test func anIdleStreamSendsComments() throws {
            let stream = try SSEClient(port: server.port)
            #expect(try stream.nextComment(within: 10).hasPrefix(":"))
        }

        /// A restored store, or one that was rebuilt to another state, has another feed.
        @Test func aCursorOfAnotherFeedAnswersReset() throws {
            let otherDirectory = try TemporaryDirectory()
            let other = try ServerProcess.started(in: otherDirectory)
            let cursor = try #require(try other.client().get("/v1/stats")["waybill-cursor"])
            try post(0..<5)
            try server.waitUntilCaughtUp()
            let event = try SSEClient(port: server.port, lastEventID: cursor).next(within: 10)
            #expect(event.name == "reset", "\(event)")
            let page = try server.client().get("/v1/updates?after=\(cursor.percentEncoded)")
            #expect(page.json?["reset"] == true, "\(page.summary)")
            // And the stream goes on from the cursor that the reset gave.
            let next = try #require(event.json?["cursor"]?.string)
            try post(5..<8)
            #expect(try read(3, from: SSEClient(port: server.port, lastEventID: next)).ids.count == 3)
        }
    }
}
