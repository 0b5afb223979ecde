import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for the monitor, for people at the desk, and for the feed that tells of both.
package enum DeskStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>

    package static let checks: [Check] = [
        Check("what an event changes is due", eventsMakeDue),
        Check("a look at what has changed meanwhile is not written", staleLooksAreLeft),
        Check("an event over another look makes the delivery due at once", eventsOverLooks),
        Check("leases: one holder, and a newer one fences the older", leasesFence),
        Check("changes are told in the feed once, in order, and raise no sequence", changesAreTold),
        Check("pages of the feed tell what was told live", pagesTellTheSame),
        Check("a person's change is written once", peopleActOnce),
        Check("cases are listed, counted and filtered", listsAndCounts),
        Check("deliveries are listed by open case", deliveriesByCase),
        Check("reports count what came to an end", reportsCount),
        Check("sealing drops cases and purges their places", sealingDropsCases),
    ]

    /// A tracked store with a monitor over it.
    private struct Scene {
        let tracked: TrackedStore
        let monitor: Monitoring

        var store: any WholeStore { tracked.store }

        /// Looks at everything that is due, and tells it.
        func settle() async throws {
            try await tracked.settle()
            while try await monitor.step() == .worked {}
            try await tracked.settle()
        }

        func take(_ events: [Event]) async throws {
            try await tracked.take(events)
            try await settle()
        }

        func cases(_ change: (inout CaseFilter) -> Void = { _ in }) async throws -> [CaseRow] {
            var query = CaseQuery(merchant: .default)
            query.limit = 200
            change(&query.filter)
            return try await store.cases(query).value.rows
        }

        func updates() async throws -> [FeedItem] {
            let reader = FeedReader(store: store)
            var all: [FeedItem] = []
            var cursor = FeedCursor(
                feedID: try await store.progress().feedID,
                positions: Array(repeating: 0, count: try await store.progress().claims.count))
            while case .items(let items, let next) = try await reader.page(after: cursor, limit: 7), next != cursor {
                all += items
                cursor = next
            }
            return all
        }
    }

    private static func scene(_ home: any StoreHome, owner: String = "one") async throws -> Scene {
        let tracked = try await TrackingStoreConformance.tracked(home)
        return Scene(tracked: tracked, monitor: monitor(tracked, owner))
    }

    private static func monitor(_ tracked: TrackedStore, _ owner: String) -> Monitoring {
        Monitoring(
            store: tracked.store, log: tracked.log, lag: TrackingLag(log: tracked.log, store: tracked.store),
            owner: owner, book: RuleBook(), time: tracked.time, observer: tracked.observer)
    }

    private static func held(_ delivery: String, minute: Int64 = 10) -> [Event] {
        [
            SampleEvents.event(.created, "\(delivery)-0", of: delivery),
            SampleEvents.event(.held, "\(delivery)-1", of: delivery, minute: minute),
        ]
    }

    private static func due(_ tracked: TrackedStore) async throws -> [WatchedDelivery] {
        try await tracked.store.due(
            Array(0..<Limits.monitorShards), of: Limits.monitorShards, at: tracked.time.now(), limit: 100)
    }

    // MARK: Due times

    private static func eventsMakeDue(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.tracked.take([SampleEvents.event(.created, "a", of: "D-1")] + held("D-2"))
        #expect(try await due(scene.tracked).map(\.stored.state.key) == [SampleEvents.key("D-2")])
        #expect(try await scene.store.due([], of: 16, at: scene.tracked.time.now(), limit: 9).isEmpty)
        try await scene.settle()
        #expect(try await due(scene.tracked).isEmpty)
        scene.tracked.time.advance(bySeconds: 5 * 86_400)
        let later = try await due(scene.tracked)
        #expect(Set(later.map(\.stored.state.key.deliveryID.text)) == ["D-1", "D-2"])
        #expect(later.first { $0.stored.state.key == SampleEvents.key("D-2") }?.records.map(\.kind) == [.onHold])
    }

    private static func staleLooksAreLeft(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.tracked.take(held("D-1"))
        let leases = try await scene.store.lease(
            Limits.monitorShards, owner: "one", now: scene.tracked.time.now(), until: .distantFuture)
        let seen = try await due(scene.tracked)
        let looks = seen.map { watched in
            Look(
                watched,
                CaseEvaluation(watched.stored.state, at: scene.tracked.time.now(), RuleBook())
                    .decide(over: watched.records))
        }
        try await scene.tracked.take([SampleEvents.event(.released, "more", of: "D-1", minute: 20)])
        #expect(try await scene.store.commit(looks, under: leases, of: Limits.monitorShards) == 0)
        #expect(try await scene.cases { $0.states = [] }.isEmpty)
        try await scene.settle()
        #expect(try await scene.cases { $0.states = [] }.isEmpty, "by then it was released")
    }

    /// The tracker has read a delivery, the monitor looks at it, then the tracker commits.
    private static func eventsOverLooks(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.tracked.take(held("D-1"))
        let refused = try await scene.tracked.decision(
            on: [SampleEvents.event(.released, "more", of: "D-1", minute: 20)])
        let commit = try #require(refused)
        while try await scene.monitor.step() == .worked {}
        #expect(try await due(scene.tracked).isEmpty)
        // The horizon holds back what waits in the log; the store alone is asked here.
        try await scene.store.commit(commit)
        #expect(try await due(scene.tracked).count == 1)
    }

    // MARK: Leases

    private static func leasesFence(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        let store = scene.store
        let now = scene.tracked.time.now()
        let later = now.advanced(bySeconds: 10)
        let first = try await store.lease(4, owner: "one", now: now, until: later)
        #expect(first.map(\.shard) == [0, 1, 2, 3])
        #expect(try await store.lease(4, owner: "two", now: now, until: later).isEmpty)
        #expect(try await store.lease(4, owner: "one", now: now, until: later) == first, "renewed")
        let second = try await store.lease(4, owner: "two", now: later, until: later.advanced(bySeconds: 10))
        #expect(second.map(\.shard) == [0, 1, 2, 3] && zip(first, second).allSatisfy { $0.epoch < $1.epoch })
        do throws(StorageError) {
            _ = try await store.commit([], under: first, of: 4)
            Issue.record("an old lease was good enough")
        } catch {
            guard case .superseded = error else {
                Issue.record("not superseded: \(error)")
                return
            }
        }
        try await store.release(owner: "two")
        #expect(try await store.lease(4, owner: "three", now: later, until: .distantFuture).count == 4)
    }

    // MARK: The feed

    private static func changesAreTold(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.take((1...5).flatMap { held("D-\($0)") })
        let items = try await scene.updates()
        let cases = items.filter { String(decoding: $0.json, as: UTF8.self).contains(#""kind":"case""#) }
        #expect(items.count == 15 && cases.count == 5)
        for item in cases {
            guard case .update(let facts) = item.content else { continue }
            #expect(facts.sequence == 2 && facts.after.openCases == CaseSet(.onHold) && facts.before?.openCases == [])
        }
        let delivery = try #require(try await scene.store.delivery(SampleEvents.key("D-1")).value)
        #expect(delivery.arrival.sequence == 2 && delivery.openCases == CaseSet(.onHold))
        try await scene.take([SampleEvents.event(.released, "free", of: "D-1", minute: 30)])
        #expect(try await scene.updates().count == 17)
        #expect(try await scene.store.delivery(SampleEvents.key("D-1")).value?.openCases == [])
        let claims = try await scene.store.progress().claims
        #expect(try await scene.store.untold(claims.map(\.partition), limit: 9).isEmpty)
        #expect(claims.reduce(0) { $0 + $1.position } == 17)
    }

    private static func pagesTellTheSame(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        scene.tracked.feed.begin(at: try await scene.store.progress().cursor)
        let subscription = try #require(scene.tracked.feed.subscribe())
        for minute in 1...4 {
            try await scene.take(
                (1...6).flatMap { number in
                    minute == 1
                        ? held("D-\(number)")
                        : [
                            SampleEvents.event(
                                minute.isMultiple(of: 2) ? .released : .held, "\(minute)", of: "D-\(number)",
                                minute: 10 * Int64(minute))
                        ]
                })
        }
        let paged = try await scene.updates()
        scene.tracked.feed.close()
        var live: [FeedItem] = []
        for await batch in subscription.batches { live += batch }
        func byPlace(_ items: [FeedItem]) -> [FeedPosition: [UInt8]] {
            var found: [FeedPosition: [UInt8]] = [:]
            for item in items { if case .update(let facts) = item.content { found[facts.at] = item.json } }
            return found
        }
        #expect(paged.count == 54 && byPlace(paged) == byPlace(live))
    }

    // MARK: People

    private static func peopleActOnce(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.take(held("D-1"))
        let id = try #require(try await scene.cases().first?.record.id)
        let desk = Desk(store: scene.store)
        let now = scene.tracked.time.now()
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for person in 0..<8 {
                group.addTask {
                    let acting = CaseActing(actor: "person-\(person)", at: now, seen: 1)
                    if case .done = try await desk.act(.resolve("mine"), on: id, .default, acting) { return true }
                    return false
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        try await scene.settle()
        let details = try #require(try await scene.store.caseDetails(id, .default).value)
        #expect(details.row.record.state == .resolved && details.row.record.changedBy?.hasPrefix("person-") == true)
        #expect(details.changes.map(\.number) == details.changes.map(\.number).sorted() && details.changes.count == 2)
        #expect(details.changes[0].actor == nil && details.changes[1].actor == details.row.record.changedBy)
        #expect(try await scene.cases().isEmpty, "the monitor opens nothing again")
        let other = try #require(MerchantID("other"))
        #expect(try await scene.store.caseDetails(id, other).value == nil)
        #expect(try await scene.store.caseDetails("nothing\0", .default).value == nil)
    }

    private static func listsAndCounts(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        var events = (1...9).flatMap { held("D-\($0)") }
        events += [SampleEvents.event(.exception, "bad", of: "D-3", minute: 20)]
        events[0].details = [.carrier("slöw")]
        try await scene.take(events)
        #expect(try await scene.cases().count == 9)
        #expect(try await scene.cases { $0.kinds = [.exception] }.map(\.delivery.key.deliveryID.text) == ["D-3"])
        #expect(try await scene.cases { $0.severity = .red }.count == 1)
        #expect(try await scene.cases { $0.carrier = "slöw" }.count == 1)
        #expect(try await scene.cases { $0.deliveryID = DeliveryID("D-4") }.count == 1)
        #expect(try await scene.cases { $0.owner = .some(nil) }.count == 9)
        let first = try #require(try await scene.cases().first?.record)
        let acting = CaseActing(actor: "mïa", at: scene.tracked.time.now())
        let desk = Desk(store: scene.store)
        _ = try await desk.act(.assign(owner: "mïa"), on: first.id, .default, acting)
        let until = scene.tracked.time.now().advanced(bySeconds: 3600)
        _ = try await desk.act(.snooze(until: until, orNextEvent: false), on: first.id, .default, acting)
        #expect(try await scene.cases { $0.owner = .some("mïa") }.map(\.record.id) == [first.id])
        #expect(try await scene.cases { $0.snoozed = .only }.count == 1)
        #expect(try await scene.cases { $0.snoozed = .no }.count == 8)
        let counts = try await scene.store.caseCounts(.default, at: scene.tracked.time.now()).value
        #expect(counts.reduce(0) { $0 + $1.count } == 9)
        #expect(counts.contains { $0.owner == "mïa" && $0.isSnoozed && $0.count == 1 && $0.kind == .onHold })
        var query = CaseQuery(merchant: .default)
        query.limit = 4
        var seen: [String] = []
        while true {
            let page = try await scene.store.cases(query).value
            seen += page.rows.map(\.record.id)
            query.after = page.rows.last?.row
            if !page.hasMore { break }
        }
        #expect(seen == (try await scene.cases().map(\.record.id)) && Set(seen).count == 9)
    }

    private static func deliveriesByCase(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.take(held("D-1") + [SampleEvents.event(.created, "x", of: "D-2")])
        var query = DeliveryQuery(merchant: .default)
        query.filter.openCase = .onHold
        #expect(
            try await scene.store.deliveries(query).value.deliveries.map(\.key) == [SampleEvents.key("D-1")])
        query.filter.openCase = .late
        #expect(try await scene.store.deliveries(query).value.deliveries.isEmpty)
    }

    // MARK: Reports

    private static func reportsCount(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        var events: [Event] = []
        for number in 1...310 {
            var life = SampleEvents.life(of: "D-\(number)")
            let late = number.isMultiple(of: 7)
            life[0].details = [
                .carrier("swift"), .promised(Window(latest: SampleEvents.start.advanced(bySeconds: late ? 60 : 9000))),
            ]
            events += life
        }
        try await scene.take(events)
        let day = SampleEvents.start.dayNumber
        let counters = try await scene.store.counters(
            .default, from: ReportCell.start(of: day), to: ReportCell.start(of: day + 2), limit: 100)
        var sums: [ReportCell.Measure: Int64] = [:]
        for (name, count) in counters {
            let (cell, measure) = try #require(ReportCell.parse(name))
            #expect(cell.carrier == "swift" && cell.lane == "?-?")
            sums[measure, default: 0] += count
        }
        #expect(sums == [.delivered: 310, .late: 44, .inTime: 266, .transitMinutes: 310 * 41])
        #expect(try await scene.store.counters(.default).value["delivered_late"] == 44)
        #expect(try await scene.store.counters(.default).value.keys.allSatisfy { $0 < CounterName.firstOfMany })
        let model = ArrivalModel(
            counters: try await scene.store.counters(
                nil, from: ArrivalModel.namesFrom, to: ArrivalModel.namesTo, limit: 10_000))
        var folded = FoldedState()
        folded.createdAt = SampleEvents.start
        let prediction = try #require(model.prediction(for: folded, at: SampleEvents.start))
        let window = prediction.window(at: SampleEvents.start)
        let arrival = SampleEvents.start.advanced(bySeconds: 50 * 60)
        #expect(window.earliest <= arrival && arrival <= window.latest && prediction.samples == 310)
    }

    private static func sealingDropsCases(_ home: any StoreHome) async throws {
        let scene = try await scene(home)
        try await scene.take(held("D-1") + held("D-2"))
        try await scene.take([SampleEvents.event(.delivered, "end", of: "D-1", minute: 30)])
        let cases = try await scene.cases { $0.states = [] }
        #expect(cases.map(\.record.state).sorted { $0.rawValue < $1.rawValue } == [.cleared, .open])
        scene.tracked.time.advance(bySeconds: 500 * 86_400)
        var removed = 1
        while removed > 0 { removed = try await scene.store.seal(before: scene.tracked.time.now()) }
        #expect(try await scene.cases { $0.states = [] }.map(\.delivery.key) == [SampleEvents.key("D-2")])
        let purged = try await scene.store.feed(
            after: FeedCursor(feedID: 0, positions: []), limit: 1
        ).value.purged
        let partition = StableHash.partition(ofKey: "default/D-1", count: purged.count)
        #expect(purged[partition] >= 4, "its events, and what was told of its case")
    }
}
