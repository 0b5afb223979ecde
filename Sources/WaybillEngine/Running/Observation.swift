import WaybillCore

/// Everything worth noticing. Logs, metrics and tests all listen to it; code below the program never logs.
package enum Observation: Sendable {
    case accepted(events: Int, bytes: Int)
    case refused(EventRejection.Code, count: Int)
    case storageRefused(StorageError)
    case tracked(TrackedBatch)
    case watched(WatchedBatch)
    case deadLettered(EventRejection, key: String, partition: Int, offset: Int64)
    /// This process owns the partition from now on.
    case claimed(partition: Int)
    /// Another process has claimed it: nothing of what was in hand is written.
    case claimLost(partition: Int)
    /// Records are gone from the log that were never read.
    case logGap(LogGap)
    /// Updates and dead letters that are on their topics.
    case published(records: Int)
    /// Updates are missing on the topic: the live feed begins again from the store.
    case feedGap(partition: Int, expected: Int64, found: Int64)
    case trimmed(what: String, count: Int)
    /// Updates that notifications were decided on.
    case notified(NotifiedBatch)
    /// The feed was numbered anew: deciding begins again at its end.
    case notifierReset
    /// One try of one message; the result is a word of `SendOutcome`.
    case attempted(Channel, result: String)
    /// A message that a worker had in hand stands otherwise now.
    case settled(MessageState, SuppressionReason?)
    case endpointFailing(lane: String, notice: EndpointHealth.Notice)
    case endpointDisabled(merchant: MerchantID, endpoint: String, why: String)
    case stepFailed(service: String, error: String, attempt: Int)
    case recovered(service: String, afterAttempts: Int)
    case stopped(service: String)
    case subscribed(count: Int)
    case subscriberDropped
    case answered(route: String, method: String, status: Int, seconds: Double)
    case requestFailed(route: String, error: String)
}

/// What one step of the tracker did.
package struct TrackedBatch: Sendable {
    package var records = 0
    package var applied = 0
    package var duplicates = 0
    package var rejected = 0
    package var late = 0
    package var deliveries = 0
    package var histories = 0
    package var seconds: Double = 0
    /// From the record time of the newest record to the commit.
    package var visibleAfterSeconds: Double = 0
    package init() {}
}

package protocol Observer: Sendable {
    func observe(_ observation: Observation)
}

/// Time is a parameter: the program gives the system's, tests a virtual one.
package protocol TimeSource: Sendable {
    /// Wall-clock time.
    func now() -> Timestamp
}
