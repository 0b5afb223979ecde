/// Every bound of the system, each with its reason. Nothing here is unbounded.
package enum Limits {
    // MARK: Identifiers and events

    /// `[a-z0-9][a-z0-9_-]{0,62}`: fits a DNS label, so that a merchant can become a host name.
    package static let merchantIDBytes = 63
    /// Long enough for a UUID or a URN, short enough for an index key.
    package static let identifierBytes = 128
    /// One event's JSON. Real carrier events are under 2 kB; Kafka's default maximum is 1 MB.
    package static let eventBytes = 64 * 1024
    /// Nesting of JSON, far above any real event and far below a stack overflow.
    package static let jsonDepth = 32
    /// A JSON number's literal: no real quantity needs more digits.
    package static let jsonNumberBytes = 64
    /// Members of one JSON object, so that duplicate keys are found in bounded time.
    package static let jsonMembers = 1024
    /// Unknown fields of one event: far enough below `jsonMembers` that what was read can be written back.
    package static let extraFields = 512
    /// One free-text field (`detail`, `raw_code`, `source`, a carrier's name): 4 kB.
    package static let textBytes = 4096
    /// Clocks of sources differ; more than a day ahead is a mistake.
    package static let futureToleranceSeconds: Int64 = 24 * 3600
    /// Events of one delivery that are folded. A parcel has 10 to 40; a runaway source must not make one delivery cost
    /// the platform.
    package static let eventsPerDelivery = 10_000

    // MARK: The fold

    /// Ids whose hashes are kept with the state, 4 bytes each: all of them for any real parcel. Deliveries with more
    /// events read their whole history for each one, to find a reused id.
    package static let recentEventIDs = 1024
    /// An arrival time this much older than the last event gives way to the youngest.
    package static let staleETASeconds: Int64 = 48 * 3600

    // MARK: The log and the tracker

    /// Partitions unless told otherwise: enough to spread over a dozen processes.
    package static let partitions = 12
    /// Records one tracker step reads: large enough that a commit's fsync is shared by many.
    package static let trackerBatch = 2000
    /// Bytes one tracker step reads, whatever the number of records.
    package static let trackerBatchBytes = 8 * 1024 * 1024
    /// Appends that may wait for the log at once; more are refused with `dependency_unavailable`.
    package static let waitingAppendBytes = 64 * 1024 * 1024
    /// Updates that wait in memory for their topic; beyond it they are read from the store again.
    package static let waitingUpdates = 20_000
    /// Updates and dead letters that are sent to their topics at once.
    package static let publicationBatch = 2000
    /// Records of one group commit.
    package static let groupCommitRecords = 20_000
    /// How long records are kept at least, in seconds: Kafka's 7 days.
    package static let logRetentionSeconds: Int64 = 7 * 24 * 3600
    /// Files up to this size are checked wholly, index against table, after a process that did not close them.
    package static let integrityCheckBytes = 64 << 20
    /// Larger ones up to this size are checked quickly, page by page; beyond it, `waybill doctor` does.
    package static let quickCheckBytes = 1 << 30
    /// Records that one retention pass deletes, so that appends are never held up for long.
    package static let retentionBatch = 5000

    // MARK: Cases

    /// Due deliveries that one step of the monitor looks at, in one transaction.
    package static let monitorBatch = 500
    /// Shares of the deliveries that monitors lease: more than there are ever monitors.
    package static let monitorShards = 16
    /// How long a monitor that says nothing keeps its shares, in seconds.
    package static let monitorLeaseSeconds: Int64 = 15
    /// Silence is judged by what has been read of the log; a log that is further behind than this is not waited for.
    package static let monitorPatienceSeconds: Int64 = 3600
    /// Changes of cases that one batch of the tracker tells.
    package static let toldChanges = 500
    /// Groups of transit times that predictions are learned from.
    package static let arrivalCells = 500_000
    /// Cases of one bulk action.
    package static let bulkCases = 500
    /// Rows of one report.
    package static let reportRows = 20_000
    /// Days of one report.
    package static let reportDays = 400

    // MARK: HTTP

    /// A request body: 500 to 5,000 events.
    package static let bodyBytes = 4 * 1024 * 1024
    /// Events in one request.
    package static let eventsPerRequest = 5000
    /// All header fields together; NIO's own default is 80 KiB.
    package static let headerBytes = 16 * 1024
    package static let headerCount = 100
    /// From the first byte to the end of the header.
    package static let headerSeconds: Int64 = 10
    /// From the end of the header to the end of the body.
    package static let bodySeconds: Int64 = 30
    /// An idle kept-alive connection.
    package static let idleSeconds: Int64 = 75
    /// A client that takes no byte of its answer for this long is cut off.
    package static let writeStallSeconds: Int64 = 30
    /// Connections at once.
    package static let connections = 10_000
    package static let pageSize = 200
    package static let pageSizeDefault = 50
    /// `?wait=` at most.
    package static let waitSeconds: Double = 30
    /// How long the answer to an `Idempotency-Key` is kept.
    package static let idempotencySeconds: Int64 = 24 * 3600
    package static let idempotencyKeyBytes = 255

    // MARK: The pages

    /// Links to the tracking page of one delivery: one in each message, and a few that staff make.
    package static let trackingLinks = 32
    /// How long a link works after its delivery is over.
    package static let trackingLinkSeconds: Int64 = 30 * 86_400
    /// A form of the tracking page; its fields are short.
    package static let trackingFormBytes = 4096
    /// Parcels of one order that a tracking page shows.
    package static let parcelsShown = 12
    /// Files of the built dashboard, and bytes of all of them: they are held in memory.
    package static let dashboardFiles = 200
    package static let dashboardBytes = 16 << 20
    /// Deliveries that one click on the dashboard simulates at most.
    package static let simulatedDeliveries = 2000

    /// Deliveries a search collects by index. Where more match, the list is walked in its own order instead, and each
    /// row compared: a page is full soon.
    package static let searchHits = 4000

    // MARK: The live feed

    package static let subscribers = 2000
    /// Updates that wait for one slow subscriber; then it is dropped and resumes with its cursor.
    package static let subscriberBacklog = 4096
    package static let heartbeatSeconds: Int64 = 15
    /// Updates one page of the feed holds.
    package static let feedPage = 500

    // MARK: Notifications

    /// Updates that one step of the notifier decides on.
    package static let notifierBatch = 2000
    /// Updates that are kept in memory for the notifier of the same process; a few kilobytes each.
    package static let recentUpdates = 8192
    /// A webhook's body: Standard Webhooks asks for less than 20 kB.
    package static let webhookBytes = 20_000
    /// Messages to one recipient by one channel in a day: more is a fault of somebody's.
    package static let messagesPerRecipientDay = 20
    /// How long an endpoint's old secret goes on signing beside the new one.
    package static let secretOverlapSeconds: Int64 = 24 * 3600
    package static let secretsPerEndpoint = 5
    package static let endpointsPerMerchant = 200
    package static let rulesPerMerchant = 200
    package static let templatesPerMerchant = 500
    /// A merchant's template, and what may come out of one.
    package static let templateBytes = 64 * 1024
    package static let renderedBytes = 1024 * 1024
    /// Messages on their way at once, of one process, and to one receiver.
    package static let messagesInFlight = 256
    package static let messagesInFlightPerLane = 8
    /// Messages one step claims for one receiver: two steps fill it.
    package static let messagesClaimedPerLane = 4
    /// How long a claimed message is one process's own: several times the longest attempt.
    package static let messageLeaseSeconds: Int64 = 60
    /// One attempt, from connecting to the end of the answer.
    package static let attemptSeconds: Int64 = 15
    /// What is read of a receiver's answer, and what is kept of it.
    package static let answerBytes = 64 * 1024
    package static let answerBytesKept = 1024
    /// What a merchant can have sent again: Svix recovers 14 days as well.
    package static let recoverSeconds: Int64 = 14 * 24 * 3600
    /// Messages that one call sends again.
    package static let replayBatch = 10_000
}
