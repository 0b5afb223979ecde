import Simulation
import Synchronization
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The live feed of a process that does not track: repeats are not shown, holes are noticed, nothing else is lost.
@Suite(.timeLimit(.minutes(1))) struct FollowingTests {
    private let world = WorldStore(partitions: 2)
    private let tracked: TrackedStore
    private let topic = MemoryTopic()
    private let feed: LiveFeed
    private let following: Following
    private let observer = RecordingObserver()

    init() {
        tracked = TrackedStore(world, partitions: 2)
        feed = LiveFeed(observer: observer)
        following = Following(source: topic, store: world, feed: feed, observer: observer)
    }

    /// What the tracker committed beyond `cursor`, as records of the topic.
    private func records(after cursor: FeedCursor) async throws -> [LogRecord] {
        guard case .items(let items, _) = try await FeedReader(store: world).page(after: cursor) else { return [] }
        return items.map { item in
            guard case .update(let update) = item.content else { preconditionFailure("pages have updates only") }
            return LogRecord(
                partition: update.at.partition, offset: update.at.position, key: update.after.key.text,
                value: item.json, timestamp: SampleEvents.start)
        }
    }

    private func seen(by subscription: LiveFeed.Subscription) async -> [String] {
        feed.close()
        var ids: [String] = []
        for await items in subscription.batches {
            ids += items.compactMap { if case .update(let update) = $0.content { update.id } else { nil } }
        }
        return ids
    }

    @Test func repeatsAreShownOnceAndTheRestInOrder() async throws {
        try await tracked.take(SampleEvents.life(of: "D-0"))
        let start = try await world.progress().cursor
        _ = try await following.step()
        #expect(following.hasBegun && feed.cursor == start, "what was before is in the store")
        let subscription = try #require(feed.subscribe())
        try await tracked.take(SampleEvents.life(of: "D-1") + SampleEvents.life(of: "D-2"))
        let told = try await records(after: start)
        topic.put(Array(told.prefix(5)) + told.suffix(from: 2) + told)
        _ = try await following.step()
        #expect(feed.cursor == (try await world.progress().cursor))
        let ids = await seen(by: subscription)
        #expect(ids.count == 12 && Set(ids).count == 12)
        for name in ["D-1", "D-2"] {
            let mine = ids.filter { $0.contains("/\(name)/") }
            #expect(mine == (1...6).map { "default/\(name)/\($0)" })
        }
    }

    @Test func aHoleBeginsTheFeedAgainFromTheStore() async throws {
        _ = try await following.step()
        let start = try #require(feed.cursor)
        let subscription = try #require(feed.subscribe())
        try await tracked.take(SampleEvents.life(of: "D-1"))
        var told = try await records(after: start)
        told.remove(at: 3)
        topic.put(told)
        _ = try await following.step()
        #expect(observer.count { if case .feedGap = $0 { true } else { false } } == 1)
        #expect(feed.cursor == (try await world.progress().cursor))
        #expect(await seen(by: subscription).count == 3, "dropped at the hole; it resumes from the store")
    }

    @Test func whatNobodyCanReadIsPassedOver() async throws {
        _ = try await following.step()
        let start = try #require(feed.cursor)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        var told = try await records(after: start)
        told.insert(
            LogRecord(partition: 0, offset: 0, key: "x", value: [0xFF], timestamp: SampleEvents.start), at: 1)
        topic.put(told)
        _ = try await following.step()
        #expect(feed.cursor == (try await world.progress().cursor))
    }
}

/// A topic of updates in memory.
private final class MemoryTopic: UpdateSource {
    private let records = Mutex<[LogRecord]>([])

    func put(_ more: [LogRecord]) { records.withLock { $0 += more } }
    func begin() async throws(StorageError) {}

    func next(atMost limit: Duration) async throws(StorageError) -> [LogRecord] {
        records.withLock { records in
            defer { records = [] }
            return records
        }
    }
}
