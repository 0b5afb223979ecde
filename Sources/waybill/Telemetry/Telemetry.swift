import HTTPAPI
import Logging
import Synchronization
import WaybillCore
import WaybillEngine

/// Listens to every observation: counts it for `/metrics`, and says what a person should know.
final class Telemetry: Observer, Gauges {
    private struct State {
        var metrics = Metrics()
        var rate = RateWindow()
        /// Services that fail now, by name.
        var failing: [String: String] = [:]
        var isStorageRefused = false
    }

    private let state = Mutex(State())
    let logger: Logger
    private let time = SystemTime()

    init(logger: Logger, version: String) {
        self.logger = logger
        state.withLock { $0.metrics.set("waybill_build_info", ["version": version], 1) }
    }

    /// Services that fail now, with the reason, by name.
    var failing: [(key: String, value: String)] {
        state.withLock { state in state.failing.sorted { $0.key < $1.key } }
    }

    func eventsPerSecond(at now: Timestamp) -> Double { state.withLock { $0.rate.perSecond(at: now) } }

    func prometheus() -> String { state.withLock { $0.metrics.text } }

    func note(lag: LogLag, at now: Timestamp) {
        state.withLock { state in
            state.metrics.set("waybill_lag_records", [:], Double(lag.records))
            state.metrics.set("waybill_lag_seconds", [:], lag.seconds(at: now))
        }
    }

    // MARK: Observer

    func observe(_ observation: Observation) {
        switch observation {
        case .answered(let route, let method, let status, let seconds):
            state.withLock { state in
                state.metrics.countRequest(route: route, method: method, status: status, seconds: seconds)
            }
        case .accepted(let events, _):
            state.withLock { state in
                state.metrics.count("waybill_events_accepted_total", [:], by: Double(events))
                guard state.isStorageRefused else { return }
                state.isStorageRefused = false
                state.metrics.set("waybill_storage_full", [:], 0)
            }
        case .tracked(let batch): note(batch)
        case .watched(let batch): note(batch)
        default: observeRarely(observation)
        }
    }

    private func note(_ batch: TrackedBatch) {
        let now = time.now()
        state.withLock { state in
            let results = [
                ("applied", batch.applied), ("duplicate", batch.duplicates), ("dead_lettered", batch.rejected),
            ]
            for (result, count) in results where count > 0 {
                state.metrics.count("waybill_events_received_total", ["result": result], by: Double(count))
            }
            state.metrics.observe("waybill_tracker_batch_seconds", [:], batch.seconds)
            state.metrics.observe("waybill_event_visible_latency_seconds", [:], batch.visibleAfterSeconds)
            state.rate.add(batch.applied, at: now)
        }
    }

    private func note(_ batch: WatchedBatch) {
        state.withLock { state in
            let results = [("written", batch.written), ("left", batch.looked - batch.written)]
            for (result, count) in results where count > 0 {
                state.metrics.count("waybill_monitor_looks_total", ["result": result], by: Double(count))
            }
            let changes = [
                ("opened", batch.opened), ("cleared", batch.cleared), ("escalated", batch.escalated),
            ]
            for (change, count) in changes where count > 0 {
                state.metrics.count("waybill_case_changes_total", ["change": change], by: Double(count))
            }
            if batch.expired > 0 { state.metrics.count("waybill_expired_total", [:], by: Double(batch.expired)) }
        }
    }

    private func observeRarely(_ observation: Observation) {
        switch observation {
        case .refused(let code, let count):
            tally("waybill_events_rejected_total", ["code": code.rawValue], by: Double(count))
        case .storageRefused(let error):
            let isNew = state.withLock { state in
                if case .full = error { state.metrics.set("waybill_storage_full", [:], 1) }
                defer { state.isStorageRefused = true }
                return !state.isStorageRefused
            }
            if isNew { logger.error("appends are refused", metadata: ["error": "\(error)"]) }
        case .deadLettered(let rejection, let key, let partition, let offset):
            tally("waybill_dead_letters_total", ["code": rejection.code.rawValue])
            logger.warning(
                "event put among the dead letters",
                metadata: [
                    "code": "\(rejection.code.rawValue)", "detail": "\(rejection.detail)", "key": "\(key)",
                    "partition": "\(partition)", "offset": "\(offset)",
                ])
        case .claimed(let partition):
            tally("waybill_claims_total", ["result": "claimed"])
            logger.debug("partition claimed", metadata: ["partition": "\(partition)"])
        case .claimLost(let partition):
            tally("waybill_claims_total", ["result": "lost"])
            logger.warning("another process owns the partition now", metadata: ["partition": "\(partition)"])
        case .logGap(let gap):
            tally("waybill_log_gap_records_total", ["partition": "\(gap.partition)"], by: Double(gap.missing.count))
            logger.error(
                "records are gone from the log that were never read",
                metadata: ["partition": "\(gap.partition)", "offsets": "\(gap.missing)"])
        case .published(let records): tally("waybill_published_records_total", [:], by: Double(records))
        case .feedGap(let partition, let expected, let found):
            tally("waybill_feed_gaps_total", ["partition": "\(partition)"])
            logger.warning(
                "updates are missing on the topic; the live feed begins again from the store",
                metadata: ["partition": "\(partition)", "expected": "\(expected)", "found": "\(found)"])
        case .trimmed(let what, let count):
            logger.info("retention", metadata: ["what": "\(what)", "removed": "\(count)"])
        case .notified, .notifierReset, .attempted, .settled, .endpointFailing, .endpointDisabled:
            note(notification: observation)
        case .stepFailed(let service, let error, let attempt):
            state.withLock { $0.failing[service] = error }
            if attempt.nonzeroBitCount == 1 {
                logger.error(
                    "\(service) failed and tries again", metadata: ["error": "\(error)", "attempt": "\(attempt)"])
            }
        case .recovered(let service, let attempts):
            _ = state.withLock { $0.failing.removeValue(forKey: service) }
            logger.notice("\(service) works again", metadata: ["attempts": "\(attempts)"])
        case .stopped(let service): logger.info("\(service) stopped")
        case .subscribed(let count): state.withLock { $0.metrics.set("waybill_stream_subscribers", [:], Double(count)) }
        case .subscriberDropped: tally("waybill_stream_dropped_total", [:])
        case .requestFailed(let route, let error):
            logger.error("a request failed", metadata: ["route": "\(route)", "error": "\(error)"])
        case .accepted, .tracked, .watched, .answered: break
        }
    }

    func set(_ name: String, _ labels: [String: String], _ value: Double) {
        state.withLock { $0.metrics.set(name, labels, value) }
    }

    func tally(_ name: String, _ labels: [String: String], by amount: Double = 1) {
        state.withLock { $0.metrics.count(name, labels, by: amount) }
    }
}

/// Events a second over the last ten whole seconds.
struct RateWindow {
    private var buckets: [Int64: Int] = [:]

    mutating func add(_ count: Int, at now: Timestamp) {
        let second = now.microseconds / 1_000_000
        buckets[second, default: 0] += count
        if buckets.count > 16 { buckets = buckets.filter { $0.key > second - 12 } }
    }

    func perSecond(at now: Timestamp) -> Double {
        let second = now.microseconds / 1_000_000
        return Double(buckets.reduce(0) { $0 + (($1.key < second && $1.key >= second - 10) ? $1.value : 0) }) / 10
    }
}
