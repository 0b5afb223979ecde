import WaybillCore
import WaybillEngine

/// A log in a world where things go wrong.
package final class FaultyLog: EventLog, LogReader, RetainedLog {
    private let base: any EventLog & LogReader & RetainedLog
    private let faults: FaultPlan

    package init(_ base: any EventLog & LogReader & RetainedLog, _ faults: FaultPlan) {
        self.base = base
        self.faults = faults
    }

    package var partitionCount: Int { base.partitionCount }
    package var arrived: Signal { base.arrived }
    package var assignment: LogAssignment { base.assignment }
    package var refused: [Int: String] { base.refused }

    package func release(_ partitions: Set<Int>) { base.release(partitions) }

    package func append(_ records: [NewRecord]) async throws(StorageError) {
        try await faults.run("append") { () async throws(StorageError) in try await base.append(records) }
    }

    package func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        let batch = try await faults.run("read") { () async throws(StorageError) in
            try await base.read(from: offsets)
        }
        return try await faults.tear(batch, from: offsets) { offsets async throws(StorageError) in
            try await base.read(from: offsets)
        }
    }

    package func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag {
        try await faults.run("lag") { () async throws(StorageError) in try await base.lag(behind: claims) }
    }

    package func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError) {
        try await faults.run("acknowledge") { () async throws(StorageError) in
            try await base.acknowledge(group: group, offsets: offsets)
        }
    }

    package func trim(before instant: Timestamp) async throws(StorageError) -> Int {
        try await faults.run("trim") { () async throws(StorageError) in try await base.trim(before: instant) }
    }
}
