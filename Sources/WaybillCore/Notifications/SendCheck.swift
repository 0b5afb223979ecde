/// Whether a message that was decided earlier may go out now: what was true then may be so no more.
package enum SendCheck {
    package enum Verdict: Hashable, Sendable {
        case send
        case drop(MessageState, SuppressionReason)
        /// Ask again then.
        case wait(until: Timestamp)
    }

    /// - Parameters:
    ///   - delivery: as it stands now; nil when it is gone.
    ///   - original: for a correction, where the message stands that it takes back.
    package static func verdict(
        on row: LedgerRow, delivery: DeliveryState?, original: MessageState?, now: Timestamp
    ) -> Verdict {
        if case .endpoint = row.key.party { return .send }
        if let expiry = row.expiresAt, expiry <= now { return .drop(.suppressed, .stale) }
        if row.corrects != nil {
            guard let original else { return .drop(.suppressed, .superseded) }
            if original.isOpen { return .wait(until: now.advanced(bySeconds: 1)) }
            return original == .sent ? .send : .drop(.suppressed, .superseded)
        }
        guard case .milestone(let milestone) = row.key.occasion, milestone != .corrected else { return .send }
        let announced = delivery?.arrival.announced ?? []
        let holds = announced.contains { $0.milestone == milestone && $0.event.text.hasSameBytes(as: row.key.instance) }
        guard holds else { return .drop(.cancelled, .notTrue) }
        return isPassed(milestone, delivery) ? .drop(.suppressed, .superseded) : .send
    }

    /// Nobody is told that a parcel is on its way which has arrived.
    private static func isPassed(_ milestone: Milestone, _ delivery: DeliveryState?) -> Bool {
        guard let status = delivery?.folded.status, status.isTerminal, status != .expired else { return false }
        return ![.delivered, .returned, .cancelled, .corrected].contains(milestone)
    }
}
