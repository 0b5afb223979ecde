import Synchronization
import WaybillCore

/// The tracker: reads a batch, loads the states it touches in one query, folds, commits all in one transaction, tells the feed.
package final class Tracking: SteppedService {
    package let name = "tracker"
    package static let consumerGroup = "waybill-tracker"

    private let log: any EventLog
    private let store: any TrackingStore
    private let feed: LiveFeed
    private let time: any TimeSource
    private let observer: any Observer
    /// As committed; nil before the first step and after a failed commit, when it is read again.
    private let known = Mutex<TrackingProgress?>(nil)

    package init(
        log: any EventLog, store: any TrackingStore, feed: LiveFeed, time: any TimeSource, observer: any Observer
    ) {
        self.log = log
        self.store = store
        self.feed = feed
        self.time = time
        self.observer = observer
    }

    package var wakeUp: Signal { log.appended }

    /// The progress this tracker last committed or read; nil before its first step.
    package var progress: TrackingProgress? { known.withLock { $0 } }

    package func step() async throws -> StepOutcome {
        let progress = try await currentProgress()
        let read = try await log.read(from: progress.offsets)
        guard !read.records.isEmpty else { return .idle(atMost: .seconds(1)) }
        let clock = ContinuousClock()
        let started = clock.now
        var batch = TrackingBatch(read, expected: progress)
        try await batch.load(from: store)
        batch.apply()
        try await batch.completeWithHistories(from: store)
        let decision = batch.decide()
        do {
            try await store.commit(decision.commit)
        } catch {
            known.withLock { $0 = nil }
            throw error
        }
        known.withLock { $0 = decision.commit.next }
        feed.publish(decision.updates, positions: decision.commit.positions, cursor: progress.cursor)
        var summary = decision.summary
        summary.seconds = (clock.now - started) / .seconds(1)
        summary.visibleAfterSeconds = Double(time.now().microseconds - (read.records.last?.timestamp.microseconds ?? 0)) / 1e6
        report(summary, decision.commit.deadLetters)
        return .worked
    }

    private func currentProgress() async throws -> TrackingProgress {
        if let progress { return progress }
        let progress = try await store.progress()
        known.withLock { $0 = progress }
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
