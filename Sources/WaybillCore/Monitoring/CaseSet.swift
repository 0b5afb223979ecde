/// Kinds of cases, one bit each: small enough to stand in every row.
package struct CaseSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package init(_ kind: CaseKind) { self.init(rawValue: 1 << kind.bit) }

    package init(_ kinds: some Sequence<CaseKind>) {
        self.init(rawValue: kinds.reduce(0) { $0 | 1 << $1.bit })
    }

    package func contains(_ kind: CaseKind) -> Bool { rawValue & 1 << kind.bit != 0 }

    /// No kind: somebody waits for the next event, whatever it is.
    package static let nextEvent = CaseSet(rawValue: 1 << 15)

    /// In the order of `CaseKind.allCases`.
    package var kinds: [CaseKind] { CaseKind.allCases.filter(contains) }
}

extension CaseKind {
    /// Stored, so it never changes.
    package var bit: UInt16 {
        switch self {
        case .notDispatched: 0
        case .notScanned: 1
        case .stalled: 2
        case .delayed: 3
        case .etaRisk: 4
        case .late: 5
        case .failedAttempt: 6
        case .exception: 7
        case .onHold: 8
        case .returning: 9
        case .contradiction: 10
        }
    }
}

/// What the monitor last made of a delivery: how often it looked, and the kinds it holds to be so.
///
/// Whoever decides anything from it compares it once more in the transaction: a mark that moved means that somebody
/// else has looked since.
package struct WatchMark: Hashable, Sendable {
    /// As stored: the number of looks, and below it one bit a kind.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static let none = WatchMark(rawValue: 0)

    /// Kinds that are so, whether their case is open or was resolved by a person.
    package var inForce: CaseSet { CaseSet(rawValue: UInt16(truncatingIfNeeded: rawValue)) }

    /// After one more look.
    package func next(_ inForce: CaseSet) -> WatchMark {
        WatchMark(rawValue: (rawValue >> 16 + 1) << 16 | Int64(inForce.rawValue))
    }
}
