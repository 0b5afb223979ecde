import WaybillCore

/// What one committed batch has to tell.
package struct CommittedBatch: Sendable {
    /// In feed order.
    package var updates: [Update]
    /// In feed order; those of a partition come behind its updates.
    package var cases: [CaseUpdate] = []
    package var positions: [PositionFix]
    /// Partitions in which something was put among the dead letters.
    package var deadLetters: Set<Int>

    package init(updates: [Update], positions: [PositionFix], deadLetters: Set<Int> = []) {
        self.updates = updates
        self.positions = positions
        self.deadLetters = deadLetters
    }

    /// Updates of both kinds, each partition's in the order of its positions.
    var inOrder: [FeedUpdate] { updates.map { .event($0) } + cases.map { .caseChange($0) } }
}

/// Where the tracker tells what it has committed: the live feed of the same process, or the topic for all others.
package protocol UpdateOutlet: Sendable {
    /// These partitions are tracked here from now on, from where the store says they stand. Called again for the same
    /// ones when a commit's outcome was unknown: what was committed beyond what was told is in the store.
    /// - Parameters:
    ///   - claims: the tracker's own.
    ///   - progress: of all partitions, in the same snapshot.
    func begin(_ claims: [Claim], in progress: TrackingProgress)

    func tell(_ batch: CommittedBatch)

    /// These partitions are tracked here no more.
    func end(_ partitions: Set<Int>)
}
