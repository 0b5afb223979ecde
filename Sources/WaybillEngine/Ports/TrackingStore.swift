import WaybillCore

/// How far one partition has come, and under which ownership.
package struct Claim: Hashable, Sendable {
    package var partition: Int
    /// Raised by each owner that claims the partition: a commit under an older one writes nothing.
    package var epoch: Int64
    /// The first offset that was not consumed yet.
    package var offset: Int64
    /// The feed position of the partition's last update.
    package var position: Int64
    /// The record time of the last consumed record; the beginning of time before the first.
    package var consumedUntil: Timestamp

    package init(
        partition: Int, epoch: Int64, offset: Int64, position: Int64,
        consumedUntil: Timestamp = Timestamp(microseconds: 0)
    ) {
        self.partition = partition
        self.epoch = epoch
        self.offset = offset
        self.position = position
        self.consumedUntil = consumedUntil
    }
}

/// How far the trackers have come, as one snapshot of the store.
package struct TrackingProgress: Hashable, Sendable {
    /// Of every partition, in their order.
    package var claims: [Claim]
    package var feedID: UInt64

    package init(claims: [Claim], feedID: UInt64) {
        self.claims = claims
        self.feedID = feedID
    }

    package var cursor: FeedCursor { FeedCursor(feedID: feedID, positions: claims.map(\.position)) }
    package var offsets: LogOffsets { claims.offsets }
}

extension [Claim] {
    package var offsets: LogOffsets {
        Dictionary(uniqueKeysWithValues: lazy.map { ($0.partition, $0.offset) })
    }
}

/// A delivery as it is stored.
package struct StoredDelivery: Sendable {
    /// The surrogate number: internal, immutable, in order of creation.
    package var number: Int64
    package var state: DeliveryState
    /// The version of the fold that wrote it; another one is folded again before use.
    package var foldVersion: Int
    /// Its history was dropped: nothing can be applied to it any more.
    package var isSealed: Bool
    /// What the monitor last made of it.
    package var watch: WatchMark
    /// When the monitor is to look at it next.
    package var due: Timestamp?

    package init(
        number: Int64, state: DeliveryState, foldVersion: Int, isSealed: Bool, watch: WatchMark = .none,
        due: Timestamp? = nil
    ) {
        self.number = number
        self.state = state
        self.foldVersion = foldVersion
        self.isSealed = isSealed
        self.watch = watch
        self.due = due
    }
}

/// One applied event with the bytes it was first received as.
package struct AppliedRecord: Sendable {
    /// The number of its delivery.
    package var number: Int64
    package var entry: HistoryEntry
    package var bytes: [UInt8]
    package var at: FeedPosition

    package init(number: Int64, entry: HistoryEntry, bytes: [UInt8], at: FeedPosition) {
        self.number = number
        self.entry = entry
        self.bytes = bytes
        self.at = at
    }
}

/// What one batch does to one delivery.
package struct DeliveryChange: Sendable {
    package var number: Int64
    /// This batch makes the delivery.
    package var isNew: Bool
    /// Whether the status differs from the stored one.
    package var changesStatus: Bool
    /// Whether details that lists are narrowed by may differ from before.
    package var mayChangeDetails: Bool
    package var state: DeliveryState
    /// What the monitor had made of it when it was read. Where the stored mark is another one by now, the delivery is
    /// due at once.
    package var watch = WatchMark.none
    /// When the monitor must look at it at the latest; what is stored is only ever made earlier.
    package var lookAt: Timestamp?

    package init(number: Int64, isNew: Bool, changesStatus: Bool, mayChangeDetails: Bool, state: DeliveryState) {
        self.number = number
        self.isNew = isNew
        self.changesStatus = changesStatus
        self.mayChangeDetails = mayChangeDetails
        self.state = state
    }
}

/// An event that could not be applied, with its bytes and the reason.
package struct DeadLetter: Sendable {
    package var record: LogRecord
    package var rejection: EventRejection

    package init(record: LogRecord, rejection: EventRejection) {
        self.record = record
        self.rejection = rejection
    }
}

/// A GPS fix, kept outside the fold.
package struct PositionFix: Sendable {
    package var key: DeliveryKey
    package var id: EventID
    package var occurredAt: Timestamp
    package var location: JSONFragment

    package init(key: DeliveryKey, id: EventID, occurredAt: Timestamp, location: JSONFragment) {
        self.key = key
        self.id = id
        self.occurredAt = occurredAt
        self.location = location
    }
}

/// A counter that moves with the deliveries of one merchant.
package struct CounterKey: Hashable, Sendable {
    package var merchant: MerchantID
    package var name: String

    package init(merchant: MerchantID, name: String) {
        self.merchant = merchant
        self.name = name
    }
}

/// Everything one batch decided. One transaction commits all of it together with the consumed offsets.
package struct TrackingCommit: Sendable {
    /// The claims of the partitions that the batch read, as they must be stored for the commit to happen.
    package var expected: [Claim]
    /// The same partitions under the same epochs, after it.
    package var next: [Claim]
    package var changes: [DeliveryChange] = []
    /// In the order of the log, so that the history keeps the order of the feed.
    package var records: [AppliedRecord] = []
    package var deadLetters: [DeadLetter] = []
    package var positions: [PositionFix] = []
    package var counters: [CounterKey: Int64] = [:]
    /// Changes of cases that get their place in the feed, behind the updates of the events.
    package var told: [ToldChange] = []

    package init(expected: [Claim], next: [Claim]) {
        self.expected = expected
        self.next = next
    }
}

/// What the tracker needs from a store.
package protocol TrackingStore: Sendable {
    func progress() async throws(StorageError) -> TrackingProgress

    /// Makes the caller the owner of these partitions: raises their epochs, so that whoever owned them before commits
    /// nothing any more, and answers where they stand, in the order asked for. One atomic step.
    func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim]

    /// Takes that many numbers for new deliveries; greater than all that were taken before. Some may never be used.
    func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64>

    /// The deliveries among `keys` that are known, in one query.
    func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery]

    /// All accepted events of the numbered deliveries, in sequence order, in one query.
    func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]]

    /// Commits the whole decision, or nothing of it. `superseded` when a stored claim is not the expected one (its
    /// epoch, its offset or its position), or a delivery that it changes was sealed meanwhile.
    func commit(_ commit: TrackingCommit) async throws(StorageError)

    /// Seals deliveries that are terminal since before `instant`: drops their history. Returns how many.
    func seal(before instant: Timestamp) async throws(StorageError) -> Int
}
