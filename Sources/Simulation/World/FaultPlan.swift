import Synchronization
import WaybillCore
import WaybillEngine

/// How often which fault strikes. Every number is a probability.
package struct FaultRates: Sendable {
    /// The operation fails and has had no effect.
    package var before = 0.0
    /// The operation has had its effect, but the caller is told that it failed: the outcome is unknown to it.
    package var after = 0.0
    /// No room: no effect.
    package var full = 0.0
    /// `commit` only: somebody else seems to have moved the offsets.
    package var superseded = 0.0
    /// `read` only: fewer records than there are.
    package var shortRead = 0.0
    /// `read` only: records from before the wanted offset come once more.
    package var repeatedRead = 0.0
    /// The operation takes up to a minute of virtual time.
    package var delay = 0.0

    package init() {}

    /// A world in which nearly every third operation goes wrong.
    package static let rough: FaultRates = {
        var rates = FaultRates()
        rates.before = 0.08
        rates.after = 0.08
        rates.full = 0.04
        rates.superseded = 0.05
        rates.shortRead = 0.4
        rates.delay = 0.2
        return rates
    }()
}

/// Decides, from a seed, which operation fails how, until the world is healed.
///
/// Each kind of operation draws from a stream of its own, so that two that run at the same time do not change each
/// other's fate and a seed can be run again.
package final class FaultPlan: Sendable {
    private struct State {
        var streams: [String: SeededGenerator] = [:]
        var isHealed = false
        var struck = 0
    }

    private let seed: SeededGenerator
    private let rates: FaultRates
    private let time: VirtualTime
    private let state = Mutex(State())

    package init(seed: UInt64, rates: FaultRates, time: VirtualTime) {
        self.seed = SeededGenerator(seed: seed)
        self.rates = rates
        self.time = time
    }

    /// From now on nothing fails.
    package func heal() { state.withLock { $0.isHealed = true } }

    /// Faults that have struck so far.
    package var struck: Int { state.withLock { $0.struck } }

    /// Runs an operation, with whatever befalls it.
    func run<Value>(
        _ operation: String, canBeSuperseded: Bool = false, _ body: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        if strikes(operation, rates.delay, isFault: false) {
            time.advance(bySeconds: Int64(draw(operation, below: 60)))
        }
        if strikes(operation, rates.before) { throw .unavailable("\(operation): not reachable") }
        if strikes(operation, rates.full) { throw .full("\(operation): no room") }
        if canBeSuperseded, strikes(operation, rates.superseded) { throw .superseded("\(operation): somebody else") }
        let value = try await body()
        if strikes(operation, rates.after) { throw .unavailable("\(operation): the answer was lost") }
        return value
    }

    /// What is left of a batch, and what comes with it a second time.
    func tear(
        _ batch: LogBatch, from offsets: LogOffsets, earlier: (LogOffsets) async throws(StorageError) -> LogBatch
    ) async throws(StorageError) -> LogBatch {
        var batch = batch
        if !batch.records.isEmpty, strikes("tear", rates.shortRead) {
            batch.records = Array(batch.records.prefix(draw("tear", below: batch.records.count)))
            batch.next = offsets
            for record in batch.records { batch.next[record.partition] = record.offset + 1 }
        }
        if strikes("repeat", rates.repeatedRead) {
            let back = try await earlier(offsets.mapValues { max(1, $0 - Int64(1 + draw("repeat", below: 3))) })
            batch.records = back.records.filter { $0.offset < offsets[$0.partition] ?? 0 } + batch.records
        }
        return batch
    }

    private func strikes(_ operation: String, _ rate: Double, isFault: Bool = true) -> Bool {
        guard rate > 0 else { return false }
        return state.withLock { state in
            guard !state.isHealed else { return false }
            let strikes = state.streams[operation, default: stream(operation)].chance(rate)
            if strikes, isFault { state.struck += 1 }
            return strikes
        }
    }

    private func draw(_ operation: String, below bound: Int) -> Int {
        state.withLock { $0.streams[operation, default: stream(operation)].integer(below: bound) }
    }

    private func stream(_ operation: String) -> SeededGenerator {
        seed.stream("fault", Int(truncatingIfNeeded: StableHash.fnv1a(operation.utf8)))
    }
}
