import HTTPAPI
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The feed, as pages and live.
@Suite(.timeLimit(.minutes(10))) struct StreamTests {
    /// A frame of Server-Sent Events.
    struct Frame: Sendable {
        var id: String?
        var event: String?
        var data: String?
        var comment: String?

        init(_ text: Substring) {
            for line in text.split(separator: "\n") {
                if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { event = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
                if line.hasPrefix(": ") { comment = String(line.dropFirst(2)) }
            }
        }

        static func frames(of reply: Reply) -> [Frame] { reply.text.split(separator: "\n\n").map { Frame($0) } }

        var updateID: String? {
            guard event == "update", let data, let start = data.firstRange(of: #""id":""#) else { return nil }
            return String(data[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    /// Opens a stream, lets `body` happen while it is open, closes the feed, and returns what came.
    private func watch(
        _ bench: APIBench, _ path: String, _ headers: [String: String] = [:], _ body: @Sendable () async throws -> Void
    ) async throws -> [Frame] {
        let result = ReplyBox()
        try await bench.run { api in
            async let reply = api.get(path, headers)
            await bench.observer.first { if case .subscribed(count: 1) = $0 { true } else { false } }
            try await body()
            bench.feed.close()
            await result.put(try await reply)
        }
        let reply = try #require(await result.reply)
        #expect(reply.status == 200 && reply.header("Content-Type") == "text/event-stream")
        return Frame.frames(of: reply)
    }

    private actor ReplyBox {
        private(set) var reply: Reply?
        func put(_ reply: Reply) { self.reply = reply }
    }

    @Test func updatesAreSeenOnceInOrder() async throws {
        let bench = APIBench()
        let life = SampleEvents.life(of: "D-1")
        try await bench.take([life[0]])
        let start = try await bench.store.progress().cursor
        let frames = try await watch(bench, "/v1/stream") {
            for event in life.dropFirst() { try await bench.take([event]) }
        }
        #expect(frames.first?.comment == "connected" && frames.first?.id == start.text, "from now")
        #expect(frames.compactMap(\.updateID) == (2...6).map { "default/D-1/\($0)" })
        #expect(frames.last?.id == (try await bench.store.progress().cursor.text))
        let ids = frames.compactMap(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: ["Last-Event-ID", "after"])
    func aResumedStreamLosesNothing(by way: String) async throws {
        let bench = APIBench()
        let events = SampleEvents.scenario(deliveries: 12, seed: 6).filter { $0.type != .position }
        let half = events.count / 2
        try await bench.take(Array(events.prefix(10)))
        let cursor = try await bench.store.progress().cursor
        try await bench.take(Array(events[10..<half]))
        let path = way == "after" ? "/v1/stream?after=\(cursor.text)" : "/v1/stream?after=AAAA"
        let frames = try await watch(bench, path, way == "after" ? [:] : ["Last-Event-ID": cursor.text]) {
            try await bench.take(Array(events[half...]))
        }
        let end = try await bench.store.progress().cursor
        let seen = frames.compactMap(\.updateID)
        let expected = zip(end.positions, cursor.positions).reduce(0) { $0 + $1.0 - $1.1 }
        #expect(seen.count == Int(expected) && Set(seen).count == seen.count)
        #expect(frames.last?.id == end.text)
    }

    @Test func theLastIDOfAStreamGoesOnWhereItEnded() async throws {
        let bench = APIBench()
        let events = SampleEvents.scenario(deliveries: 6, seed: 8).filter { $0.type != .position }
        let first = try await watch(bench, "/v1/stream") { try await bench.take(Array(events.prefix(20))) }
        let last = try #require(first.last?.id)
        try await bench.take(Array(events.dropFirst(20)))
        let seen = Set(first.compactMap(\.updateID))
        let api = bench
        try await api.run { client in
            var cursor = last
            var rest: [String] = []
            while true {
                let page = try await client.get("/v1/updates?limit=7&after=\(cursor)")
                guard let next = page.nextCursor, !page.data.isEmpty else { break }
                rest += page.data.compactMap { $0["id"] as? String }
                cursor = next
            }
            #expect(seen.isDisjoint(with: rest) && Set(rest).count == rest.count)
            let total = try await bench.store.progress().cursor.positions.reduce(0, +)
            #expect(seen.count + rest.count == Int(total))
        }
    }

    @Test func aFilterShowsWhatEntersAndWhatLeaves() async throws {
        let bench = APIBench()
        let frames = try await watch(bench, "/v1/stream?status=out_for_delivery") {
            try await bench.take(SampleEvents.life(of: "D-1"))
            try await bench.take(SampleEvents.life(of: "D-1", merchant: MerchantID(trusted: "other")))
        }
        #expect(frames.compactMap(\.updateID) == ["default/D-1/5", "default/D-1/6"])
    }

    @Test func positionsAreShownWithoutAnID() async throws {
        let bench = APIBench()
        let frames = try await watch(bench, "/v1/stream") {
            try await bench.take([SampleEvents.event(.position, "p"), SampleEvents.event(.created, "c")])
        }
        let position = try #require(frames.first { $0.event == "position" })
        #expect(position.id == nil && position.data?.contains(#""event_id":"p""#) == true)
        #expect(frames.compactMap(\.updateID) == ["default/D-1/1"])
    }

    @Test func anOldNumberingIsReset() async throws {
        let bench = APIBench()
        try await bench.take(SampleEvents.life(of: "D-1"))
        let old = FeedCursor(feedID: 98, positions: [0, 0, 0])
        let now = try await bench.store.progress().cursor
        let frames = try await watch(bench, "/v1/stream?after=\(old.text)") {
            try await bench.take([SampleEvents.event(.note, "n", minute: 99)])
        }
        let reset = try #require(frames.first { $0.event == "reset" })
        #expect(reset.id == now.text && reset.data == "{\"cursor\":\"\(now.text)\"}")
        #expect(frames.compactMap(\.updateID) == ["default/D-1/7"])
        let ahead = FeedCursor(feedID: now.feedID, positions: now.positions.map { $0 + 100 })
        try await bench.run { api in
            for cursor in [old, ahead] {
                let page = try await api.get("/v1/updates?after=\(cursor.text)")
                #expect(page.status == 200 && page.json["reset"] as? Bool == true && page.data.isEmpty, "\(page.text)")
                #expect(page.nextCursor == (try await bench.store.progress().cursor.text))
            }
        }
    }

    @Test func whatWasPurgedIsReset() async throws {
        let bench = APIBench()
        let start = try await bench.store.progress().cursor
        try await bench.take(SampleEvents.life(of: "D-1"))
        _ = try await bench.store.seal(before: bench.time.now().advanced(bySeconds: 1))
        try await bench.take([SampleEvents.event(.created, "c", of: "D-2")])
        try await bench.run { api in
            #expect(try await api.get("/v1/updates?after=\(start.text)").json["reset"] as? Bool == true)
            let page = try await api.get("/v1/updates")
            #expect(page.data.compactMap { $0["id"] as? String } == ["default/D-2/1"], "from the oldest update kept")
        }
    }

    @Test func aClosedFeedOpensNoStream() async throws {
        let bench = APIBench()
        bench.feed.close()
        try await bench.run { api in
            let reply = try await api.get("/v1/stream")
            #expect(
                reply.status == 503 && reply.code == "draining" && reply.header("Retry-After") != nil, "\(reply.text)")
        }
    }

    @Test func tooManyStreamsAreRefused() async throws {
        let bench = APIBench()
        let subscriptions = (0..<Limits.subscribers).compactMap { _ in bench.feed.subscribe() }
        try await bench.run { api in
            let reply = try await api.get("/v1/stream")
            #expect(reply.status == 429 && reply.code == "rate_limited" && reply.header("Retry-After") != nil)
        }
        withExtendedLifetime(subscriptions) {}
    }
}
