/// What many runs met: a simulation in which nothing happens proves nothing.
struct SimulationTally: Sendable {
    var applied = 0
    var letters = 0
    var fixes = 0
    var faults = 0
    var refused = 0
    var watchers = 0
    var dropped = 0

    mutating func count(_ expectation: Expectation, faults: Int) {
        applied += expectation.updates.reduce(0) { $0 + $1.count }
        letters += expectation.letters.count
        fixes += expectation.fixes.count
        self.faults += faults
    }

    static func += (lhs: inout SimulationTally, rhs: SimulationTally) {
        lhs.applied += rhs.applied
        lhs.letters += rhs.letters
        lhs.fixes += rhs.fixes
        lhs.faults += rhs.faults
        lhs.refused += rhs.refused
        lhs.watchers += rhs.watchers
        lhs.dropped += rhs.dropped
    }
}
