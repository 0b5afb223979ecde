import WaybillCore

/// The bounds of what the Kafka clients hold, each with its reason.
package enum KafkaLimits {
    /// Records a producer holds: a few seconds of the fastest accepting there is.
    static let producerRecords = 200_000
    /// How long an append may take before the log counts as away: sources try again, and wait no longer for a 503.
    package static let deliveryMilliseconds: Int32 = 5000
    /// Records wait so long for others to share a request with. More wait by themselves while requests are under way.
    static let lingerMilliseconds = 1
    /// Records of one `append` or `send`: the tag of a record has that many bits for its place.
    static let batchBits = 20

    /// Read ahead for the tracker: it never waits while it commits.
    package static let bufferedRecords = Limits.trackerBatch * 4
    static let bufferedBytes = Limits.trackerBatchBytes * 2
    /// Moved from the library to the buffer in one go.
    package static let fetchBatch = 1000
    /// What the library holds beyond that; it asks the brokers for no more.
    static let queuedRecords = 20_000
    static let queuedKilobytes = 32 * 1024

    /// How long a member that must give partitions back may finish what is in hand.
    package static let drainMilliseconds: Int64 = 10_000
    /// Offsets are told to the group at most that often: they are for those who watch.
    static let commitMilliseconds: Int64 = 1000
    /// How old the ends of the partitions may be that lag is counted from.
    static let endsMilliseconds: Int64 = 1000
    /// How long that question may take before the ends known last have to do.
    static let endsWaitMilliseconds: Int32 = 1000
    /// How often clients say how they are.
    static let reportMilliseconds: Int64 = 5000
    /// One question to the brokers.
    static let requestMilliseconds: Int32 = 5000
    /// Creating topics takes a controller some seconds.
    static let creationMilliseconds: Int32 = 20_000
    /// A thread looks up at least that often.
    static let pollMilliseconds: Int32 = 100
}
