import WaybillCore

/// Which partitions this tracker owns, and how far each has come: a state machine over what the log assigns and what
/// the store grants.
struct Ownership {
    /// As committed, by partition.
    private(set) var claims: [Int: Claim] = [:]
    /// After a failure: whether a commit happened, and whose the partitions are, only the store knows.
    private(set) var isUncertain = false
    /// Partitions that another process claimed although they are assigned here, and when that was noticed.
    private var lost: [Int: ContinuousClock.Instant] = [:]

    /// How long a lost partition is left alone. Whoever took it may be the zombie, and its group tells it soon.
    static let patience: Duration = .seconds(3)

    /// In the order of partitions.
    var sorted: [Claim] { claims.values.sorted { $0.partition < $1.partition } }

    /// Partitions that are assigned and not claimed yet, in their order.
    mutating func missing(of assignment: LogAssignment, at now: ContinuousClock.Instant) -> [Int] {
        lost = lost.filter { assignment.partitions.contains($0.key) && now - $0.value < Self.patience }
        return assignment.partitions.subtracting(assignment.revoking)
            .filter { claims[$0] == nil && lost[$0] == nil }.sorted()
    }

    mutating func granted(_ granted: [Claim]) {
        for claim in granted { claims[claim.partition] = claim }
    }

    /// - Parameter stored: of all partitions.
    /// - Returns: the partitions that are somebody else's by now.
    mutating func reread(_ stored: [Claim], at now: ContinuousClock.Instant) -> [Int] {
        isUncertain = false
        var gone: [Int] = []
        for claim in stored {
            guard let mine = claims[claim.partition] else { continue }
            if claim.epoch == mine.epoch {
                claims[claim.partition] = claim
            } else {
                claims[claim.partition] = nil
                lost[claim.partition] = now
                gone.append(claim.partition)
            }
        }
        return gone
    }

    mutating func committed(_ next: [Claim]) {
        for claim in next where claims[claim.partition]?.epoch == claim.epoch { claims[claim.partition] = claim }
    }

    /// The outcome of a commit is not known.
    mutating func failed() { isUncertain = true }

    mutating func release(_ partitions: Set<Int>) {
        for partition in partitions { claims[partition] = nil }
    }
}
