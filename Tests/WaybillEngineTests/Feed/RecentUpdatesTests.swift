import Synchronization
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// What is answered from memory is what the store would answer, and what memory has lost is asked of the store.
struct RecentUpdatesTests {
    private let store = CountedSource()
    private let told = Signal()

    /// The source behind it: says nothing but that it was asked.
    private final class CountedSource: FeedSource {
        private let asked = Mutex(0)
        var count: Int { asked.withLock { $0 } }

        func updates(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> FeedReader.Updates {
            asked.withLock { $0 += 1 }
            return .updates([], next: cursor)
        }
    }

    private func recent(bound: Int = 100, at positions: [Int64] = [0, 0]) -> RecentUpdates {
        let recent = RecentUpdates(
            store: store, next: LiveFeed(observer: RecordingObserver()), told: told, bound: bound)
        begin(recent, at: positions)
        return recent
    }

    private func begin(_ recent: RecentUpdates, at positions: [Int64], feedID: UInt64 = 1) {
        let claims = positions.enumerated().map { partition, position in
            Claim(partition: partition, epoch: 1, offset: 0, position: position)
        }
        recent.begin(claims, in: TrackingProgress(claims: claims, feedID: feedID))
    }

    private func batch(_ places: [(partition: Int, position: Int64)]) -> CommittedBatch {
        var application = DeliveryApplication(key: SampleEvents.key("D-1"), stored: nil)
        let updates = places.compactMap { place -> Update? in
            let event = SampleEvents.event(.note, "\(place.partition)-\(place.position)", minute: place.position)
            guard case .applied(let applied) = application.apply(event, receivedAt: SampleEvents.start) else {
                return nil
            }
            return Update(at: FeedPosition(partition: place.partition, position: place.position), applied: applied)
        }
        return CommittedBatch(updates: updates, positions: [])
    }

    private func cursor(_ positions: [Int64], feedID: UInt64 = 1) -> FeedCursor {
        FeedCursor(feedID: feedID, positions: positions)
    }

    private func read(
        _ recent: RecentUpdates, _ cursor: FeedCursor, limit: Int = 100
    ) async throws -> (places: [FeedPosition], next: FeedCursor) {
        guard case .updates(let updates, let next) = try await recent.updates(after: cursor, limit: limit) else {
            Issue.record("a reset")
            return ([], cursor)
        }
        return (updates.map(\.at), next)
    }

    @Test func pagesFromMemoryInTheOrderOfTheFeed() async throws {
        let recent = recent()
        recent.tell(batch([(0, 1), (1, 1), (0, 2)]))
        recent.tell(batch([(1, 2), (1, 3)]))
        let first = try await read(recent, cursor([0, 0]), limit: 2)
        #expect(first.places == [.init(partition: 0, position: 1), .init(partition: 1, position: 1)])
        #expect(first.next == cursor([1, 1]))
        let second = try await read(recent, first.next)
        #expect(second.places.map(\.position) == [2, 2, 3] && second.next == cursor([2, 3]))
        let last = try await read(recent, second.next)
        #expect(last.places.isEmpty && last.next == second.next)
        #expect(store.count == 0)
    }

    /// A reader that came by the store's order has passed other places than the first ones of memory.
    @Test func aCursorBetweenTheBatchesIsAnsweredByPartition() async throws {
        let recent = recent()
        recent.tell(batch([(0, 1), (1, 1), (0, 2)]))
        recent.tell(batch([(1, 2)]))
        let page = try await read(recent, cursor([0, 2]))
        #expect(page.places == [.init(partition: 0, position: 1), .init(partition: 0, position: 2)])
    }

    @Test func whatWasForgottenIsAskedOfTheStore() async throws {
        let recent = recent(bound: 3)
        recent.tell(batch([(0, 1), (0, 2)]))
        recent.tell(batch([(0, 3), (0, 4)]))
        _ = try await read(recent, cursor([1, 0]))
        #expect(store.count == 1, "the first batch is gone")
        #expect(try await read(recent, cursor([2, 0])).places.map(\.position) == [3, 4])
        _ = try await read(recent, cursor([4, 0]))
        _ = try await read(recent, cursor([3, 0]))
        #expect(store.count == 2, "what its one reader has passed is forgotten")
    }

    /// Another feed, a place that nobody has told, a commit whose outcome was unknown.
    @Test func whatItCannotKnowIsAskedOfTheStore() async throws {
        let recent = recent(at: [5, 0])
        recent.tell(batch([(0, 6)]))
        _ = try await read(recent, cursor([5, 0], feedID: 2))
        _ = try await read(recent, cursor([7, 0]))
        #expect(store.count == 2)
        begin(recent, at: [6, 0])
        #expect(try await read(recent, cursor([5, 0])).places.map(\.position) == [6], "nothing was lost")
        begin(recent, at: [8, 0])
        _ = try await read(recent, cursor([5, 0]))
        #expect(store.count == 3, "two were committed and never told")
        await told.wait()
    }
}
