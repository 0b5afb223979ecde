import WaybillCore

/// A record before the log has taken it.
package struct NewRecord: Sendable {
    package var key: DeliveryKey
    /// The native JSON of an event.
    package var value: [UInt8]
    /// What the value says, for logs whose records carry its attributes as headers; nil for bytes that nobody could
    /// read.
    package var event: Event?
    /// The trace of the request that brought the event.
    package var traceparent: TraceParent?

    package init(key: DeliveryKey, value: [UInt8], event: Event? = nil, traceparent: TraceParent? = nil) {
        self.key = key
        self.value = value
        self.event = event
        self.traceparent = traceparent
    }
}

/// A record of the log.
package struct LogRecord: Sendable {
    /// How the value and what came beside it make an event.
    package enum Form: Sendable {
        /// The value alone is the event, as native JSON.
        case native
        /// CloudEvents in binary mode: attributes in headers, the rest in the value.
        case binary(CloudAttributes)
        /// CloudEvents in structured mode: the value is an envelope.
        case structured
    }

    package var partition: Int
    /// Grows within its partition; not necessarily by one.
    package var offset: Int64
    package var key: String
    package var value: [UInt8]
    package var form: Form
    /// When the log took it.
    package var timestamp: Timestamp

    package init(
        partition: Int, offset: Int64, key: String, value: [UInt8], form: Form = .native, timestamp: Timestamp
    ) {
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self.form = form
        self.timestamp = timestamp
    }
}

/// How much of the log a consumer group has not read yet.
package struct LogLag: Hashable, Sendable {
    package var records: Int64
    /// No unread record is older than this; nil when there is none.
    package var oldest: Timestamp?

    package init(records: Int64, oldest: Timestamp?) {
        self.records = records
        self.oldest = oldest
    }

    /// The age of the oldest unread record in seconds; 0 when there is none.
    package func seconds(at now: Timestamp) -> Double {
        oldest.map { max(0, Double(now.microseconds - $0.microseconds) / 1e6) } ?? 0
    }
}

/// The partitioned, durable log of events. Keys choose partitions by murmur2, as the Java client does.
package protocol EventLog: Sendable {
    var partitionCount: Int { get }

    /// Returns only when all records are on durable storage. When it throws, some of them may be: whoever tries again
    /// with the same events makes duplicates, which are recognised.
    func append(_ records: [NewRecord]) async throws(StorageError)

    /// What a group that has come so far has not read.
    func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag
}
