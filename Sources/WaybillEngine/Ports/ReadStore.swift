import WaybillCore

/// A value read in one snapshot, with the feed position of that snapshot: the stream goes on from there.
package struct Snapshot<Value: Sendable>: Sendable {
    package var value: Value
    package var cursor: FeedCursor

    package init(value: Value, cursor: FeedCursor) {
        self.value = value
        self.cursor = cursor
    }
}

/// The order of a list. `created` is by creation number, which never changes.
package enum DeliverySort: String, CaseIterable, Sendable {
    case created
    case createdDescending = "-created"
    case promised
    case promisedDescending = "-promised"
}

/// Where a page of a list ended: the sort value (for `promised`) and the creation number of its last row.
package struct PageMark: Hashable, Sendable {
    package var value: Int64
    package var number: Int64

    package init(value: Int64, number: Int64) {
        self.value = value
        self.number = number
    }
}

package struct DeliveryQuery: Sendable {
    package var merchant: MerchantID
    package var filter = DeliveryFilter()
    package var sort = DeliverySort.created
    package var after: PageMark?
    package var limit = Limits.pageSizeDefault

    package init(merchant: MerchantID) { self.merchant = merchant }
}

package struct DeliveryPage: Sendable {
    package var deliveries: [DeliveryState]
    /// Nil on the last page.
    package var next: PageMark?

    package init(deliveries: [DeliveryState], next: PageMark?) {
        self.deliveries = deliveries
        self.next = next
    }
}

/// One place of the feed: which event of which delivery it tells of, or which change of a case.
package struct FeedEntry: Sendable {
    package var at: FeedPosition
    package var number: Int64
    package var sequence: Int64
    /// Nil for an event; else the delivery's `sequence` is that of when it was told.
    package var change: UntoldChange?

    package init(at: FeedPosition, number: Int64, sequence: Int64, change: UntoldChange? = nil) {
        self.at = at
        self.number = number
        self.sequence = sequence
        self.change = change
    }
}

/// From a position on, these kinds are told as open.
package struct ToldCases: Hashable, Sendable {
    package var position: Int64
    package var open: CaseSet

    package init(position: Int64, open: CaseSet) {
        self.position = position
        self.open = open
    }
}

/// A page of the feed with the histories that its updates are computed from.
package struct FeedSlice: Sendable {
    package var entries: [FeedEntry]
    package var keys: [Int64: DeliveryKey]
    package var histories: [Int64: [HistoryEntry]]
    /// What the feed has told of the deliveries' cases, in the order of positions.
    package var told: [Int64: [ToldCases]] = [:]
    /// For each partition, the greatest position whose history was dropped.
    package var purged: [Int64]

    package init(entries: [FeedEntry], keys: [Int64: DeliveryKey], histories: [Int64: [HistoryEntry]], purged: [Int64])
    {
        self.entries = entries
        self.keys = keys
        self.histories = histories
        self.purged = purged
    }
}

package struct DeadLetterRow: Sendable {
    package enum State: String, CaseIterable, Sendable { case open, retried, discarded }

    package var id: Int64
    package var merchant: MerchantID
    package var letter: DeadLetter
    package var firstSeen: Timestamp
    package var state: State

    package init(id: Int64, merchant: MerchantID, letter: DeadLetter, firstSeen: Timestamp, state: State) {
        self.id = id
        self.merchant = merchant
        self.letter = letter
        self.firstSeen = firstSeen
        self.state = state
    }
}

/// What the API reads. Every answer is one database snapshot.
package protocol ReadStore: Sendable {
    func delivery(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<DeliveryState?>
    func history(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<[HistoryEntry]?>
    func deliveries(_ query: DeliveryQuery) async throws(StorageError) -> Snapshot<DeliveryPage>
    func counters(_ merchant: MerchantID) async throws(StorageError) -> Snapshot<[String: Int64]>

    /// Feed entries of all partitions beyond the cursor, in the order of their commits.
    func feed(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> Snapshot<FeedSlice>

    /// The last known GPS fix, where there is one.
    func position(_ key: DeliveryKey) async throws(StorageError) -> PositionFix?
}

/// Poison events and what people do about them.
package protocol DeadLetterStore: Sendable {
    /// The rows of a merchant with ids below `before`, newest first.
    func deadLetters(
        _ merchant: MerchantID, state: DeadLetterRow.State?, before: Int64?, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow]

    func deadLetter(_ id: Int64, _ merchant: MerchantID) async throws(StorageError) -> DeadLetterRow?

    /// Moves an open letter to another state; false when it is not open any more.
    func settle(_ id: Int64, as state: DeadLetterRow.State) async throws(StorageError) -> Bool

    /// Deletes letters first seen before `instant`; returns how many.
    func trimDeadLetters(before instant: Timestamp) async throws(StorageError) -> Int
}
