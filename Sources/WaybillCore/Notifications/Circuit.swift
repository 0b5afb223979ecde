/// Spares a receiver that does not answer, and everyone else the waiting: after failures in a row nothing is sent for a
/// while, then one message tries again.
package struct Circuit: Hashable, Sendable {
    package enum Stance: Hashable, Sendable {
        case closed
        /// Nothing is sent before this moment.
        case open(until: Timestamp)
        /// One message is on its way to see.
        case probing
    }

    package private(set) var stance = Stance.closed
    private var failures = 0
    private var openings = 0

    /// Failures in a row that open it.
    private static let threshold = 10
    /// 30 s, doubling to 5 min.
    private static let firstPauseSeconds: Int64 = 30
    private static let longestPauseSeconds: Int64 = 300

    package init() {}

    /// How many messages may be on their way, of so many at most.
    package func allowance(of most: Int, at now: Timestamp) -> Int {
        switch stance {
        case .closed: most
        case .open(let until): now < until ? 0 : 1
        case .probing: 0
        }
    }

    /// A message goes out. Behind an open circuit it is the probe.
    package mutating func begin(at now: Timestamp) {
        if case .open = stance { stance = .probing }
    }

    package mutating func succeed() { self = Circuit() }

    package mutating func fail(at now: Timestamp) {
        failures += 1
        guard stance == .probing || failures >= Self.threshold else { return }
        let pause = min(Self.firstPauseSeconds << min(openings, 8), Self.longestPauseSeconds)
        openings += 1
        stance = .open(until: now.advanced(bySeconds: pause))
    }
}
