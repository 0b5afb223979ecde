import Synchronization
import WaybillCore

/// The tracker: reads a batch, loads the states it touches in one query, folds, commits all in one transaction, tells
/// the feed.
///
/// While a batch is on its way to the disk the next one is prepared over its outcome; it is committed only after it,
/// and dropped with it when it fails. Nothing is told to anybody before its commit.
package final class Tracking: SteppedService {
    package let name = "tracker"
    package static let consumerGroup = "waybill-tracker"

    /// A decision that is being committed.
    private struct InFlight {
        var decision: TrackingBatch.Decision
        var started: ContinuousClock.Instant
        var newest: Timestamp
        var commit: Task<StorageError?, Never>
    }

    private struct State {
        /// As committed; nil before the first step and after a failed commit, when it is read again.
        var committed: TrackingProgress?
        var inFlight: InFlight?
    }

    private let log: any EventLog
    private let store: any TrackingStore
    private let feed: LiveFeed
    private let time: any TimeSource
    private let observer: any Observer
    private let clock = ContinuousClock()
    /// Small batches begin this far apart at least, so that a trickle of single events shares commits.
    private let gathering: Duration
    private let state = Mutex(State())

    package init(
        log: any EventLog, store: any TrackingStore, feed: LiveFeed, time: any TimeSource, observer: any Observer,
        gathering: Duration = .zero
    ) {
        self.gathering = gathering
        self.log = log
        self.store = store
        self.feed = feed
        self.time = time
        self.observer = observer
    }

    package var wakeUp: Signal { log.appended }

    /// The progress this tracker last committed or read; nil before its first step.
    package var progress: TrackingProgress? { state.withLock { $0.committed } }

    /// Prepares a batch while the one before is committed; idle only when everything is committed and told.
    package func step() async throws -> StepOutcome {
        try await gather()
        let inFlight = state.withLock { $0.inFlight }
        let expected: TrackingProgress
        if let inFlight { expected = inFlight.decision.commit.next } else { expected = try await currentProgress() }
        let started = clock.now
        do {
            let read = try await log.read(from: expected.offsets)
            guard !read.records.isEmpty else {
                guard inFlight != nil else { return .idle(atMost: .seconds(1)) }
                try await finish(inFlight)
                return .worked
            }
            var batch = TrackingBatch(read)
            try await batch.load(from: store, over: inFlight?.decision.outcome ?? [:])
            batch.apply()
            if batch.needsHistories {
                try await finish(inFlight)
                try await batch.completeWithHistories(from: store)
            }
            let decision = batch.decide(after: expected)
            try await finish(state.withLock { $0.inFlight })
            begin(decision, started, newest: read.records.last?.timestamp ?? time.now())
        } catch {
            await abandon()
            throw error
        }
        return .worked
    }

    /// After a small batch: tells it as soon as it is committed, then lets the next one grow a little.
    private func gather() async throws {
        guard gathering > .zero, let inFlight = state.withLock({ $0.inFlight }),
            inFlight.decision.summary.records < Limits.trackerBatch / 4
        else { return }
        do { try await finish(inFlight) } catch {
            await abandon()
            throw error
        }
        let left = gathering - (clock.now - inFlight.started)
        if left > .zero { try? await Task.sleep(for: left) }
    }

    package func drain() async throws { try await finish(state.withLock { $0.inFlight }) }

    private func begin(_ decision: TrackingBatch.Decision, _ started: ContinuousClock.Instant, newest: Timestamp) {
        let store = store
        let commit = Task { () -> StorageError? in
            do throws(StorageError) { try await store.commit(decision.commit) } catch { return error }
            return nil
        }
        state.withLock {
            $0.inFlight = InFlight(decision: decision, started: started, newest: newest, commit: commit)
        }
    }

    /// Waits for the commit and tells everybody; throws when it failed.
    private func finish(_ inFlight: InFlight?) async throws {
        guard let inFlight else { return }
        if let error = await inFlight.commit.value { throw error }
        let decision = inFlight.decision
        state.withLock { state in
            state.committed = decision.commit.next
            state.inFlight = nil
        }
        feed.publish(decision.updates, positions: decision.commit.positions, cursor: decision.commit.expected.cursor)
        var summary = decision.summary
        summary.seconds = (clock.now - inFlight.started) / .seconds(1)
        summary.visibleAfterSeconds = Double(time.now().microseconds - inFlight.newest.microseconds) / 1e6
        report(summary, decision.commit.deadLetters)
    }

    /// After a failure: let the commit end, whatever comes of it, and read the progress again.
    private func abandon() async {
        if let inFlight = state.withLock({ $0.inFlight }) { _ = await inFlight.commit.value }
        state.withLock { state in
            state.inFlight = nil
            state.committed = nil
        }
    }

    private func currentProgress() async throws -> TrackingProgress {
        if let progress { return progress }
        let progress = try await store.progress()
        state.withLock { $0.committed = progress }
        feed.begin(at: progress.cursor)
        return progress
    }

    private func report(_ summary: TrackedBatch, _ deadLetters: [DeadLetter]) {
        observer.observe(.tracked(summary))
        for letter in deadLetters {
            observer.observe(
                .deadLettered(
                    letter.rejection, key: letter.record.key, partition: letter.record.partition,
                    offset: letter.record.offset))
        }
    }
}
