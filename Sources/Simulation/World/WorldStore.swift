import Synchronization
import WaybillCore
import WaybillEngine

/// The store as its ports describe it, in memory and as plain as can be. Each port has a file of its own.
package final class WorldStore: Sendable {
    struct Row {
        var stored: StoredDelivery
        var history: [AppliedRecord] = []
    }

    struct Personal {
        var data: JSONFragment
        var updatedAt: Timestamp
        var isNamed = false
    }

    struct State {
        var progress: TrackingProgress
        var lastNumber: Int64 = 0
        /// In the order of creation.
        var rows: [Row] = []
        var places: [DeliveryKey: Int] = [:]
        /// In the order of commits; of each partition in the order of its positions.
        var feed: [FeedEntry] = []
        var purged: [Int64]
        var letters: [DeadLetterRow] = []
        var nextLetter: Int64 = 1
        /// How far each partition was published.
        var marks: [Int: (position: Int64, letter: Int64)] = [:]
        var fixes: [DeliveryKey: PositionFix] = [:]
        var counters: [CounterKey: Int64] = [:]
        var recipients: [RecipientMark: Personal] = [:]
        var proofs: [RecipientMark: Personal] = [:]
        var links: [(hash: String, key: DeliveryKey)] = []
        var answers: [[UInt8]: (body: [UInt8], claimedAt: Timestamp, answer: KeptAnswer?)] = [:]

        var records: [CaseRecord] = []
        /// With their places in the feed, once they have one.
        var changes: [(change: UntoldChange, caseID: String, told: ToldChange?)] = []
        var leases: [Int: (owner: String, epoch: Int64, until: Timestamp)] = [:]

        var numbers: [Int64: Int] = [:]

        func place(of number: Int64) -> Int? { numbers[number] }
    }

    let state: Mutex<State>

    package init(partitions: Int, feedID: UInt64 = 1) {
        let claims = (0..<partitions).map { Claim(partition: $0, epoch: 0, offset: 0, position: 0) }
        let progress = TrackingProgress(claims: claims, feedID: feedID)
        state = Mutex(State(progress: progress, purged: Array(repeating: 0, count: partitions)))
    }
}

// MARK: - TrackingStore

extension WorldStore: TrackingStore {
    package func progress() async throws(StorageError) -> TrackingProgress { state.withLock { $0.progress } }

    package func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim] {
        state.withLock { state in
            partitions.map { partition in
                state.progress.claims[partition].epoch += 1
                return state.progress.claims[partition]
            }
        }
    }

    package func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64> {
        state.withLock { state in
            defer { state.lastNumber += Int64(count) }
            return state.lastNumber + 1..<state.lastNumber + 1 + Int64(count)
        }
    }

    package func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery] {
        state.withLock { state in
            var found: [DeliveryKey: StoredDelivery] = [:]
            for key in keys { found[key] = state.places[key].map { state.rows[$0].stored } }
            return found
        }
    }

    package func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]] {
        state.withLock { state in Self.histories(numbers, in: state) }
    }

    static func histories(_ numbers: [Int64], in state: State) -> [Int64: [HistoryEntry]] {
        var found: [Int64: [HistoryEntry]] = [:]
        for number in numbers {
            guard let place = state.place(of: number), !state.rows[place].history.isEmpty else { continue }
            found[number] = state.rows[place].history.map(\.entry)
        }
        return found
    }

    package func commit(_ commit: TrackingCommit) async throws(StorageError) {
        let isExpected = state.withLock { state in
            let isMine = commit.expected.allSatisfy { expected in
                let stored = state.progress.claims[expected.partition]
                return stored.epoch == expected.epoch && stored.offset == expected.offset
                    && stored.position == expected.position
            }
            guard isMine else { return false }
            let isSealed = commit.changes.contains { change in
                state.places[change.state.key].map { state.rows[$0].stored.isSealed } ?? false
            }
            guard !isSealed else { return false }
            for change in commit.changes { Self.apply(change, to: &state) }
            for record in commit.records { Self.add(record, to: &state) }
            for letter in commit.deadLetters { Self.keep(letter, in: &state) }
            for fix in commit.positions { Self.keep(fix, in: &state) }
            for (key, delta) in commit.counters { state.counters[key, default: 0] += delta }
            for change in commit.told { Self.tell(change, in: &state) }
            for claim in commit.next { state.progress.claims[claim.partition] = claim }
            return true
        }
        if !isExpected { throw .superseded("another tracker has claimed a partition, or moved its offset") }
    }

    private static func apply(_ change: DeliveryChange, to state: inout State) {
        var stored = StoredDelivery(
            number: change.number, state: change.state, foldVersion: Fold.version, isSealed: false,
            due: change.lookAt)
        if let place = state.places[change.state.key] {
            let known = state.rows[place].stored
            stored.watch = known.watch
            stored.state.openCases = known.state.openCases
            let isSame = known.watch == change.watch
            stored.due = isSame ? [known.due, change.lookAt].compactMap { $0 }.min() : Watch.atOnce
            state.rows[place].stored = stored
        } else {
            state.places[change.state.key] = state.rows.count
            state.numbers[change.number] = state.rows.count
            state.rows.append(Row(stored: stored))
        }
    }

    private static func add(_ record: AppliedRecord, to state: inout State) {
        guard let place = state.place(of: record.number) else { return }
        state.rows[place].history.append(record)
        state.feed.append(FeedEntry(at: record.at, number: record.number, sequence: record.entry.sequence))
        name(by: record.entry.event, in: &state)
    }

    private static func keep(_ letter: DeadLetter, in state: inout State) {
        let merchant = DeliveryKey(letter.record.key)?.merchant ?? .default
        state.letters.append(
            DeadLetterRow(
                id: state.nextLetter, merchant: merchant, letter: letter, firstSeen: letter.record.timestamp,
                state: .open))
        state.nextLetter += 1
    }

    private static func keep(_ fix: PositionFix, in state: inout State) {
        if let known = state.fixes[fix.key], (known.occurredAt, known.id) >= (fix.occurredAt, fix.id) { return }
        state.fixes[fix.key] = fix
    }

    package func seal(before instant: Timestamp) async throws(StorageError) -> Int {
        state.withLock { state in
            var sealed = 0
            for place in state.rows.indices {
                let stored = state.rows[place].stored
                guard !stored.isSealed, stored.state.folded.status.isTerminal,
                    stored.state.arrival.updatedAt < instant, sealed < Limits.retentionBatch
                else { continue }
                for record in state.rows[place].history {
                    state.purged[record.at.partition] = max(state.purged[record.at.partition], record.at.position)
                }
                state.rows[place].history = []
                state.rows[place].stored.isSealed = true
                Self.dropCases(of: place, in: &state)
                state.feed.removeAll { $0.number == stored.number }
                sealed += 1
            }
            return sealed
        }
    }
}
