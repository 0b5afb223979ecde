import Synchronization
import WaybillCore

/// The tracker: reads a batch, loads the states it touches in one query, folds, commits all in one transaction, tells
/// whoever listens.
///
/// It works on the partitions that the log assigns to it and that it has claimed in the store. While a batch is on its
/// way to the disk the next one is prepared over its outcome; it is committed only after it, and dropped with it when
/// it fails. Nothing is told to anybody before its commit.
package final class Tracking: SteppedService {
    package let name = "tracker"
    package static let consumerGroup = "waybill-tracker"

    /// A decision that is being committed.
    private struct InFlight {
        var decision: TrackingBatch.Decision
        var gaps: [LogGap]
        var started: ContinuousClock.Instant
        var newest: Timestamp
        var commit: Task<StorageError?, Never>
    }

    private struct State {
        var ownership = Ownership()
        var inFlight: InFlight?
        var hasBegun = false
        /// When the store was last asked for changes of cases, nil when it should be asked at once.
        var asked: ContinuousClock.Instant?
        /// Numbers that were taken from the store and not given to a delivery yet.
        var numbers: Range<Int64> = 0..<0
    }

    private let log: any LogReader
    private let store: any TrackingStore
    private let outlet: any UpdateOutlet
    private let time: any TimeSource
    private let observer: any Observer
    private let clock = ContinuousClock()
    /// Small batches begin this far apart at least, so that a trickle of single events shares commits.
    private let gathering: Duration
    private let cases: (any CaseOutbox)?
    /// The store is asked for changes of cases this far apart.
    private let telling: Duration
    private let watch: Watch
    private let state = Mutex(State())

    /// - Parameters:
    ///   - cases: whose changes get their places in the feed here; nil where nothing watches the deliveries.
    ///   - watch: says when the monitor is to look at what has changed.
    package init(
        log: any LogReader, store: any TrackingStore, outlet: any UpdateOutlet, time: any TimeSource,
        observer: any Observer, gathering: Duration = .zero, cases: (any CaseOutbox)? = nil,
        telling: Duration = .zero, watch: Watch = Watch()
    ) {
        self.gathering = gathering
        self.cases = cases
        self.telling = telling
        self.watch = watch
        self.log = log
        self.store = store
        self.outlet = outlet
        self.time = time
        self.observer = observer
    }

    package var wakeUp: Signal { log.arrived }

    /// The claims of this tracker, as it last committed or read them.
    package var claims: [Claim] { state.withLock { $0.ownership.sorted } }

    /// Whether this tracker has ever heard from the store.
    package var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Prepares a batch while the one before is committed; idle only when everything is committed and told.
    package func step() async throws -> StepOutcome {
        do {
            try await gather()
            try await settleOwnership()
            return try await prepare()
        } catch {
            await abandon()
            throw error
        }
    }

    package func drain() async throws { try await finish() }

    // MARK: Ownership

    /// Gives back what is revoked, claims what is new, reads again what is uncertain.
    private func settleOwnership() async throws {
        let assignment = log.assignment
        let leaving = assignment.revoking.union(Set(claims.map(\.partition)).subtracting(assignment.partitions))
        if !leaving.isEmpty {
            try await finish()
            state.withLock { $0.ownership.release(leaving) }
            outlet.end(leaving)
            log.release(leaving)
        }
        let (isUncertain, missing) = state.withLock { state in
            (state.ownership.isUncertain, state.ownership.missing(of: assignment, at: clock.now))
        }
        guard isUncertain || !missing.isEmpty else { return }
        try await finish()
        if !missing.isEmpty {
            let granted = try await store.claim(missing)
            state.withLock { $0.ownership.granted(granted) }
            for partition in missing { observer.observe(.claimed(partition: partition)) }
        }
        let stored = try await store.progress()
        let gone = state.withLock { state in
            state.hasBegun = true
            return state.ownership.reread(stored.claims, at: clock.now)
        }
        outlet.end(Set(gone))
        for partition in gone { observer.observe(.claimLost(partition: partition)) }
        outlet.begin(claims, in: stored)
    }

    // MARK: Batches

    private func prepare() async throws -> StepOutcome {
        let (inFlight, mine) = state.withLock { ($0.inFlight, $0.ownership.sorted) }
        guard !mine.isEmpty else { return .idle(atMost: .seconds(1)) }
        var expected = mine
        if let inFlight { expected.advance(to: inFlight.decision.commit.next) }
        let started = clock.now
        let read = try await log.read(from: expected.offsets)
        let untold = try await untold(mine)
        guard !read.records.isEmpty || read.next != expected.offsets || !untold.isEmpty else {
            guard inFlight != nil else {
                return .idle(atMost: max(telling, cases == nil ? .seconds(1) : .milliseconds(500)))
            }
            try await finish()
            return .worked
        }
        var batch = TrackingBatch(read, untold: untold, watch: watch)
        try await batch.load(from: store, over: inFlight?.decision.outcome ?? [:])
        batch.apply()
        if batch.needsHistories {
            try await finish()
            try await batch.completeWithHistories(from: store)
        }
        let numbers = try await numbers(batch.unknownDeliveries)
        let decision = batch.decide(after: expected, numbers: numbers)
        state.withLock { $0.numbers = numbers.dropFirst(decision.numbersUsed) }
        try await finish()
        begin(decision, read, started)
        return .worked
    }

    /// Changes of cases that the feed has not told. Those of a batch that is being committed are not asked for twice.
    private func untold(_ mine: [Claim]) async throws(StorageError) -> [UntoldChange] {
        guard let cases else { return [] }
        let isTime = state.withLock { state in
            if let asked = state.asked, clock.now - asked < telling { return false }
            state.asked = clock.now
            return true
        }
        guard isTime else { return [] }
        if state.withLock({ $0.inFlight.map { !$0.decision.commit.told.isEmpty } ?? false }) { try await finish() }
        return try await cases.untold(mine.map(\.partition), limit: Limits.toldChanges)
    }

    private func numbers(_ count: Int) async throws(StorageError) -> Range<Int64> {
        let known = state.withLock { $0.numbers }
        return known.count >= count ? known : try await store.takeNumbers(count)
    }

    /// After a small batch: tells it as soon as it is committed, then lets the next one grow a little.
    private func gather() async throws {
        guard gathering > .zero, let inFlight = state.withLock({ $0.inFlight }),
            inFlight.decision.summary.records < Limits.trackerBatch / 4
        else { return }
        try await finish()
        let left = gathering - (clock.now - inFlight.started)
        if left > .zero { try? await Task.sleep(for: left) }
    }

    private func begin(_ decision: TrackingBatch.Decision, _ read: LogBatch, _ started: ContinuousClock.Instant) {
        let store = store
        let commit = Task { () -> StorageError? in
            do throws(StorageError) { try await store.commit(decision.commit) } catch { return error }
            return nil
        }
        let newest = read.records.last?.timestamp ?? time.now()
        state.withLock {
            $0.inFlight = InFlight(
                decision: decision, gaps: read.gaps, started: started, newest: newest, commit: commit)
        }
    }

    /// Waits for the commit that is on its way and tells everybody; throws when it failed.
    private func finish() async throws(StorageError) {
        guard let inFlight = state.withLock({ $0.inFlight }) else { return }
        if let error = await inFlight.commit.value { throw error }
        let decision = inFlight.decision
        state.withLock { state in
            state.ownership.committed(decision.commit.next)
            state.inFlight = nil
        }
        var batch = CommittedBatch(
            updates: decision.updates, positions: decision.commit.positions,
            deadLetters: Set(decision.commit.deadLetters.map(\.record.partition)))
        batch.cases = decision.cases
        outlet.tell(batch)
        report(inFlight)
    }

    /// After a failure: let the commit end, whatever comes of it, and ask the store what did.
    private func abandon() async {
        if let inFlight = state.withLock({ $0.inFlight }) { _ = await inFlight.commit.value }
        state.withLock { state in
            state.inFlight = nil
            state.ownership.failed()
        }
    }

    private func report(_ inFlight: InFlight) {
        var summary = inFlight.decision.summary
        summary.seconds = (clock.now - inFlight.started) / .seconds(1)
        summary.visibleAfterSeconds = Double(time.now().microseconds - inFlight.newest.microseconds) / 1e6
        observer.observe(.tracked(summary))
        for gap in inFlight.gaps { observer.observe(.logGap(gap)) }
        for letter in inFlight.decision.commit.deadLetters {
            observer.observe(
                .deadLettered(
                    letter.rejection, key: letter.record.key, partition: letter.record.partition,
                    offset: letter.record.offset))
        }
    }
}

extension [Claim] {
    fileprivate mutating func advance(to next: [Claim]) {
        for claim in next {
            if let place = firstIndex(where: { $0.partition == claim.partition }) { self[place] = claim }
        }
    }
}
