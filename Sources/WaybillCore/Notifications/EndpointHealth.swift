/// How long an endpoint has failed without a success in between, and what its owner was told.
package struct EndpointHealth: Hashable, Sendable {
    package enum Notice: Int, Hashable, Sendable {
        /// Failing for an hour, a day, and nearly as long as it may.
        case hour = 1
        case day, last
        /// It is switched off.
        case disabled
    }

    package var failingSince: Timestamp?
    /// The greatest notice that was given.
    package var told = 0

    package init(failingSince: Timestamp? = nil, told: Int = 0) {
        self.failingSince = failingSince
        self.told = told
    }

    private static let stages: [(Notice, Int64)] = [
        (.hour, 3600), (.day, 24 * 3600), (.last, 4 * 24 * 3600), (.disabled, 5 * 24 * 3600),
    ]

    package mutating func succeed() { self = EndpointHealth() }

    /// What its owner must hear now, if anything.
    package mutating func fail(at now: Timestamp) -> Notice? {
        guard let since = failingSince else {
            failingSince = now
            return nil
        }
        let passed = Self.stages.last { now >= since.advanced(bySeconds: $0.1) }?.0
        guard let passed, passed.rawValue > told else { return nil }
        told = passed.rawValue
        return passed
    }
}
