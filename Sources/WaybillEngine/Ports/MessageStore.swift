import WaybillCore

/// A row of the ledger with its identity in the store.
package struct StoredMessage: Sendable {
    /// In order of decision.
    package var number: Int64
    /// `msg_` and a hash of the key: the `webhook-id`, the `Message-ID`, the provider's idempotency key.
    package var id: String
    package var row: LedgerRow
    package var attempts: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var sentAt: Timestamp?
    /// The last thing a receiver or provider said.
    package var lastAnswer: String?

    package init(
        number: Int64, id: String, row: LedgerRow, attempts: Int, createdAt: Timestamp, updatedAt: Timestamp,
        sentAt: Timestamp?, lastAnswer: String?
    ) {
        self.number = number
        self.id = id
        self.row = row
        self.attempts = attempts
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.sentAt = sentAt
        self.lastAnswer = lastAnswer
    }
}

/// A row before the store has it.
package struct NewMessage: Sendable {
    package var id: String
    package var row: LedgerRow

    package init(id: String, row: LedgerRow) {
        self.id = id
        self.row = row
    }
}

/// Everything that one batch of updates decided: one transaction commits it together with the cursor.
package struct NotificationCommit: Sendable {
    package enum Step: Sendable {
        case add(NewMessage)
        case supersede(DeliveryKey, MessageParty, Channel)
        case cancel(DeliveryKey, instance: String)
    }

    /// The cursor as it must be stored for the commit to happen; nil before the first.
    package var expected: FeedCursor?
    package var next: FeedCursor
    package var steps: [Step]
    package var at: Timestamp

    package init(expected: FeedCursor?, next: FeedCursor, steps: [Step], at: Timestamp) {
        self.expected = expected
        self.next = next
        self.steps = steps
        self.at = at
    }
}

/// What deciding and sending need to know beside the updates, in one snapshot.
package struct MessageBackground: Sendable {
    /// Personal data of those recipients that are stored.
    package var recipients: [RecipientMark: JSONFragment] = [:]
    package var refusals: [RecipientMark: Set<Channel>] = [:]
    /// Messages of the deliveries, in order of decision.
    package var ledger: [DeliveryKey: [LedgerEntry]] = [:]
    /// Messages to each recipient by each channel since the instant asked for.
    package var recent: [RecipientMark: [Channel: Int]] = [:]
    /// Endpoints, rules and templates of the merchants.
    package var settings: [MerchantID: [NotificationSetting]] = [:]
    package var health: [String: EndpointHealth] = [:]

    package init() {}
}

/// What is asked for in a `MessageBackground`.
package struct BackgroundQuery: Sendable {
    package var recipients: Set<RecipientMark> = []
    package var deliveries: Set<DeliveryKey> = []
    package var merchants: Set<MerchantID> = []
    package var recentSince: Timestamp

    package init(recentSince: Timestamp) { self.recentSince = recentSince }
}

/// Which messages a worker takes.
package struct MessageClaim: Sendable {
    package var now: Timestamp
    package var leaseUntil: Timestamp
    /// Proves at the end that the lease is still this worker's.
    package var token: Int64
    package var limit: Int
    /// For each lane.
    package var limitPerLane: Int
    /// Lanes that have enough on their way, or whose circuit is open.
    package var excludedLanes: Set<String>

    package init(
        now: Timestamp, leaseUntil: Timestamp, token: Int64, limit: Int, limitPerLane: Int, excludedLanes: Set<String>
    ) {
        self.now = now
        self.leaseUntil = leaseUntil
        self.token = token
        self.limit = limit
        self.limitPerLane = limitPerLane
        self.excludedLanes = excludedLanes
    }
}

/// How one claimed message ended, for now.
package struct Settlement: Sendable {
    package var number: Int64
    package var token: Int64
    package var state: MessageState
    package var reason: SuppressionReason?
    /// When it is due again; of meaning while the state is open.
    package var dueAt: Timestamp
    /// Nil where nothing was tried.
    package var attempt: Attempt?
    /// The provider will not write to this recipient any more.
    package var refusal: (recipient: RecipientMark, channel: Channel)?
    /// The endpoint's health after it.
    package var health: (lane: String, health: EndpointHealth)?
    /// What the endpoint's owner must hear.
    package var notice: EndpointHealth.Notice?
    /// The endpoint is switched off, and why.
    package var disables: (merchant: MerchantID, endpoint: String, why: String)?

    package init(number: Int64, token: Int64, state: MessageState, dueAt: Timestamp) {
        self.number = number
        self.token = token
        self.state = state
        self.dueAt = dueAt
    }
}

/// One try.
package struct Attempt: Hashable, Sendable {
    package var number: Int
    package var at: Timestamp
    package var milliseconds: Int
    /// `sent`, `http_5xx`, `timeout`, `refused`, ...: one word of `SendOutcome`.
    package var result: String
    /// What the receiver said, shortened; never a secret or an address.
    package var detail: String

    package init(number: Int, at: Timestamp, milliseconds: Int, result: String, detail: String) {
        self.number = number
        self.at = at
        self.milliseconds = milliseconds
        self.result = result
        self.detail = detail
    }
}

/// The ledger of messages, which is also the queue of those that are due.
package protocol MessageStore: Sendable {
    /// Up to where updates were decided on; nil before the first time.
    func notifierCursor() async throws(StorageError) -> FeedCursor?

    func background(_ query: BackgroundQuery) async throws(StorageError) -> MessageBackground

    /// Commits the whole decision, or nothing of it: `superseded` when the stored cursor is not the expected one.
    func commit(_ commit: NotificationCommit) async throws(StorageError)

    /// Takes messages that are due, and those whose lease has ended, under the caller's token.
    func claimDue(_ claim: MessageClaim) async throws(StorageError) -> [StoredMessage]

    /// Settles messages that are still under their token, in one transaction; the others were taken over.
    func settle(_ settlements: [Settlement], at now: Timestamp) async throws(StorageError)

    /// Of one merchant, newest first.
    func messages(_ query: MessageQuery) async throws(StorageError) -> [StoredMessage]

    func message(_ id: String, _ merchant: MerchantID) async throws(StorageError) -> StoredMessage?

    /// Oldest first.
    func attempts(_ id: String, _ merchant: MerchantID) async throws(StorageError) -> [Attempt]

    /// Makes closed messages due again, with a fresh schedule; returns how many.
    func replay(_ selection: ReplaySelection, at now: Timestamp) async throws(StorageError) -> Int

    /// Deletes closed messages last changed before `instant`; returns how many.
    func trimMessages(before instant: Timestamp) async throws(StorageError) -> Int
}

package struct MessageQuery: Sendable {
    package var merchant: MerchantID
    package var delivery: DeliveryKey?
    package var party: MessageParty?
    package var state: MessageState?
    package var before: Int64?
    package var limit = Limits.pageSizeDefault

    package init(merchant: MerchantID) { self.merchant = merchant }
}

/// Which messages are sent again.
package enum ReplaySelection: Sendable {
    /// One, whatever became of it, unless it is still open.
    case message(String, MerchantID)
    /// Those of an endpoint decided since then that were not delivered.
    case endpoint(String, MerchantID, since: Timestamp)
}
