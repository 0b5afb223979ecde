import Synchronization
import WaybillCore

/// Keeps the live feed of a process that does not track: reads the topic of updates, whichever processes wrote it.
///
/// The topic may repeat a suffix; positions tell. Should it skip one, because a broker has lost it, the feed begins
/// again from the store, and whoever watches resumes there.
package final class Following: SteppedService {
    package let name = "follower"
    package let wakeUp = Signal()

    private let source: any UpdateSource
    private let store: any TrackingStore
    private let feed: LiveFeed
    private let observer: any Observer
    private let clock = ContinuousClock()
    /// When the store was last asked where the feed stands; nil before reading has begun.
    private let checked = Mutex<ContinuousClock.Instant?>(nil)
    /// How long a feed of another numbering (a store that was rebuilt) may go unnoticed.
    private static let checkInterval: Duration = .seconds(10)

    package init(source: any UpdateSource, store: any TrackingStore, feed: LiveFeed, observer: any Observer) {
        self.source = source
        self.store = store
        self.feed = feed
        self.observer = observer
    }

    /// Whether the feed is live.
    package var hasBegun: Bool { checked.withLock { $0 != nil } }

    package func step() async throws -> StepOutcome {
        // First the topic's end, then the store: what is committed later is on the topic behind that end.
        if !hasBegun { try await source.begin() }
        try await check()
        let records = try await source.next(atMost: .seconds(1))
        guard !records.isEmpty, let cursor = feed.cursor else { return .worked }
        try await publish(records, after: cursor)
        return .worked
    }

    private func check() async throws {
        let last = checked.withLock { $0 }
        if let last, clock.now - last < Self.checkInterval { return }
        let progress = try await store.progress()
        if feed.cursor?.feedID != progress.feedID { feed.begin(at: progress.cursor) }
        checked.withLock { $0 = clock.now }
    }

    private func publish(_ records: [LogRecord], after cursor: FeedCursor) async throws {
        var next = cursor
        var items: [FeedItem] = []
        for record in records {
            guard let told = try? UpdateRecord(record.value) else { continue }
            guard case .update(let update) = told else {
                items.append(FeedItem(.position(told.key), json: record.value, cursor: next))
                continue
            }
            guard next.isBefore(update.at) else { continue }
            let expected = next.positions[update.at.partition] + 1
            guard update.at.position == expected else {
                feed.publish(items, upTo: next)
                observer.observe(
                    .feedGap(partition: update.at.partition, expected: expected, found: update.at.position))
                return feed.begin(at: try await store.progress().cursor)
            }
            next.advance(to: update.at)
            items.append(FeedItem(.update(update), json: record.value, cursor: next))
        }
        feed.publish(items, upTo: next)
    }
}

extension UpdateRecord {
    fileprivate var key: DeliveryKey {
        switch self {
        case .update(let update): update.after.key
        case .position(let key): key
        }
    }
}
