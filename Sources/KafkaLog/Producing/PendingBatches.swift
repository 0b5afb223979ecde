import Synchronization

/// The batches whose records were not all reported yet. A batch is resumed once, with all of its reports.
final class PendingBatches: Sendable {
    typealias Outcome = [KafkaFailure?]

    fileprivate struct Batch {
        var remaining: Int
        /// Empty until something fails, which is the rare case.
        var outcome: Outcome
        var count: Int
        var openedAt: Int64
        var continuation: CheckedContinuation<Outcome, Never>
    }

    fileprivate struct State {
        var nextNumber: UInt = 1
        var batches: [UInt: Batch] = [:]
        /// Set once nobody takes reports any more.
        var end: KafkaFailure?
    }

    private let state = Mutex(State())

    static let mostRecords = 1 << KafkaLimits.batchBits

    /// Returns the batch's number: the tag of its record `i` is `tag(number, i)`. Nil when it was resumed already,
    /// since nobody takes reports any more.
    func open(_ count: Int, at now: Int64, _ continuation: CheckedContinuation<Outcome, Never>) -> UInt? {
        precondition((1..<Self.mostRecords).contains(count), "a batch has room for \(Self.mostRecords) records")
        let (number, end) = state.withLock { state -> (UInt, KafkaFailure?) in
            if let end = state.end { return (0, end) }
            let number = state.nextNumber
            state.nextNumber += 1
            state.batches[number] = Batch(
                remaining: count, outcome: [], count: count, openedAt: now, continuation: continuation)
            return (number, nil)
        }
        guard let end else { return number }
        continuation.resume(returning: Array(repeating: end, count: count))
        return nil
    }

    /// Never 0, which the library would not keep.
    static func tag(_ number: UInt, _ index: Int) -> UInt { number << UInt(KafkaLimits.batchBits) | UInt(index) }

    func close(_ reports: [DeliveryReport]) {
        let finished = state.withLock { state in
            var finished: [Batch] = []
            for report in reports { state.close(report, &finished) }
            return finished
        }
        for batch in finished { batch.continuation.resume(returning: batch.finalOutcome) }
    }

    /// When the oldest batch was opened.
    var oldest: Int64? { state.withLock { $0.batches.values.lazy.map(\.openedAt).min() } }

    /// Reports everything that is left, and whatever is opened later, as failed.
    func abandon(_ failure: KafkaFailure) {
        let left = state.withLock { state in
            state.end = failure
            defer { state.batches = [:] }
            return Array(state.batches.values)
        }
        // What was reported in a batch that is cut off counts as failed too: its sender tries again.
        for batch in left { batch.continuation.resume(returning: Array(repeating: failure, count: batch.count)) }
    }
}

extension PendingBatches.State {
    fileprivate mutating func close(_ report: DeliveryReport, _ finished: inout [PendingBatches.Batch]) {
        let number = report.tag >> UInt(KafkaLimits.batchBits)
        guard let index = batches.index(forKey: number) else { return }
        batches.values[index].close(Int(report.tag) & (PendingBatches.mostRecords - 1), report.failure)
        if batches.values[index].remaining == 0 { finished.append(batches.remove(at: index).value) }
    }
}

extension PendingBatches.Batch {
    fileprivate mutating func close(_ index: Int, _ failure: KafkaFailure?) {
        remaining -= 1
        guard let failure else { return }
        if outcome.isEmpty { outcome = Array(repeating: nil, count: count) }
        outcome[index] = failure
    }

    fileprivate var finalOutcome: PendingBatches.Outcome {
        outcome.isEmpty ? Array(repeating: nil, count: count) : outcome
    }
}
