import WaybillCore
import WaybillEngine

extension WorldStore: PersonalStore {
    package func saveRecipient(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        state.withLock { Self.save(RecipientMark(merchant: merchant, id: id), data, now, in: &$0.recipients) }
    }

    package func saveProof(
        _ id: String, _ merchant: MerchantID, _ data: JSONFragment, at now: Timestamp
    ) async throws(StorageError) {
        state.withLock { Self.save(RecipientMark(merchant: merchant, id: id), data, now, in: &$0.proofs) }
    }

    private static func save(
        _ mark: RecipientMark, _ data: JSONFragment, _ now: Timestamp, in table: inout [RecipientMark: Personal]
    ) {
        let isNamed = table[mark]?.isNamed ?? false
        table[mark] = Personal(data: data, updatedAt: now, isNamed: isNamed)
    }

    /// What an applied event names is no orphan.
    static func name(by event: Event, in state: inout State) {
        for case .recipientID(let id?) in event.details {
            state.recipients[RecipientMark(merchant: event.merchant, id: id)]?.isNamed = true
        }
        if let id = event.proofID { state.proofs[RecipientMark(merchant: event.merchant, id: id)]?.isNamed = true }
    }

    package func trackingToken(_ key: DeliveryKey, offered token: String) async throws(StorageError) -> String {
        state.withLock { state in
            let hash = TrackingLink.hash(token)
            if !state.links.contains(where: { $0.hash == hash }) { state.links.append((hash, key)) }
            let excess = state.links.count(where: { $0.key == key }) - Limits.trackingLinks
            if excess > 0, let oldest = state.links.firstIndex(where: { $0.key == key }) {
                state.links.remove(at: oldest)
            }
            return token
        }
    }

    package func delivery(ofToken token: String) async throws(StorageError) -> DeliveryKey? {
        let hash = TrackingLink.hash(token)
        return state.withLock { $0.links.first { $0.hash == hash }?.key }
    }

    package func revokeTokens(_ key: DeliveryKey) async throws(StorageError) -> Int {
        state.withLock { state in
            let count = state.links.count
            state.links.removeAll { $0.key == key }
            return count - state.links.count
        }
    }

    package func recipients(after mark: RecipientMark?, limit: Int) async throws(StorageError) -> [RecipientRow] {
        state.withLock { state in
            let marks = state.recipients.keys.sorted(by: Self.isBefore)
            let later = marks.filter { candidate in mark.map { Self.isBefore($0, candidate) } ?? true }
            return later.prefix(limit).compactMap { mark in
                state.recipients[mark].map { RecipientRow(mark: mark, data: $0.data, updatedAt: $0.updatedAt) }
            }
        }
    }

    private static func isBefore(_ one: RecipientMark, _ other: RecipientMark) -> Bool {
        if one.merchant != other.merchant { return one.merchant < other.merchant }
        return one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
    }

    package func sweepOrphans(before instant: Timestamp) async throws(StorageError) -> Int {
        state.withLock { state in
            let count = state.recipients.count + state.proofs.count
            state.recipients = state.recipients.filter { $0.value.isNamed || $0.value.updatedAt >= instant }
            state.proofs = state.proofs.filter { $0.value.isNamed || $0.value.updatedAt >= instant }
            return count - state.recipients.count - state.proofs.count
        }
    }
}

extension WorldStore: IdempotencyStore {
    package func claim(
        _ key: [UInt8], body: [UInt8], at now: Timestamp
    ) async throws(StorageError) -> IdempotencyClaim {
        state.withLock { state in
            guard let known = state.answers[key] else {
                state.answers[key] = (body, now, nil)
                return .proceed
            }
            if known.body != body { return .reused }
            return known.answer.map { .answered($0) } ?? .proceed
        }
    }

    package func answer(_ key: [UInt8], with answer: KeptAnswer) async throws(StorageError) {
        state.withLock { state in
            if let known = state.answers[key], known.answer == nil { state.answers[key]?.answer = answer }
        }
    }

    package func trimAnswers(before instant: Timestamp) async throws(StorageError) -> Int {
        state.withLock { state in
            let count = state.answers.count
            state.answers = state.answers.filter { $0.value.claimedAt >= instant }
            return count - state.answers.count
        }
    }
}

extension WorldStore: MaintenanceStore {
    package func stored(
        after number: Int64, limit: Int
    ) async throws(StorageError) -> [(StoredDelivery, [HistoryEntry])] {
        state.withLock { state in
            let rows = state.rows.filter { $0.stored.number > number }.sorted { $0.stored.number < $1.stored.number }
            return rows.prefix(limit).map { ($0.stored, $0.history.map(\.entry)) }
        }
    }

    package func replace(_ deliveries: [StoredDelivery]) async throws(StorageError) {
        state.withLock { state in
            for delivery in deliveries {
                guard let place = state.place(of: delivery.number) else { continue }
                state.rows[place].stored.state = delivery.state
                state.rows[place].stored.foldVersion = Fold.version
                state.rows[place].stored.due = Watch.atOnce
            }
        }
    }

    package func replaceCounters(_ counters: [CounterKey: Int64]) async throws(StorageError) {
        state.withLock { $0.counters = counters }
    }

    package func allCounters() async throws(StorageError) -> [CounterKey: Int64] { state.withLock { $0.counters } }

    package func renewFeed(id: UInt64) async throws(StorageError) { state.withLock { $0.progress.feedID = id } }

    package func received(
        after row: Int64, limit: Int
    ) async throws(StorageError) -> [(row: Int64, receivedAt: Timestamp, bytes: [UInt8])] {
        state.withLock { state in
            let start = Int(max(0, row))
            guard start < state.feed.count else { return [] }
            return state.feed[start...].prefix(limit).enumerated().compactMap { index, entry in
                guard let place = state.place(of: entry.number),
                    let record = state.rows[place].history.first(where: { $0.entry.sequence == entry.sequence })
                else { return nil }
                return (row: Int64(start + index + 1), receivedAt: record.entry.receivedAt, bytes: record.bytes)
            }
        }
    }
}
