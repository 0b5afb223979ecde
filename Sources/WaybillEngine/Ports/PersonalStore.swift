import WaybillCore

/// What names or reaches a person: stored apart from events, found by an id that travels in their place.
package protocol PersonalStore: Sendable {
    /// Stores a recipient's contact data, a JSON object, before the event that names `id` is published.
    func saveRecipient(_ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp)
        async throws(StorageError)

    /// Stores a proof of delivery, a JSON object.
    func saveProof(_ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp)
        async throws(StorageError)

    /// Makes `token` a link to this delivery's tracking page and answers it. Only its hash is kept, so that no link can
    /// be shown twice: whoever needs one makes one. Of one delivery the newest `Limits.trackingLinks` stay.
    func trackingToken(_ key: DeliveryKey, offered token: String) async throws(StorageError) -> String

    /// The delivery that this token is a link to; nil when it is unknown or revoked.
    func delivery(ofToken token: String) async throws(StorageError) -> DeliveryKey?

    /// Ends every link to this delivery; returns how many there were.
    func revokeTokens(_ key: DeliveryKey) async throws(StorageError) -> Int

    /// Recipients after `id` in byte order, for `waybill export`.
    func recipients(after id: RecipientMark?, limit: Int) async throws(StorageError) -> [RecipientRow]

    /// Deletes recipients and proofs stored before `instant` that no delivery names; returns how many.
    func sweepOrphans(before instant: Timestamp) async throws(StorageError) -> Int
}

package struct RecipientMark: Hashable, Sendable {
    package var merchant: MerchantID
    package var id: String

    package init(merchant: MerchantID, id: String) {
        self.merchant = merchant
        self.id = id
    }
}

package struct RecipientRow: Sendable {
    package var mark: RecipientMark
    package var data: JSONFragment
    package var updatedAt: Timestamp

    package init(mark: RecipientMark, data: JSONFragment, updatedAt: Timestamp) {
        self.mark = mark
        self.data = data
        self.updatedAt = updatedAt
    }
}

/// An answer that was given to a request with an `Idempotency-Key`.
package struct KeptAnswer: Hashable, Sendable {
    package var status: Int
    package var body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

package enum IdempotencyClaim: Hashable, Sendable {
    /// The first request with this key, or a retry of one that was never answered: go on.
    case proceed
    /// Answered before: give the same answer.
    case answered(KeptAnswer)
    /// The key was used for another body.
    case reused
}

/// Remembers requests with an `Idempotency-Key` for 24 hours.
package protocol IdempotencyStore: Sendable {
    /// - Parameters:
    ///   - key: a hash of merchant, method, path and key.
    ///   - body: a hash of the body.
    func claim(_ key: [UInt8], body: [UInt8], at now: Timestamp) async throws(StorageError) -> IdempotencyClaim
    func answer(_ key: [UInt8], with answer: KeptAnswer) async throws(StorageError)
    func trimAnswers(before instant: Timestamp) async throws(StorageError) -> Int
}

/// Whole-store work of the operator: rebuild, verify, export.
package protocol MaintenanceStore: Sendable {
    /// Deliveries with greater numbers, in order, with their histories.
    func stored(after number: Int64, limit: Int) async throws(StorageError) -> [(StoredDelivery, [HistoryEntry])]

    /// Replaces states (and their columns) as one transaction, and counters when given.
    func replace(_ deliveries: [StoredDelivery]) async throws(StorageError)
    func replaceCounters(_ counters: [CounterKey: Int64]) async throws(StorageError)
    func allCounters() async throws(StorageError) -> [CounterKey: Int64]

    /// Starts a new numbering of updates: every cursor that is out there answers `reset`.
    func renewFeed(id: UInt64) async throws(StorageError)

    /// Events as first received, in the order in which they were applied.
    func received(after row: Int64, limit: Int) async throws(StorageError) -> [(
        row: Int64, receivedAt: Timestamp, bytes: [UInt8]
    )]
}
