import Synchronization
import WaybillCore

/// The monitor: looks at deliveries that are due, opens, escalates and clears their cases, and says which have expired.
///
/// It leases its share of the deliveries, so that of two monitors one acts. A look is written only where the delivery
/// is as it was when it was read: an event that came in between makes it due again.
package final class Monitoring: SteppedService {
    package let name = "monitor"
    package let wakeUp = Signal()

    private struct State {
        var leases: [ShardLease] = []
        var leasedAt: Timestamp?
        /// Judging never goes back in time.
        var horizon = Timestamp(microseconds: 0)
    }

    private let store: any DeskStore
    private let log: any EventLog
    private let lag: TrackingLag
    private let arrivals: Arrivals
    private let owner: String
    private let book: RuleBook
    private let time: any TimeSource
    private let observer: any Observer
    private let told: Signal?
    private let state = Mutex(State())

    /// How often the leases are renewed, in seconds.
    private static let renewal = Limits.monitorLeaseSeconds / 3

    /// - Parameters:
    ///   - owner: names this process, and no other one.
    ///   - told: fires when there are changes for the feed; nil where the tracker runs elsewhere and asks.
    package init(
        store: any DeskStore, log: any EventLog, lag: TrackingLag, owner: String, book: RuleBook,
        time: any TimeSource, observer: any Observer, told: Signal? = nil
    ) {
        self.store = store
        arrivals = Arrivals(store: store)
        self.log = log
        self.lag = lag
        self.owner = owner
        self.book = book
        self.time = time
        self.observer = observer
        self.told = told
    }

    package func step() async throws -> StepOutcome {
        let now = time.now()
        let leases = try await leases(at: now)
        guard !leases.isEmpty else { return .idle(atMost: .seconds(Self.renewal)) }
        let horizon = try await horizon(at: now)
        let due = try await store.due(
            leases.map(\.shard), of: Limits.monitorShards, at: horizon, limit: Limits.monitorBatch)
        guard !due.isEmpty else { return .idle(atMost: .seconds(1)) }
        try await judge(due, at: horizon, under: leases)
        return .worked
    }

    package func drain() async throws { try await store.release(owner: owner) }

    // MARK: What to go by

    private func leases(at now: Timestamp) async throws(StorageError) -> [ShardLease] {
        let (known, leasedAt) = state.withLock { ($0.leases, $0.leasedAt) }
        if let leasedAt, !known.isEmpty, now < leasedAt.advanced(bySeconds: Self.renewal), now >= leasedAt {
            return known
        }
        let leases = try await store.lease(
            Limits.monitorShards, owner: owner, now: now,
            until: now.advanced(bySeconds: Limits.monitorLeaseSeconds))
        state.withLock { state in
            state.leases = leases
            state.leasedAt = now
        }
        return leases
    }

    /// What waits in the log was not silent: time is judged as of the oldest record that is not read yet.
    private func horizon(at now: Timestamp) async throws(StorageError) -> Timestamp {
        let oldest = try await lag.read().oldest ?? now
        let patient = now.advanced(bySeconds: -Limits.monitorPatienceSeconds)
        return state.withLock { state in
            state.horizon = max(state.horizon, min(now, max(oldest, patient)))
            return state.horizon
        }
    }

    // MARK: Judging

    private func judge(_ due: [WatchedDelivery], at now: Timestamp, under leases: [ShardLease]) async throws {
        let model = try await arrivals.model(at: now)
        var summary = WatchedBatch()
        var expired: [NewRecord] = []
        var looks: [Look] = []
        for watched in due {
            let delivery = watched.stored.state
            let prediction = model.prediction(for: delivery.folded, at: now)
            let decision = CaseEvaluation(delivery, at: now, book, prediction: prediction)
                .decide(over: watched.records)
            looks.append(Look(watched, decision))
            for change in decision.changes { summary.count(change.change) }
            guard let event = decision.expiry else { continue }
            expired.append(NewRecord(key: event.key, value: EventEncoder.bytes(of: event), event: event))
        }
        // First the events: repeated after a crash they are duplicates, which are recognised.
        if !expired.isEmpty { try await log.append(expired) }
        summary.looked = looks.count
        summary.expired = expired.count
        do throws(StorageError) {
            summary.written = try await store.commit(looks, under: leases, of: Limits.monitorShards)
        } catch {
            // Whatever came of it: ask again whose the shares are.
            state.withLock { $0.leasedAt = nil }
            throw error
        }
        if looks.contains(where: { !$0.changes.isEmpty }) { told?.fire() }
        observer.observe(.watched(summary))
    }
}

/// What one step of the monitor did.
package struct WatchedBatch: Sendable {
    package var looked = 0
    /// Looks that were written: the others' deliveries had changed meanwhile.
    package var written = 0
    package var opened = 0
    package var cleared = 0
    package var escalated = 0
    package var expired = 0
    package init() {}

    mutating func count(_ change: CaseChangeKind) {
        switch change {
        case .opened: opened += 1
        case .cleared: cleared += 1
        case .escalated: escalated += 1
        case .woken, .assigned, .snoozed, .noted, .resolved, .reopened: break
        }
    }
}
