import WaybillCore

/// What one committed batch has to tell.
package struct CommittedBatch: Sendable {
    /// In feed order.
    package var updates: [Update]
    package var positions: [PositionFix]

    package init(updates: [Update], positions: [PositionFix]) {
        self.updates = updates
        self.positions = positions
    }
}

/// Where the tracker tells what it has committed: the live feed of the same process, or the topic for all others.
package protocol UpdateOutlet: Sendable {
    /// These partitions are tracked here from now on, from where the store says they stand. Called again for the same
    /// ones when a commit's outcome was unknown: what was committed beyond what was told is in the store.
    func begin(_ claims: [Claim], feedID: UInt64)

    func tell(_ batch: CommittedBatch)

    /// These partitions are tracked here no more.
    func end(_ partitions: Set<Int>)
}
