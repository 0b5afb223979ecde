import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// One life of the platform, of one seed: requests, foreign records, tracker steps, readers and watchers, under faults;
/// then the world heals, and everything must be as if nothing had ever gone wrong.
final class SimulatedRun {
    private let seed: UInt64
    private let rates: FaultRates
    private var dice: SeededGenerator
    private var traffic: Traffic
    private let time = VirtualTime()
    private let log: WorldLog
    private let store: WorldStore
    private let faults: FaultPlan
    private let feed: LiveFeed
    private let ingest: Ingest
    private var tracking: Tracking
    private let faultyStore: FaultyStore
    private let faultyLog: FaultyLog
    private let observer = RecordingObserver()
    /// Events that a caller was told are accepted.
    private var acknowledged: [Event] = []
    private var offered: Set<[UInt8]> = []
    private var unanswered: [[Event]] = []
    private var reader: FeedWitness
    private var watchers: [(subscription: LiveFeed.Subscription, witness: FeedWitness)] = []
    private var bookmarks: [FeedCursor] = []
    private(set) var tally = SimulationTally()

    init(seed: UInt64, rates: FaultRates = .rough) async throws {
        self.seed = seed
        self.rates = rates
        dice = SeededGenerator(seed: seed)
        let partitions = 1 + dice.integer(below: 4)
        traffic = Traffic(seed: seed, deliveries: 1 + dice.integer(below: 6))
        log = WorldLog(partitions: partitions, time: time)
        store = WorldStore(partitions: partitions, feedID: seed)
        faults = FaultPlan(seed: seed, rates: rates, time: time)
        faultyLog = FaultyLog(log, faults)
        faultyStore = FaultyStore(store, faults)
        feed = LiveFeed(observer: observer)
        ingest = Ingest(
            log: faultyLog, personal: faultyStore, time: time, ids: EventIDs(time: time, seed: seed), observer: observer
        )
        tracking = Tracking(log: faultyLog, store: faultyStore, outlet: feed, time: time, observer: observer)
        reader = FeedWitness(from: try await store.progress().cursor)
    }

    /// What was not as it must be.
    func problems(turns: Int = 40) async throws -> [String] {
        for _ in 0..<turns { try await turn() }
        faults.heal()
        while let events = unanswered.popLast() { try await offer(events) }
        try await settle()
        let expectation = Expectation(log)
        var problems = try await expectation.differences(from: store, lettersMayRepeat: rates.repeatedRead > 0)
        tally.count(expectation, faults: faults.struck)
        problems += acknowledgedAndOffered()
        problems += try await readersSawEverything()
        problems += await watchersSawEverything()
        problems += try await Rebuilding(store: store).verify().differences
        return problems.map { "seed \(seed): \($0)" }
    }

    private func turn() async throws {
        switch dice.integer(below: 12) {
        case 0, 1: try await offer((0...dice.integer(below: 4)).map { _ in traffic.event() })
        case 2:
            if let events = unanswered.popLast() { try await offer(events) }
        case 3:
            let poison = traffic.poison()
            offered.insert(poison.value)
            log.put([poison])
        case 4: time.advance(bySeconds: Int64(dice.integer(below: 100)) - 20)
        case 5: await watch()
        case 6:
            let limit = 1 + dice.integer(below: 5)
            try await hopefully { _ = try await reader.page(FeedReader(store: faultyStore), limit: limit) }
        case 7: bookmarks.append(try await store.progress().cursor)
        case 8: if rates.before + rates.after > 0, dice.chance(0.2) { restart() }
        default: try await hopefully { _ = try await tracking.step() }
        }
    }

    /// Storage may fail: another turn tries again.
    private func hopefully(_ body: () async throws -> Void) async throws {
        do { try await body() } catch { guard error is StorageError else { throw error } }
    }

    /// Posts events of one merchant; a caller who is not answered tries again later.
    private func offer(_ events: [Event]) async throws {
        for (merchant, mine) in Dictionary(grouping: events, by: \.merchant) {
            let lines = mine.map(EventEncoder.bytes)
            offered.formUnion(lines)
            let body = Array(lines.joined(separator: [10]))
            do {
                let receipt = try await ingest.accept(EventRequest(body: body, form: .lines), merchant: merchant)
                let refused = Set(receipt.rejected.map(\.index))
                acknowledged += mine.indices.filter { !refused.contains($0) }.map { mine[$0] }
                tally.refused += refused.count
            } catch {
                guard case IngestError.storage = error else { throw error }
                unanswered.append(mine)
            }
        }
    }

    /// Somebody opens a stream: the subscription first, then the pages up to now.
    private func watch() async {
        guard watchers.count < 3, let subscription = feed.subscribe() else { return }
        guard let cursor = feed.cursor else { return feed.unsubscribe(subscription.id) }
        watchers.append((subscription, FeedWitness(from: cursor)))
    }

    /// The tracker's process dies and another one begins.
    private func restart() {
        tracking = Tracking(log: faultyLog, store: faultyStore, outlet: feed, time: time, observer: observer)
    }

    private func settle() async throws {
        var failures = 0
        while true {
            var isIdle = false
            var hasFailed = true
            try await hopefully {
                isIdle = try await tracking.step() != .worked
                hasFailed = false
            }
            if isIdle { return }
            // The last commit before the healing may still be on its way.
            if hasFailed { failures += 1 }
            if failures > 3 { throw StorageError.unavailable("the tracker fails in a healed world") }
        }
    }

    // MARK: Judging

    private func acknowledgedAndOffered() -> [String] {
        var problems: [String] = []
        let values = Set(log.records.map(\.value))
        for event in acknowledged where !values.contains(EventEncoder.bytes(of: event)) {
            problems.append("\(event.id) of \(event.key) was acknowledged and is not in the log")
        }
        if !values.isSubset(of: offered) { problems.append("the log holds what nobody offered") }
        return problems
    }

    private func readersSawEverything() async throws -> [String] {
        var problems: [String] = []
        let end = try await store.progress().cursor
        var readers = [reader] + bookmarks.map(FeedWitness.init)
        for _ in 0..<3 {
            let positions = end.positions.map { Int64(dice.integer(below: Int($0) + 1)) }
            readers.append(FeedWitness(from: FeedCursor(feedID: end.feedID, positions: positions)))
        }
        for var witness in readers {
            let limit = 1 + dice.integer(below: 9)
            while try await witness.page(FeedReader(store: store), limit: limit) {}
            problems += witness.problems
            if witness.cursor != end {
                problems.append("a reader stopped at \(witness.cursor.positions) of \(end.positions)")
            }
            if Set(witness.seen).count != witness.seen.count { problems.append("a reader saw an update twice") }
        }
        let expected = Expectation(log).updates.flatMap { $0 }
        var whole = FeedWitness(from: FeedCursor(feedID: end.feedID, positions: end.positions.map { _ in 0 }))
        while try await whole.page(FeedReader(store: store), limit: 500) {}
        if whole.seen.sorted() != expected.sorted() { problems.append("the feed is not the accepted events") }
        return problems
    }

    /// A stream shows each update once, up to the end or to the point where it was dropped.
    private func watchersSawEverything() async -> [String] {
        let end = feed.cursor
        // Whoever still watches sees one more thing.
        let farewell = PositionFix(
            key: SampleEvents.key("farewell"), id: EventID(trusted: "farewell"), occurredAt: time.now(),
            location: JSONFragment(trusted: "{}"))
        feed.publish(CommittedBatch(updates: [], positions: [farewell]))
        feed.close()
        var problems: [String] = []
        for (subscription, witness) in watchers {
            var witness = witness
            var isDropped = true
            for await items in subscription.batches {
                witness.see(items)
                if items.contains(where: {
                    if case .position(farewell.key) = $0.content { true } else { false }
                }) {
                    isDropped = false
                }
            }
            problems += witness.problems.map { "a watcher: \($0)" }
            if isDropped { tally.dropped += 1 }
            if !isDropped, witness.cursor != end {
                problems.append(
                    "a watcher was not dropped and saw \(witness.cursor.positions) of \(end?.positions ?? [])")
            }
        }
        tally.watchers += watchers.count
        return problems
    }
}
