import Synchronization
import WaybillCore

/// Updates beyond a cursor, in the order of the feed.
package protocol FeedSource: Sendable {
    func updates(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> FeedReader.Updates
}

extension FeedReader: FeedSource {}

/// What was committed last, still in memory: whoever follows the tracker in its own process need not fold again what
/// the tracker has just folded. What is not here any more is read from the store.
///
/// For a process that tracks every partition, with one follower: what it has passed is forgotten.
package final class RecentUpdates: Sendable {
    fileprivate struct State {
        /// All updates of the feed between the two are here.
        var start: FeedCursor?
        var end: FeedCursor?
        /// In the order of the feed; the first batches are forgotten first.
        var batches: [[FeedUpdate]] = []
        var count = 0
    }

    private let state = Mutex(State())
    private let store: any FeedSource
    private let next: any UpdateOutlet
    private let told: Signal
    private let bound: Int

    /// - Parameters:
    ///   - store: answers for what is not here.
    ///   - next: is told everything as well.
    ///   - told: fires when there is something new.
    ///   - bound: updates that are kept.
    package init(
        store: any FeedSource, next: any UpdateOutlet, told: Signal, bound: Int = Limits.recentUpdates
    ) {
        self.store = store
        self.next = next
        self.told = told
        self.bound = bound
    }
}

extension RecentUpdates: UpdateOutlet {
    package func begin(_ claims: [Claim], in progress: TrackingProgress) {
        state.withLock { state in
            if state.end != progress.cursor { state = State(start: progress.cursor, end: progress.cursor) }
        }
        next.begin(claims, in: progress)
        told.fire()
    }

    package func tell(_ batch: CommittedBatch) {
        let updates = batch.inOrder
        if !updates.isEmpty { state.withLock { $0.keep(updates, bound: bound) } }
        next.tell(batch)
        if !updates.isEmpty { told.fire() }
    }

    package func end(_ partitions: Set<Int>) { next.end(partitions) }
}

extension RecentUpdates: FeedSource {
    package func updates(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> FeedReader.Updates {
        if let page = state.withLock({ $0.page(after: cursor, limit: limit) }) { return page }
        return try await store.updates(after: cursor, limit: limit)
    }
}

extension RecentUpdates.State {
    mutating func keep(_ updates: [FeedUpdate], bound: Int) {
        for update in updates { end?.advance(to: update.at) }
        batches.append(updates)
        count += updates.count
        while count > bound { forgetFirst() }
    }

    private mutating func forgetFirst() {
        for update in batches[0] { start?.advance(to: update.at) }
        count -= batches.removeFirst().count
    }

    /// Nil where something beyond the cursor may have been forgotten, or the cursor is not of this feed.
    mutating func page(after cursor: FeedCursor, limit: Int) -> FeedReader.Updates? {
        guard let start, let end, cursor.feedID == end.feedID, start.isReached(by: cursor), cursor.isReached(by: end)
        else { return nil }
        while let first = batches.first, !first.contains(where: { cursor.isBefore($0.at) }) { forgetFirst() }
        var next = cursor
        var found: [FeedUpdate] = []
        for update in batches.joined() where cursor.isBefore(update.at) {
            guard found.count < limit else { break }
            next.advance(to: update.at)
            found.append(update)
        }
        return .updates(found, next: next)
    }
}

extension FeedCursor {
    /// Whether a reader at `other` has seen everything that one at this cursor has.
    fileprivate func isReached(by other: FeedCursor) -> Bool {
        zip(positions, other.positions).allSatisfy { $0 <= $1 }
    }
}
