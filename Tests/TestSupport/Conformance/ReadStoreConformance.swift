import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for the API: what is listed and paged equals what a plain model says of the same
/// deliveries.
package enum ReadStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>

    package static let checks: [Check] = [
        Check("unknown things are not there, and say where the feed stands", unknownThings),
        Check("merchants do not see each other", merchantsAreApart),
        Check("lists equal a model, with every filter and sort", listsEqualTheModel),
        Check("pages follow each other without gap or repeat", pagesFollow),
        Check("a search finds what the other filters leave, however much matches it", searchesBroadly),
        Check("text is compared as bytes", textIsComparedAsBytes),
        Check("a page is not disturbed by deliveries that come meanwhile", pagesAreStable),
        Check("the feed from any cursor is exactly what came later, in order", feedFromAnyCursor),
        Check("pages of the feed lose nothing between them", feedInPages),
        Check("a cursor of another feed gives nothing", foreignCursors),
    ]

    private static func tracked(_ home: any StoreHome) async throws -> TrackedStore {
        try await TrackingStoreConformance.tracked(home)
    }

    // MARK: Single things

    private static func unknownThings(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        let cursor = try await tracked.store.progress().cursor
        let delivery = try await tracked.store.delivery(SampleEvents.key("D-2"))
        #expect(delivery.value == nil && delivery.cursor == cursor)
        let history = try await tracked.store.history(SampleEvents.key("D-2"))
        #expect(history.value == nil && history.cursor == cursor)
        #expect(try await tracked.store.history(SampleEvents.key("D-1")).value?.count == 6)
        let list = try await tracked.store.deliveries(DeliveryQuery(merchant: .default))
        #expect(list.value.deliveries.count == 1 && list.value.next == nil && list.cursor == cursor)
    }

    private static func merchantsAreApart(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let other = try #require(MerchantID("default-2"))
        try await tracked.take(SampleEvents.life(of: "D-1") + SampleEvents.life(of: "D-1", merchant: other).prefix(1))
        #expect(try await tracked.store.delivery(SampleEvents.key("D-1", other)).value?.folded.status == .created)
        #expect(try await tracked.store.delivery(SampleEvents.key("D-1")).value?.folded.status == .delivered)
        for merchant in [MerchantID.default, other] {
            var query = DeliveryQuery(merchant: merchant)
            query.filter.search = "D-"
            let found = try await tracked.store.deliveries(query).value.deliveries
            #expect(found.map(\.key) == [SampleEvents.key("D-1", merchant)])
            #expect(try await tracked.store.counters(merchant).value.values.reduce(0, +) == 1)
        }
    }

    // MARK: Lists

    private static func listsEqualTheModel(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let seed = RunSeed.value(of: "lists")
        var deliveries = RandomDeliveries(seed: seed)
        try await tracked.take(deliveries.events(of: 150), batch: 60)
        let model = try await ListModel(tracked.store)
        for _ in 0..<200 {
            let query = deliveries.query()
            let found = try await tracked.store.deliveries(query).value.deliveries.map(\.key)
            #expect(found == Array(model.answer(to: query).prefix(query.limit)), "seed \(seed): \(query)")
        }
    }

    private static func pagesFollow(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let seed = RunSeed.value(of: "pages")
        var deliveries = RandomDeliveries(seed: seed)
        try await tracked.take(deliveries.events(of: 90), batch: 40)
        let model = try await ListModel(tracked.store)
        for _ in 0..<60 {
            var query = deliveries.query()
            query.limit = 1 + deliveries.dice.integer(below: 9)
            var found: [DeliveryKey] = []
            repeat {
                let page = try await tracked.store.deliveries(query).value
                #expect(page.deliveries.count <= query.limit)
                #expect(page.next == nil || page.deliveries.count == query.limit)
                found += page.deliveries.map(\.key)
                query.after = page.next
            } while query.after != nil && found.count <= 1000
            #expect(found == model.answer(to: query), "seed \(seed): \(query)")
        }
    }

    private static func searchesBroadly(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let count = Limits.searchHits + 100
        try await tracked.take(
            (0..<count).map { SampleEvents.event(.created, "c", of: "D-\($0)") }
                + [count - 1, 3, 70].map { SampleEvents.event(.held, "h", of: "D-\($0)", minute: 1) })
        var query = DeliveryQuery(merchant: .default)
        query.filter.search = "D-"
        query.limit = 2
        let first = try await tracked.store.deliveries(query).value
        #expect(first.deliveries.map(\.key.deliveryID.text) == ["D-0", "D-1"] && first.next != nil)
        query.filter.statuses = [.onHold]
        query.limit = 50
        let held = try await tracked.store.deliveries(query).value
        #expect(held.deliveries.map(\.key.deliveryID.text) == ["D-3", "D-70", "D-\(count - 1)"] && held.next == nil)
    }

    private static func textIsComparedAsBytes(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let carriers = ["caf\u{e9}", "cafe\u{301}", "Cafe", "cafe", "CAFE", "c%fe", "c_fe"]
        try await tracked.take(
            carriers.enumerated().map { index, carrier in
                SampleEvents.event(.created, "c\(index)", of: "D-\(index)") {
                    $0.details = [.carrier(carrier), .trackingNumber(carrier + "/1"), .orderReference("o-" + carrier)]
                }
            })
        for (index, carrier) in carriers.enumerated() {
            for search in [nil, carrier + "/", "o-" + carrier] {
                var query = DeliveryQuery(merchant: .default)
                if let search { query.filter.search = search } else { query.filter.carrier = carrier }
                let found = try await tracked.store.deliveries(query).value.deliveries.map(\.key.deliveryID.text)
                let others =
                    search == nil
                    ? []
                    : carriers.indices.filter { other in
                        other != index && ("o-" + carriers[other]).utf8.starts(with: search?.utf8 ?? "".utf8)
                    }.map { "D-\($0)" }
                #expect(found == (["D-\(index)"] + others).sorted(), "\(carrier) \(search ?? "as carrier")")
            }
        }
    }

    private static func pagesAreStable(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take((0..<20).map { SampleEvents.event(.created, "c", of: "D-\($0)", minute: Int64($0)) })
        var query = DeliveryQuery(merchant: .default)
        query.limit = 7
        var seen: [String] = []
        var round = 0
        repeat {
            let page = try await tracked.store.deliveries(query).value
            seen += page.deliveries.map(\.key.deliveryID.text)
            query.after = page.next
            round += 1
            if round < 4 { try await tracked.take([SampleEvents.event(.created, "c", of: "A-\(round)")]) }
        } while query.after != nil
        #expect(seen.prefix(20) == (0..<20).map { "D-\($0)" }[...], "by creation number, which never changes")
        #expect(Set(seen).count == seen.count)
    }

    // MARK: The feed

    /// Cursors taken after each batch, and the updates that were published between them.
    private static func history(of tracked: TrackedStore, seed: UInt64) async throws -> [FeedCursor] {
        var cursors = [try await tracked.store.progress().cursor]
        let events = SampleEvents.scenario(deliveries: 25, seed: seed)
        for start in stride(from: 0, to: events.count, by: 23) {
            try await tracked.take(Array(events[start..<min(start + 23, events.count)]))
            cursors.append(try await tracked.store.progress().cursor)
        }
        return cursors
    }

    private static func feedFromAnyCursor(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let seed = RunSeed.value(of: "feed")
        var cursors = try await history(of: tracked, seed: seed)
        let end = try #require(cursors.last)
        var dice = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            // Any position a reader may have reached, not only the ends of batches.
            cursors.append(
                FeedCursor(feedID: end.feedID, positions: end.positions.map { Int64(dice.integer(below: Int($0) + 1)) })
            )
        }
        for cursor in cursors {
            let slice = try await tracked.store.feed(after: cursor, limit: 100_000)
            #expect(slice.cursor == end)
            for partition in end.positions.indices {
                let positions = slice.value.entries.map(\.at).filter { $0.partition == partition }.map(\.position)
                let expected = Array((cursor.positions[partition] + 1)..<(end.positions[partition] + 1))
                #expect(positions == expected, "seed \(seed), partition \(partition), from \(cursor.positions)")
            }
            for (number, entries) in Dictionary(grouping: slice.value.entries, by: \.number) {
                #expect(entries.map(\.sequence) == entries.map(\.sequence).sorted())
                let history = slice.value.histories[number, default: []]
                #expect(entries.allSatisfy { entry in history.contains { $0.sequence == entry.sequence } })
                #expect(slice.value.keys[number] == history.first?.event.key)
            }
        }
    }

    private static func feedInPages(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let seed = RunSeed.value(of: "feed pages")
        let cursors = try await history(of: tracked, seed: seed)
        let end = try #require(cursors.last)
        let reader = FeedReader(store: tracked.store)
        var dice = SeededGenerator(seed: seed)
        for start in [cursors[0], cursors[cursors.count / 2]] {
            for _ in 0..<4 {
                let limit = 1 + dice.integer(below: 12)
                var cursor = start
                var ids: [String] = []
                while true {
                    guard case .items(let items, let next) = try await reader.page(after: cursor, limit: limit) else {
                        Issue.record("reset")
                        return
                    }
                    guard next != cursor else { break }
                    #expect(items.count <= limit)
                    ids += items.compactMap { if case .update(let update) = $0.content { update.id } else { nil } }
                    cursor = next
                }
                #expect(cursor == end)
                let count = zip(end.positions, start.positions).reduce(0) { $0 + $1.0 - $1.1 }
                #expect(ids.count == Int(count), "seed \(seed), pages of \(limit)")
                #expect(Set(ids).count == ids.count, "each update once")
            }
        }
    }

    private static func foreignCursors(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        let now = try await tracked.store.progress().cursor
        let zeros = now.positions.map { _ in Int64(0) }
        for cursor in [
            FeedCursor(feedID: now.feedID ^ 1, positions: zeros), FeedCursor(feedID: 0, positions: now.positions),
        ] {
            let slice = try await tracked.store.feed(after: cursor, limit: 10)
            #expect(slice.value.entries.isEmpty && slice.cursor == now)
        }
        #expect(try await tracked.store.feed(after: now, limit: 10).value.entries.isEmpty)
    }
}
