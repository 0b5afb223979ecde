import WaybillCore

/// For some partitions, the first offset that is wanted.
package typealias LogOffsets = [Int: Int64]

/// The next records of some partitions, each partition's in order.
package struct LogBatch: Sendable {
    package var records: [LogRecord]
    /// For each partition that was asked for, the first offset after this batch: what a consumer commits with the
    /// batch's effects.
    package var next: LogOffsets
    /// Where records that were never read are gone from the log.
    package var gaps: [LogGap]

    package init(records: [LogRecord], next: LogOffsets, gaps: [LogGap] = []) {
        self.records = records
        self.next = next
        self.gaps = gaps
    }
}

/// Records that retention removed before they were read: reading goes on behind them.
package struct LogGap: Hashable, Sendable {
    package var partition: Int
    package var missing: Range<Int64>

    package init(partition: Int, missing: Range<Int64>) {
        self.partition = partition
        self.missing = missing
    }
}

/// Which partitions are one reader's to read.
package struct LogAssignment: Hashable, Sendable {
    package var partitions: Set<Int>
    /// To be given back: finish what is in hand, then `release` them.
    package var revoking: Set<Int>

    package init(partitions: Set<Int>, revoking: Set<Int> = []) {
        self.partitions = partitions
        self.revoking = revoking
    }
}

/// The reading side of the log: one member of the tracker's group.
///
/// An embedded log has one reader, which is assigned every partition for ever; a broker's group moves partitions
/// between the readers of many processes.
package protocol LogReader: Sendable {
    /// Fires after records have come in, and when the assignment has changed.
    var arrived: Signal { get }

    var assignment: LogAssignment { get }

    /// Gives revoked partitions back: their effects are committed, or will never be.
    func release(_ partitions: Set<Int>)

    /// The next records of some of the assigned partitions, at most `Limits.trackerBatch` of them; none when there is
    /// nothing yet.
    func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch

    /// Partitions that are not read on because the log is not the one that was known, with what to do about it.
    var refused: [Int: String] { get }

    /// Tells the log how far a consumer group has come: for retention, and for those who watch its lag.
    func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError)
}

/// A log that this process keeps itself, retention included.
package protocol RetainedLog: Sendable {
    /// Deletes records that are older than `instant` and that every consumer group has passed; returns how many.
    func trim(before instant: Timestamp) async throws(StorageError) -> Int
}
