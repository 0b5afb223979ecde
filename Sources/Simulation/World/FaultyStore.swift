import WaybillCore
import WaybillEngine

/// A store in a world where things go wrong: what services write and read through while the world is not healed.
package final class FaultyStore: Sendable {
    package typealias Base = TrackingStore & ReadStore & PersonalStore & DeadLetterStore & PublicationStore

    private let base: any Base
    private let tracking: any TrackingStore
    private let publication: any PublicationStore
    private let faults: FaultPlan

    /// - Parameters:
    ///   - tracking: stands before the base where trackers write; nil for the base itself.
    ///   - publication: the same where publishers do.
    package init(
        _ base: any Base, tracking: (any TrackingStore)? = nil, publication: (any PublicationStore)? = nil,
        _ faults: FaultPlan
    ) {
        self.base = base
        self.tracking = tracking ?? base
        self.publication = publication ?? base
        self.faults = faults
    }
}

extension FaultyStore: TrackingStore {
    package func progress() async throws(StorageError) -> TrackingProgress {
        try await faults.run("progress") { () async throws(StorageError) in try await tracking.progress() }
    }

    package func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim] {
        try await faults.run("claim") { () async throws(StorageError) in try await tracking.claim(partitions) }
    }

    package func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64> {
        try await faults.run("numbers") { () async throws(StorageError) in try await tracking.takeNumbers(count) }
    }

    package func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery] {
        try await faults.run("load") { () async throws(StorageError) in try await tracking.deliveries(keys) }
    }

    package func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]] {
        try await faults.run("histories") { () async throws(StorageError) in try await tracking.histories(numbers) }
    }

    package func commit(_ commit: TrackingCommit) async throws(StorageError) {
        try await faults.run("commit", canBeSuperseded: true) { () async throws(StorageError) in
            try await tracking.commit(commit)
        }
    }

    package func seal(before instant: Timestamp) async throws(StorageError) -> Int {
        try await faults.run("seal") { () async throws(StorageError) in try await tracking.seal(before: instant) }
    }
}

extension FaultyStore: ReadStore {
    package func delivery(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<DeliveryState?> {
        try await faults.run("delivery") { () async throws(StorageError) in try await base.delivery(key) }
    }

    package func history(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<[HistoryEntry]?> {
        try await faults.run("history") { () async throws(StorageError) in try await base.history(key) }
    }

    package func deliveries(_ query: DeliveryQuery) async throws(StorageError) -> Snapshot<DeliveryPage> {
        try await faults.run("list") { () async throws(StorageError) in try await base.deliveries(query) }
    }

    package func counters(_ merchant: MerchantID) async throws(StorageError) -> Snapshot<[String: Int64]> {
        try await faults.run("counters") { () async throws(StorageError) in try await base.counters(merchant) }
    }

    package func feed(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> Snapshot<FeedSlice> {
        try await faults.run("feed") { () async throws(StorageError) in
            try await base.feed(after: cursor, limit: limit)
        }
    }

    package func position(_ key: DeliveryKey) async throws(StorageError) -> PositionFix? {
        try await faults.run("position") { () async throws(StorageError) in try await base.position(key) }
    }
}

extension FaultyStore: PersonalStore {
    package func saveRecipient(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await faults.run("recipient") { () async throws(StorageError) in
            try await base.saveRecipient(id, merchant, data, at: now)
        }
    }

    package func saveProof(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        try await faults.run("proof") { () async throws(StorageError) in
            try await base.saveProof(id, merchant, data, at: now)
        }
    }

    package func trackingToken(_ key: DeliveryKey, offered token: String) async throws(StorageError) -> String {
        try await faults.run("token") { () async throws(StorageError) in
            try await base.trackingToken(key, offered: token)
        }
    }

    package func delivery(ofToken token: String) async throws(StorageError) -> DeliveryKey? {
        try await faults.run("link") { () async throws(StorageError) in try await base.delivery(ofToken: token) }
    }

    package func revokeTokens(_ key: DeliveryKey) async throws(StorageError) -> Int {
        try await faults.run("revoke") { () async throws(StorageError) in try await base.revokeTokens(key) }
    }

    package func recipients(after mark: RecipientMark?, limit: Int) async throws(StorageError) -> [RecipientRow] {
        try await faults.run("recipients") { () async throws(StorageError) in
            try await base.recipients(after: mark, limit: limit)
        }
    }

    package func sweepOrphans(before instant: Timestamp) async throws(StorageError) -> Int {
        try await faults.run("sweep") { () async throws(StorageError) in try await base.sweepOrphans(before: instant) }
    }
}

extension FaultyStore: DeadLetterStore {
    package func deadLetters(
        _ merchant: MerchantID, state: DeadLetterRow.State?, before: Int64?, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        try await faults.run("letters") { () async throws(StorageError) in
            try await base.deadLetters(merchant, state: state, before: before, limit: limit)
        }
    }

    package func deadLetter(_ id: Int64, _ merchant: MerchantID) async throws(StorageError) -> DeadLetterRow? {
        try await faults.run("letter") { () async throws(StorageError) in try await base.deadLetter(id, merchant) }
    }

    package func settle(_ id: Int64, as state: DeadLetterRow.State) async throws(StorageError) -> Bool {
        try await faults.run("settle") { () async throws(StorageError) in try await base.settle(id, as: state) }
    }

    package func trimDeadLetters(before instant: Timestamp) async throws(StorageError) -> Int {
        try await faults.run("trim letters") { () async throws(StorageError) in
            try await base.trimDeadLetters(before: instant)
        }
    }
}

extension FaultyStore: PublicationStore {
    package func published(_ partitions: [Int]) async throws(StorageError) -> [WaybillEngine.Publication] {
        try await faults.run("published") { () async throws(StorageError) in try await publication.published(partitions)
        }
    }

    package func markPublished(_ marks: [WaybillEngine.Publication]) async throws(StorageError) {
        try await faults.run("mark") { () async throws(StorageError) in try await publication.markPublished(marks) }
    }

    package func deadLetters(
        ofPartition partition: Int, after id: Int64, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        try await faults.run("letters of") { () async throws(StorageError) in
            try await publication.deadLetters(ofPartition: partition, after: id, limit: limit)
        }
    }
}
