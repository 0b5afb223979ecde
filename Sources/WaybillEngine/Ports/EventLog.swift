import WaybillCore

/// A record before the log has taken it.
package struct NewRecord: Sendable {
    package var key: DeliveryKey
    /// The native JSON of an event.
    package var value: [UInt8]

    package init(key: DeliveryKey, value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

/// A record of the log.
package struct LogRecord: Sendable {
    package var partition: Int
    /// Grows within its partition; not necessarily by one.
    package var offset: Int64
    package var key: String
    package var value: [UInt8]
    /// When the log took it.
    package var timestamp: Timestamp

    package init(partition: Int, offset: Int64, key: String, value: [UInt8], timestamp: Timestamp) {
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self.timestamp = timestamp
    }
}

/// What is wrong with the world outside, for logs and stores alike.
package enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No room on the disk. Goes on by itself once there is room.
    case full(String)
    /// Busy, unreachable or overloaded: try again.
    case unavailable(String)
    /// Somebody else has moved the offsets this writer expected: its claim is gone.
    case superseded(String)
    /// The files are not what was written. Needs a person.
    case damaged(String)

    package var isRetriable: Bool {
        if case .damaged = self { false } else { true }
    }

    package var description: String {
        switch self {
        case .full(let detail): "storage full: \(detail)"
        case .unavailable(let detail): "storage unavailable: \(detail)"
        case .superseded(let detail): "superseded: \(detail)"
        case .damaged(let detail): "storage damaged: \(detail)"
        }
    }
}

/// The next records of all partitions, each partition's in order.
package struct LogBatch: Sendable {
    package var records: [LogRecord]
    /// For each partition, the first offset after this batch: what a consumer commits with the batch's effects.
    package var next: [Int64]

    package init(records: [LogRecord], next: [Int64]) {
        self.records = records
        self.next = next
    }
}

/// How much of the log a consumer group has not read yet.
package struct LogLag: Hashable, Sendable {
    package var records: Int64
    /// The record time of the oldest unread record; nil when there is none.
    package var oldest: Timestamp?

    package init(records: Int64, oldest: Timestamp?) {
        self.records = records
        self.oldest = oldest
    }
}

/// The partitioned, durable log of events. Keys choose partitions by murmur2, as the Java client does.
package protocol EventLog: Sendable {
    var partitionCount: Int { get }

    /// Fires after records were appended.
    var appended: Signal { get }

    /// Appends all records or none, and returns only when they are on durable storage.
    func append(_ records: [NewRecord]) async throws(StorageError)

    /// The next records of all partitions, at most `Limits.trackerBatch` of them.
    /// - Parameter offsets: for each partition, the first offset that is wanted.
    func read(from offsets: [Int64]) async throws(StorageError) -> LogBatch

    func lag(behind offsets: [Int64]) async throws(StorageError) -> LogLag

    /// Tells the log how far a consumer group has come, so that nothing it has not passed is ever deleted.
    func acknowledge(group: String, offsets: [Int64]) async throws(StorageError)

    /// Deletes records that are older than `instant` and that every consumer group has passed; returns how many.
    func trim(before instant: Timestamp) async throws(StorageError) -> Int
}
