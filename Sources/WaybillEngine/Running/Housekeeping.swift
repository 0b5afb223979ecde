import WaybillCore

/// What must not pile up: passed records of the log, old dead letters, kept answers, orphaned personal data, histories
/// of finished deliveries.
package struct Housekeeping: SteppedService {
    /// How long things are kept, in seconds.
    package struct Retention: Sendable {
        package var log = Limits.logRetentionSeconds
        package var history: Int64 = 400 * 86_400
        /// As long as the log: a dead letter may hold what must not travel.
        package var deadLetters = Limits.logRetentionSeconds
        package var answers = Limits.idempotencySeconds
        package var orphans: Int64 = 86_400

        package init() {}
    }

    package let name = "housekeeping"
    package let wakeUp = Signal()

    private let log: (any RetainedLog)?
    private let store: any TrackingStore & DeadLetterStore & PersonalStore
    private let answers: any IdempotencyStore
    private let retention: Retention
    private let time: any TimeSource
    private let observer: any Observer

    /// - Parameter log: nil where a broker keeps it.
    package init(
        log: (any RetainedLog)?, store: any TrackingStore & DeadLetterStore & PersonalStore,
        answers: any IdempotencyStore, retention: Retention, time: any TimeSource, observer: any Observer
    ) {
        self.log = log
        self.store = store
        self.answers = answers
        self.retention = retention
        self.time = time
        self.observer = observer
    }

    /// One bounded pass; more at once while there is a backlog.
    package func step() async throws -> StepOutcome {
        let now = time.now()
        var removed = 0
        if let log {
            removed += report("log records", try await log.trim(before: now.advanced(bySeconds: -retention.log)))
        }
        removed += report("histories", try await store.seal(before: now.advanced(bySeconds: -retention.history)))
        removed += report(
            "dead letters", try await store.trimDeadLetters(before: now.advanced(bySeconds: -retention.deadLetters)))
        removed += report("answers", try await answers.trimAnswers(before: now.advanced(bySeconds: -retention.answers)))
        removed += report("orphans", try await store.sweepOrphans(before: now.advanced(bySeconds: -retention.orphans)))
        return removed >= Limits.retentionBatch ? .worked : .idle(atMost: .seconds(30))
    }

    private func report(_ what: String, _ count: Int) -> Int {
        if count > 0 { observer.observe(.trimmed(what: what, count: count)) }
        return count
    }
}
