import WaybillCore

/// A delivery that is due, with every case it ever had.
package struct WatchedDelivery: Sendable {
    package var stored: StoredDelivery
    package var records: [CaseRecord]

    package init(stored: StoredDelivery, records: [CaseRecord]) {
        self.stored = stored
        self.records = records
    }
}

/// One monitor's hold on a share of the deliveries: those whose number leaves `shard` when divided by the number of
/// shares.
package struct ShardLease: Hashable, Sendable {
    package var shard: Int
    /// Raised when the share changes hands: what was decided under an older one is not written.
    package var epoch: Int64

    package init(shard: Int, epoch: Int64) {
        self.shard = shard
        self.epoch = epoch
    }
}

/// What the monitor decided on one delivery.
package struct Look: Sendable {
    package var number: Int64
    package var key: DeliveryKey
    /// What was looked at: when the delivery is not as it was then, nothing is written, and it is looked at again.
    package var sequence: Int64
    package var mark: WatchMark
    package var next: WatchMark
    package var due: Timestamp?
    package var records: [CaseRecord]
    package var changes: [NewCaseChange]

    package init(_ watched: WatchedDelivery, _ decision: CaseDecision) {
        number = watched.stored.number
        key = watched.stored.state.key
        sequence = watched.stored.state.arrival.sequence
        mark = watched.stored.watch
        next = mark.next(decision.inForce)
        due = decision.due
        records = decision.records
        changes = NewCaseChange.all(decision.changes, over: watched.records)
    }
}

/// A change of a case on its way to the feed.
package struct NewCaseChange: Sendable {
    package var change: CaseChange
    /// All open kinds of the delivery after it.
    package var open: CaseSet

    package init(_ change: CaseChange, open: CaseSet) {
        self.change = change
        self.open = open
    }

    /// - Parameter records: the cases before the changes.
    static func all(_ changes: [CaseChange], over records: [CaseRecord]) -> [NewCaseChange] {
        var open = CaseSet(records.filter { $0.state == .open }.map(\.kind))
        return changes.map { change in
            let kind = CaseSet(change.record.kind)
            if change.record.state == .open { open.insert(kind) } else { open.remove(kind) }
            return NewCaseChange(change, open: open)
        }
    }
}

/// A change that the feed has not told yet.
package struct UntoldChange: Sendable {
    /// In the order in which they were made.
    package var number: Int64
    package var key: DeliveryKey
    package var partition: Int
    package var open: CaseSet
    package var fragment: JSONFragment
    package var actor: String?
    package var at: Timestamp

    package init(
        number: Int64, key: DeliveryKey, partition: Int, open: CaseSet, fragment: JSONFragment, actor: String?,
        at: Timestamp
    ) {
        self.number = number
        self.key = key
        self.partition = partition
        self.open = open
        self.fragment = fragment
        self.actor = actor
        self.at = at
    }
}

/// The place that a change got in the feed.
package struct ToldChange: Sendable {
    package var number: Int64
    package var key: DeliveryKey
    /// The number of the delivery.
    package var delivery: Int64
    /// Position 0: its delivery is not there, and nothing is told.
    package var at: FeedPosition
    /// Of the delivery when it was told.
    package var sequence: Int64
    package var open: CaseSet

    package init(
        number: Int64, key: DeliveryKey, delivery: Int64, at: FeedPosition, sequence: Int64, open: CaseSet
    ) {
        self.number = number
        self.key = key
        self.delivery = delivery
        self.at = at
        self.sequence = sequence
        self.open = open
    }
}

/// Where the tracker finds the changes of cases that the feed has not told: it alone gives places in the feed.
package protocol CaseOutbox: Sendable {
    /// Of these partitions, oldest first.
    func untold(_ partitions: [Int], limit: Int) async throws(StorageError) -> [UntoldChange]
}

/// What a list of cases is narrowed to.
package struct CaseFilter: Hashable, Sendable {
    package enum Snoozed: String, CaseIterable, Sendable { case no, only, all }

    package var states: [CaseRecord.State] = [.open]
    package var kinds: [CaseKind] = []
    package var severity: CaseSeverity?
    /// `.some(nil)`: nobody's.
    package var owner: String??
    package var carrier: String?
    package var deliveryID: DeliveryID?
    package var snoozed = Snoozed.all

    package init() {}
}

package struct CaseQuery: Sendable {
    package var merchant: MerchantID
    package var filter = CaseFilter()
    /// The row that the page begins behind. Oldest first.
    package var after: Int64?
    package var limit = Limits.pageSizeDefault

    package init(merchant: MerchantID) { self.merchant = merchant }
}

/// A case with its delivery, as the desk shows it.
package struct CaseRow: Sendable {
    /// In the order of opening.
    package var row: Int64
    package var record: CaseRecord
    package var delivery: DeliveryState

    package init(row: Int64, record: CaseRecord, delivery: DeliveryState) {
        self.row = row
        self.record = record
        self.delivery = delivery
    }
}

/// One change as it is kept.
package struct KeptChange: Sendable {
    package var number: Int64
    package var fragment: JSONFragment
    package var actor: String?
    package var at: Timestamp

    package init(number: Int64, fragment: JSONFragment, actor: String?, at: Timestamp) {
        self.number = number
        self.fragment = fragment
        self.actor = actor
        self.at = at
    }
}

/// Open cases of a merchant that have these in common.
package struct CaseCount: Hashable, Sendable {
    package var kind: CaseKind
    package var severity: CaseSeverity
    package var owner: String?
    package var isSnoozed: Bool
    package var count: Int64

    package init(kind: CaseKind, severity: CaseSeverity, owner: String?, isSnoozed: Bool, count: Int64) {
        self.kind = kind
        self.severity = severity
        self.owner = owner
        self.isSnoozed = isSnoozed
        self.count = count
    }
}

/// Cases of a kind that were opened on a day with a carrier.
package struct OpenedCount: Hashable, Sendable {
    package var day: Int
    package var carrier: String
    package var kind: CaseKind
    package var count: Int64

    package init(day: Int, carrier: String, kind: CaseKind, count: Int64) {
        self.day = day
        self.carrier = carrier
        self.kind = kind
        self.count = count
    }
}

/// Due deliveries and their cases, and what people do about them.
package protocol DeskStore: CaseOutbox {
    // MARK: The monitor

    /// Takes the shares that are free or whose holder has been silent, and renews those that are held already.
    func lease(_ shards: Int, owner: String, now: Timestamp, until: Timestamp) async throws(StorageError)
        -> [ShardLease]

    /// Gives the shares of an owner back, so that another need not wait.
    func release(owner: String) async throws(StorageError)

    /// Deliveries of these shares that are due, the longest due first.
    func due(_ shards: [Int], of count: Int, at now: Timestamp, limit: Int) async throws(StorageError)
        -> [WatchedDelivery]

    /// Writes what was decided, as one transaction; looks at deliveries that are not as they were are left out, and
    /// the others' number is returned. `superseded` when a lease has changed hands.
    func commit(_ looks: [Look], under leases: [ShardLease], of count: Int) async throws(StorageError) -> Int

    // MARK: People

    func cases(_ query: CaseQuery) async throws(StorageError) -> Snapshot<(rows: [CaseRow], hasMore: Bool)>

    /// A case with its changes, oldest first.
    func caseDetails(_ id: String, _ merchant: MerchantID) async throws(StorageError)
        -> Snapshot<(row: CaseRow, changes: [KeptChange])?>

    /// Writes what a person did, if the case is still of the version before it; false when it is not.
    func commit(_ change: CaseChange) async throws(StorageError) -> Bool

    func caseCounts(_ merchant: MerchantID, at now: Timestamp) async throws(StorageError) -> Snapshot<[CaseCount]>

    // MARK: Reports

    /// Cases that were opened on these days.
    func openedCases(_ merchant: MerchantID, days: Range<Int>) async throws(StorageError) -> [OpenedCount]

    /// Counters with names in a range, in their order; of every merchant together when none is named.
    func counters(_ merchant: MerchantID?, from: String, to: String, limit: Int) async throws(StorageError)
        -> [(name: String, count: Int64)]
}
