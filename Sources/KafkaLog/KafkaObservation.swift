import WaybillEngine

/// What is worth noticing about the clients of the brokers; the program makes logs and metrics of it.
package enum KafkaObservation: Sendable {
    /// A line that the client library wrote; `severity` as in syslog, 3 for an error.
    case logged(String, severity: Int)
    /// A failure that the library goes on from by itself, such as a broker that is away.
    case failed(String)
    /// How many brokers this client knows and has a connection to. Several clients report, one after another.
    case brokers(up: Int, known: Int)
    /// Records and bytes that wait in this process to be taken by the brokers.
    case producing(records: Int, bytes: Int)
    /// The producer had failed for good and was made anew; what it held was reported as failed.
    case producerReplaced(reason: String)
    case rebalanced(assigned: Int, revoked: Int, isLost: Bool)
    /// Of one partition: records that were not handed to the tracker yet, and how old the next of them at least is.
    case lag(partition: Int, records: Int64, seconds: Double)
    /// Records and bytes that were fetched and wait for the tracker.
    case reading(records: Int, bytes: Int)
    /// Retention removed records that were never read.
    case gap(LogGap)
    /// A partition is not read on.
    case refused(partition: Int, String)
}

/// Takes observations, from threads of the adapter: must not block.
package typealias KafkaObserver = @Sendable (KafkaObservation) -> Void
