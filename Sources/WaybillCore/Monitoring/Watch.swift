/// When a delivery must be looked at after an event: asked by the tracker for every delivery that it changes, so it is
/// cheap, and never later than the rules would say. The monitor, which looks at the time it names, knows exactly.
package struct Watch: Sendable {
    /// Look at once.
    package static let atOnce = Timestamp(microseconds: 0)

    /// Kinds that follow from the state alone, whatever the time.
    private static let standing: CaseSet = CaseSet([.delayed, .exception, .onHold, .returning])
    private static let timed: CaseSet = CaseSet([
        .notDispatched, .notScanned, .stalled, .etaRisk, .late, .failedAttempt, .contradiction,
    ]).union(.nextEvent)

    /// In seconds: no rule about silence fires sooner after an event.
    private let shortestSilence: Int64

    package init(_ book: RuleBook = RuleBook()) { shortestSilence = book.shortestSilence }

    /// - Parameter inForce: the kinds that the monitor holds to be so.
    /// - Returns: nil when nothing can become of it without another event.
    package func lookAt(_ after: DeliveryState, inForce: CaseSet) -> Timestamp? {
        let folded = after.folded
        let status = folded.status
        if !inForce.isDisjoint(with: Self.timed) || needsCase(folded, status) != inForce.intersection(Self.standing)
            || status == .attemptFailed
        {
            return Self.atOnce
        }
        // Whether it counts depends on the status, and on what was resolved: such deliveries are few.
        if folded.contradiction != nil { return Self.atOnce }
        guard !status.isTerminal else { return nil }
        let heard = max(folded.lastEvent?.key.occurredAt ?? after.arrival.updatedAt, after.arrival.updatedAt)
        let silence = heard.advanced(bySeconds: shortestSilence)
        guard let promise = folded.promised else { return silence }
        return min(silence, promise.latest.advanced(byMicroseconds: 1))
    }

    private func needsCase(_ folded: FoldedState, _ status: Status) -> CaseSet {
        var kinds: CaseSet
        switch status {
        case .exception: kinds = CaseSet(.exception)
        case .onHold: kinds = CaseSet(.onHold)
        case .returning: kinds = CaseSet(.returning)
        default: kinds = []
        }
        if folded.delay != nil { kinds.insert(CaseSet(.delayed)) }
        return kinds
    }
}
