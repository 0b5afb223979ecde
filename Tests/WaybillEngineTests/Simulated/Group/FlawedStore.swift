import Simulation
import Synchronization
import TestSupport
import WaybillCore
import WaybillEngine

/// Stands between trackers and the store in memory: notices who writes, and writes wrongly when a bug is planted.
final class FlawedStore: TrackingStore, PublicationStore {
    private struct State {
        /// The last epoch that was granted, of each partition.
        var epochs: [Int: Int64] = [:]
        var problems: [String] = []
        var dice: SeededGenerator
        var commits = 0
        var refused = 0
    }

    private let base: WorldStore
    private let bug: PlantedBug?
    private let state: Mutex<State>

    init(_ base: WorldStore, bug: PlantedBug?, seed: UInt64) {
        self.base = base
        self.bug = bug
        state = Mutex(State(dice: SeededGenerator(seed: seed).stream("flaws")))
    }

    /// Writes under an epoch that was not the last one granted.
    var problems: [String] { state.withLock { $0.problems } }
    var refused: Int { state.withLock { $0.refused } }

    func claim(_ partitions: [Int]) async throws(StorageError) -> [Claim] {
        let claims = try await base.claim(partitions)
        state.withLock { state in
            for claim in claims {
                state.epochs[claim.partition] = max(state.epochs[claim.partition] ?? 0, claim.epoch)
            }
        }
        return claims
    }

    func commit(_ commit: TrackingCommit) async throws(StorageError) {
        let granted = state.withLock { $0.epochs }
        do throws(StorageError) {
            switch bug {
            case .epochNotCompared: try await base.commit(self.commit(commit, under: granted))
            case .offsetOutsideTheTransaction: try await commitApart(commit)
            case .lastArrivalWins: try await base.commit(byArrival(commit))
            case .poisonRetriedForEver where !commit.deadLetters.isEmpty: throw StorageError.unavailable("poison")
            default: try await base.commit(commit)
            }
        } catch {
            state.withLock { $0.refused += 1 }
            throw error
        }
        // What was granted before the commit began was granted before it was made.
        for claim in commit.expected where claim.epoch < granted[claim.partition] ?? 0 {
            state.withLock { $0.problems.append("a zombie wrote to partition \(claim.partition)") }
        }
    }

    private func commit(_ commit: TrackingCommit, under epochs: [Int: Int64]) -> TrackingCommit {
        func claims(_ claims: [Claim]) -> [Claim] {
            claims.map { claim in
                var claim = claim
                claim.epoch = epochs[claim.partition] ?? claim.epoch
                return claim
            }
        }
        var commit = commit
        commit.expected = claims(commit.expected)
        commit.next = claims(commit.next)
        return commit
    }

    private func commitApart(_ commit: TrackingCommit) async throws(StorageError) {
        let moved = zip(commit.expected, commit.next).map { expected, next in
            var claim = next
            claim.position = expected.position
            return claim
        }
        try await base.commit(TrackingCommit(expected: commit.expected, next: moved))
        if state.withLock({ $0.dice.chance(0.1) }) { throw .unavailable("the process died between the two") }
        var effects = commit
        effects.expected = moved
        try await base.commit(effects)
    }

    private func byArrival(_ commit: TrackingCommit) async throws(StorageError) -> TrackingCommit {
        let histories = try await base.histories(commit.changes.map(\.number))
        var commit = commit
        for (index, change) in commit.changes.enumerated() {
            let fresh = commit.records.filter { $0.number == change.number }.map(\.entry)
            let events = (histories[change.number, default: []] + fresh).enumerated().map { number, entry in
                var event = entry.event
                event.occurredAt = SampleEvents.start.advanced(bySeconds: Int64(number))
                return event
            }
            commit.changes[index].state = DeliveryState(
                key: change.state.key, folded: Fold.state(of: events), arrival: change.state.arrival)
        }
        return commit
    }

    func published(_ partitions: [Int]) async throws(StorageError) -> [WaybillEngine.Publication] {
        let marks = try await base.published(partitions)
        guard bug == .markForgotten else { return marks }
        let claims = try await base.progress().claims
        return marks.map { mark in
            var mark = mark
            mark.position = claims[mark.partition].position
            return mark
        }
    }

    // MARK: As they are

    func progress() async throws(StorageError) -> TrackingProgress { try await base.progress() }
    func takeNumbers(_ count: Int) async throws(StorageError) -> Range<Int64> { try await base.takeNumbers(count) }
    func deliveries(_ keys: [DeliveryKey]) async throws(StorageError) -> [DeliveryKey: StoredDelivery] {
        try await base.deliveries(keys)
    }
    func histories(_ numbers: [Int64]) async throws(StorageError) -> [Int64: [HistoryEntry]] {
        try await base.histories(numbers)
    }
    func seal(before instant: Timestamp) async throws(StorageError) -> Int { try await base.seal(before: instant) }
    func markPublished(_ marks: [WaybillEngine.Publication]) async throws(StorageError) {
        try await base.markPublished(marks)
    }
    func deadLetters(
        ofPartition partition: Int, after id: Int64, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        try await base.deadLetters(ofPartition: partition, after: id, limit: limit)
    }
}
