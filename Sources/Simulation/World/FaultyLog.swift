import WaybillCore
import WaybillEngine

/// A log in a world where things go wrong.
package final class FaultyLog: EventLog {
    private let base: any EventLog
    private let faults: FaultPlan

    package init(_ base: any EventLog, _ faults: FaultPlan) {
        self.base = base
        self.faults = faults
    }

    package var partitionCount: Int { base.partitionCount }
    package var appended: Signal { base.appended }

    package func append(_ records: [NewRecord]) async throws(StorageError) {
        try await faults.run("append") { () async throws(StorageError) in try await base.append(records) }
    }

    package func read(from offsets: [Int64]) async throws(StorageError) -> LogBatch {
        let batch = try await faults.run("read") { () async throws(StorageError) in
            try await base.read(from: offsets)
        }
        return try await faults.tear(batch, from: offsets) { offsets async throws(StorageError) in
            try await base.read(from: offsets)
        }
    }

    package func lag(behind offsets: [Int64]) async throws(StorageError) -> LogLag {
        try await faults.run("lag") { () async throws(StorageError) in try await base.lag(behind: offsets) }
    }

    package func acknowledge(group: String, offsets: [Int64]) async throws(StorageError) {
        try await faults.run("acknowledge") { () async throws(StorageError) in
            try await base.acknowledge(group: group, offsets: offsets)
        }
    }

    package func trim(before instant: Timestamp) async throws(StorageError) -> Int {
        try await faults.run("trim") { () async throws(StorageError) in try await base.trim(before: instant) }
    }
}
