import Simulation
import Synchronization
import WaybillCore
import WaybillEngine

/// A store under a real tracker that reads from a log in memory: how suites put deliveries into any store.
package struct TrackedStore: Sendable {
    package let store: any WholeStore
    package let log: WorldLog
    package let time: VirtualTime
    package let feed: LiveFeed
    package let observer: RecordingObserver
    package let tracking: Tracking
    private let gate: CommitGate

    /// - Parameter log: one that trackers before this one have read; nil for an empty one.
    package init(_ store: any WholeStore, partitions: Int, log: WorldLog? = nil) {
        self.store = store
        time = VirtualTime()
        self.log = log ?? WorldLog(partitions: partitions, time: time)
        observer = RecordingObserver()
        feed = LiveFeed(observer: observer)
        gate = CommitGate(store)
        tracking = Tracking(log: self.log, store: gate, outlet: feed, time: time, observer: observer, cases: store)
    }

    /// Appends events and tracks them, in batches of this many records.
    package func take(_ events: [Event], batch: Int = Limits.trackerBatch) async throws {
        var rest = events[...]
        while !rest.isEmpty {
            try await log.append(rest.prefix(batch).map(SampleEvents.record))
            try await settle()
            rest = rest.dropFirst(batch)
        }
    }

    /// Tracks until there is nothing left to do.
    package func settle() async throws {
        while try await tracking.step() == .worked {}
    }

    /// What the tracker would commit for these events, which it is kept from committing.
    package func decision(on events: [Event]) async throws -> TrackingCommit? {
        try await log.append(events.map(SampleEvents.record))
        gate.close()
        defer { gate.open() }
        do { try await settle() } catch is StorageError {}
        return gate.lastRefused
    }
}

/// Lets commits through, or keeps them and says that the store cannot be reached.
package final class CommitGate: TrackingStore {
    private struct State {
        var isClosed = false
        var lastRefused: TrackingCommit?
    }

    private let base: any TrackingStore
    private let state = Mutex(State())

    package init(_ base: any TrackingStore) { self.base = base }

    package func close() { state.withLock { $0.isClosed = true } }
    package func open() { state.withLock { $0.isClosed = false } }
    package var lastRefused: TrackingCommit? { state.withLock { $0.lastRefused } }

    package func progress() async throws(StorageError) -> TrackingProgress { try await base.progress() }

    package func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim] {
        try await base.claim(partitions)
    }

    package func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64> {
        try await base.takeNumbers(count)
    }

    package func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery] {
        try await base.deliveries(keys)
    }

    package func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]] {
        try await base.histories(numbers)
    }

    package func commit(_ commit: TrackingCommit) async throws(StorageError) {
        let isClosed = state.withLock { state in
            if state.isClosed { state.lastRefused = commit }
            return state.isClosed
        }
        if isClosed { throw .unavailable("the gate is closed") }
        try await base.commit(commit)
    }

    package func seal(before instant: Timestamp) async throws(StorageError) -> Int {
        try await base.seal(before: instant)
    }
}
