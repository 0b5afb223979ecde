import Synchronization
import WaybillCore
import WaybillEngine

/// The log as its port describes it, in memory and as plain as can be: what the real ones are compared with.
package final class WorldLog: EventLog, LogReader, RetainedLog {
    private struct State {
        /// In the order of appending.
        var records: [LogRecord] = []
        /// The next offset of each partition.
        var ends: [Int64]
        var groups: [String: LogOffsets] = [:]
        var lastTimestamp = Timestamp(microseconds: .min)
        var traces: [TraceParent] = []
    }

    package let partitionCount: Int
    package let arrived = Signal()
    package var assignment: LogAssignment { LogAssignment(partitions: Set(0..<partitionCount)) }
    package var refused: [Int: String] { [:] }
    private let time: any TimeSource
    private let state: Mutex<State>

    package init(partitions: Int, time: any TimeSource) {
        partitionCount = partitions
        self.time = time
        state = Mutex(State(ends: Array(repeating: 1, count: partitions)))
    }

    /// Everything that was ever appended and not trimmed.
    package var records: [LogRecord] { state.withLock { $0.records } }

    /// The trace contexts that came with records.
    package var traces: [TraceParent] { state.withLock { $0.traces } }

    package func append(_ records: [NewRecord]) async throws(StorageError) {
        state.withLock { $0.traces += records.compactMap(\.traceparent) }
        put(records.map { ($0.key.text, $0.value) })
    }

    /// Appends what a foreign producer may write: any key, any bytes.
    package func put(_ records: [(key: String, value: [UInt8])]) {
        let now = time.now()
        state.withLock { state in
            state.lastTimestamp = max(state.lastTimestamp, now)
            for (key, value) in records {
                let partition = StableHash.partition(ofKey: key, count: partitionCount)
                state.records.append(
                    LogRecord(
                        partition: partition, offset: state.ends[partition], key: key, value: value,
                        timestamp: state.lastTimestamp))
                state.ends[partition] += 1
            }
        }
        arrived.fire()
    }

    package func release(_ partitions: Set<Int>) {}

    package func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        state.withLock { state in
            var batch = LogBatch(records: [], next: offsets)
            var bytes = 0
            for record in state.records where record.offset >= offsets[record.partition] ?? .max {
                guard batch.records.count < Limits.trackerBatch, bytes < Limits.trackerBatchBytes else { break }
                bytes += record.value.count
                batch.records.append(record)
                batch.next[record.partition] = record.offset + 1
            }
            return batch
        }
    }

    package func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag {
        let offsets = claims.offsets
        return state.withLock { state in
            let unread = state.records.filter { $0.offset >= offsets[$0.partition] ?? 0 }
            return LogLag(records: Int64(unread.count), oldest: unread.first?.timestamp)
        }
    }

    package func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError) {
        state.withLock { $0.groups[group] = offsets }
    }

    package func trim(before instant: Timestamp) async throws(StorageError) -> Int {
        state.withLock { state in
            guard !state.groups.isEmpty else { return 0 }
            var removed = 0
            let groups = state.groups
            state.records.removeAll { record in
                guard removed < Limits.retentionBatch, record.timestamp < instant,
                    groups.values.allSatisfy({ record.offset < $0[record.partition] ?? 0 })
                else { return false }
                removed += 1
                return true
            }
            return removed
        }
    }
}
