import WaybillCore

/// A record of one of the topics that the platform writes: `delivery-updates`, `delivery-events-dead-letters`.
package struct OutgoingRecord: Sendable {
    package enum Topic: Sendable { case updates, deadLetters }

    package var topic: Topic
    /// The partition of the event that caused it: the topics are partitioned alike.
    package var partition: Int
    package var key: String
    package var value: [UInt8]
    package var headers: [(name: String, value: String)]

    package init(
        topic: Topic, partition: Int, key: String, value: [UInt8], headers: [(name: String, value: String)] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Writes what was committed to the topics that others read.
package protocol UpdateSink: Sendable {
    /// Sends the records, each partition's in order, and answers for each whether it is durable (nil) or why not, once
    /// all are decided.
    func send(_ records: [OutgoingRecord]) async -> [StorageError?]
}

/// Reads `delivery-updates` of all partitions, without a group: every API process sees everything.
package protocol UpdateSource: Sendable {
    /// Returns once reading has begun behind the records that exist now: whatever comes later is seen.
    func begin() async throws(StorageError)

    /// The next records of all partitions, each partition's in order; none when `limit` has passed without any.
    func next(atMost limit: Duration) async throws(StorageError) -> [LogRecord]
}

/// How far updates were published, kept beside the claims.
package protocol PublicationStore: Sendable {
    /// The greatest position of each claimed partition up to which all updates are known to be on the topic, and the
    /// number of the last dead letter that is.
    func published(_ partitions: [Int]) async throws(StorageError) -> [Publication]

    /// Raises the marks; those whose epoch is not the stored one are left alone.
    func markPublished(_ marks: [Publication]) async throws(StorageError)

    /// Dead letters of a partition with greater ids, oldest first.
    func deadLetters(ofPartition partition: Int, after id: Int64, limit: Int)
        async throws(StorageError) -> [DeadLetterRow]
}

/// The published mark of one partition.
package struct Publication: Hashable, Sendable {
    package var partition: Int
    package var epoch: Int64
    /// The feed position up to which every update is on the topic.
    package var position: Int64
    /// The id up to which every dead letter of the partition is on its topic.
    package var deadLetter: Int64

    package init(partition: Int, epoch: Int64, position: Int64, deadLetter: Int64) {
        self.partition = partition
        self.epoch = epoch
        self.position = position
        self.deadLetter = deadLetter
    }
}
