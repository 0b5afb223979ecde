import Synchronization
import WaybillCore

/// Puts what was committed on the topics that others read: updates in the order of their positions, and dead letters.
///
/// What the tracker has just committed comes from memory, everything else from the store: after a crash, from the
/// published mark on, so that a suffix may be repeated and nothing is left out. The mark advances only over delivery
/// reports, and under the claim of the tracker that made the updates.
package final class Publishing: SteppedService {
    package typealias Store = PublicationStore & ReadStore

    package let name = "publisher"
    package let wakeUp = Signal()

    private struct State {
        var lanes: [Int: PublicationLane] = [:]
        var feedID: UInt64 = 0
        /// Told once and not kept: a fix is shown while it is fresh.
        var positions: [PositionFix] = []
        var marked: ContinuousClock.Instant?
    }

    private let store: any Store
    private let sink: any UpdateSink
    private let observer: any Observer
    private let clock = ContinuousClock()
    private let partitionCount: Int
    private let state = Mutex(State())
    /// Marks are raised this far apart at least: they only say how much is repeated after a crash.
    private static let markInterval: Duration = .milliseconds(250)

    package init(store: any Store, sink: any UpdateSink, partitions: Int, observer: any Observer) {
        self.store = store
        self.sink = sink
        self.observer = observer
        partitionCount = partitions
    }

    /// Updates that are committed here and not known to be on the topic.
    package var backlog: Int64 {
        state.withLock { state in
            state.lanes.values.reduce(0) { $0 + $1.committed - ($1.published?.position ?? $1.committed) }
        }
    }

    package func step() async throws -> StepOutcome {
        try await beginLanes()
        try await refill()
        let sent = try await sendUpdates() + sendDeadLetters()
        try await mark(isIdle: sent == 0)
        if sent > 0 { observer.observe(.published(records: sent)) }
        return sent > 0 ? .worked : .idle(atMost: .milliseconds(500))
    }

    package func drain() async throws {
        while backlog > 0, try await step() == .worked {}
        try await mark(isIdle: true)
    }

    // MARK: From the store

    private func beginLanes() async throws {
        let new = state.withLock { $0.lanes.values.filter { $0.published == nil }.map(\.partition) }
        guard !new.isEmpty else { return }
        for mark in try await store.published(new.sorted()) {
            state.withLock { $0.lanes[mark.partition]?.begin(at: mark) }
        }
    }

    /// Reads updates that are committed and not in memory: those of one that crashed, or that found no room.
    private func refill() async throws {
        let cursor: FeedCursor? = state.withLock { state in
            let behind = state.lanes.values.filter { $0.isBehind && $0.waiting.isEmpty && $0.published != nil }
            guard !behind.isEmpty else { return nil }
            var cursor = FeedCursor(feedID: state.feedID, positions: Array(repeating: .max, count: partitionCount))
            for lane in behind { cursor.positions[lane.partition] = lane.published?.position ?? .max }
            return cursor
        }
        guard let cursor else { return }
        let slice = try await store.feed(after: cursor, limit: Limits.publicationBatch).value
        let found = Dictionary(grouping: FeedReader.updates(of: slice), by: \.at.partition)
        state.withLock { state in
            for (partition, updates) in found { state.lanes[partition]?.refill(updates) }
        }
    }

    // MARK: To the topics

    private func sendUpdates() async throws -> Int {
        let (batches, positions) = state.withLock { state in
            var room = Limits.publicationBatch
            var batches: [(partition: Int, epoch: Int64, updates: [FeedUpdate])] = []
            for lane in state.lanes.values where !lane.waiting.isEmpty && room > 0 {
                batches.append((lane.partition, lane.epoch, Array(lane.waiting.prefix(room))))
                room -= lane.waiting.count
            }
            defer { state.positions = [] }
            return (batches, state.positions)
        }
        let records =
            batches.flatMap { $0.updates.map(OutgoingRecord.init(update:)) }
            + positions.map { OutgoingRecord(position: $0, partitions: partitionCount) }
        guard !records.isEmpty else { return 0 }
        let reports = await sink.send(records)
        var start = 0
        var sent = 0
        for batch in batches {
            let durable = reports[start..<start + batch.updates.count].prefix { $0 == nil }.count
            start += batch.updates.count
            sent += durable
            guard durable > 0 else { continue }
            state.withLock { state in
                guard state.lanes[batch.partition]?.epoch == batch.epoch else { return }
                state.lanes[batch.partition]?.sent(upTo: batch.updates[durable - 1].at.position)
            }
        }
        if let error = reports.lazy.compactMap({ $0 }).first { throw error }
        return sent + positions.count
    }

    private func sendDeadLetters() async throws -> Int {
        let lanes = state.withLock { $0.lanes.values.filter { $0.hasDeadLetters && $0.published != nil } }
        var sent = 0
        for lane in lanes {
            guard let mark = lane.published else { continue }
            // Lowered first: a letter that is committed meanwhile raises it again. Until all are sent, it is not done.
            state.withLock { $0.lanes[lane.partition]?.hasDeadLetters = false }
            var isDone = false
            defer { if !isDone { state.withLock { $0.lanes[lane.partition]?.hasDeadLetters = true } } }
            let rows = try await store.deadLetters(
                ofPartition: lane.partition, after: mark.deadLetter, limit: Limits.publicationBatch)
            guard let last = rows.last else {
                isDone = true
                continue
            }
            let reports = await sink.send(rows.map(OutgoingRecord.init(deadLetter:)))
            if let error = reports.lazy.compactMap({ $0 }).first { throw error }
            state.withLock { state in
                guard state.lanes[lane.partition]?.epoch == lane.epoch else { return }
                state.lanes[lane.partition]?.sentDeadLetter(last.id)
            }
            sent += rows.count
        }
        return sent
    }

    private func mark(isIdle: Bool) async throws {
        let due: [Publication] = state.withLock { state in
            let isTime = state.marked.map { clock.now - $0 >= Self.markInterval } ?? true
            guard isIdle || isTime else { return [] }
            state.marked = clock.now
            return state.lanes.values.compactMap(\.due)
        }
        guard !due.isEmpty else { return }
        try await store.markPublished(due.sorted { $0.partition < $1.partition })
        state.withLock { state in
            for mark in due where state.lanes[mark.partition]?.epoch == mark.epoch {
                state.lanes[mark.partition]?.hasMarked(mark)
            }
        }
    }
}

extension Publishing: UpdateOutlet {
    package func begin(_ claims: [Claim], in progress: TrackingProgress) {
        state.withLock { state in
            state.feedID = progress.feedID
            for claim in claims {
                let known = state.lanes[claim.partition]
                // Asked again after a failure: what memory holds still follows the mark, unless more was committed.
                if let known, known.epoch == claim.epoch, known.committed == claim.position {
                    // A batch of dead letters alone may have been committed and not told: it moves no position.
                    state.lanes[claim.partition]?.hasDeadLetters = true
                    continue
                }
                state.lanes[claim.partition] = PublicationLane(claim)
            }
        }
        wakeUp.fire()
    }

    package func tell(_ batch: CommittedBatch) {
        state.withLock { state in
            var room = Limits.waitingUpdates - state.lanes.values.reduce(0) { $0 + $1.waiting.count }
            for update in batch.inOrder {
                state.lanes[update.at.partition]?.take(update, hasRoom: room > 0)
                room -= 1
            }
            for partition in batch.deadLetters { state.lanes[partition]?.hasDeadLetters = true }
            if state.positions.count < Limits.publicationBatch { state.positions += batch.positions }
        }
        wakeUp.fire()
    }

    package func end(_ partitions: Set<Int>) {
        state.withLock { state in
            for partition in partitions { state.lanes[partition] = nil }
        }
    }
}
