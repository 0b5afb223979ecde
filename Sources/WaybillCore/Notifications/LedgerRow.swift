/// Where a message stands. The raw value is the wire name.
package enum MessageState: String, CaseIterable, Sendable {
    /// Held back until a moment: quiet hours.
    case scheduled
    case available
    /// Somebody is sending it, under a lease.
    case executing
    /// An attempt failed, another one follows.
    case retryable
    case sent
    /// Given up after the last attempt, or refused for good.
    case discarded
    /// Its occasion turned out not to be true before it went out.
    case cancelled
    /// Decided against; the reason says why.
    case suppressed

    /// Whether it may still go out.
    package var isOpen: Bool {
        switch self {
        case .scheduled, .available, .executing, .retryable: true
        case .sent, .discarded, .cancelled, .suppressed: false
        }
    }
}

/// Why a message did not go out, or not yet. The raw value is the wire name.
package enum SuppressionReason: String, CaseIterable, Sendable {
    case noConsent = "no_consent"
    case noAddress = "no_address"
    case stale, superseded, capped
    case providerRefused = "provider_refused"
    /// The occasion was corrected before the message went out.
    case notTrue = "not_true"
    case quietHours = "quiet_hours"
    /// The endpoint is switched off or gone.
    case disabled
    case attemptsExhausted = "attempts_exhausted"
}

/// What is told to whom by which channel: the identity of a row of the ledger.
package struct MessageKey: Hashable, Sendable {
    package var delivery: DeliveryKey
    package var occasion: Occasion.Kind
    package var instance: String
    package var party: MessageParty
    package var channel: Channel

    package init(
        delivery: DeliveryKey, occasion: Occasion.Kind, instance: String, party: MessageParty, channel: Channel
    ) {
        self.delivery = delivery
        self.occasion = occasion
        self.instance = instance
        self.party = party
        self.channel = channel
    }

    /// One text for each key: its hash is the message's id. Parts cannot contain the separator.
    package var text: String {
        [delivery.text, occasion.name, instance, party.text, channel.rawValue].joined(separator: "\u{1F}")
    }
}

/// A decision of the ledger: a message that is owed, or one that is not, with the reason.
package struct LedgerRow: Hashable, Sendable {
    package var key: MessageKey
    package var audience: Audience
    package var template: String
    package var state: MessageState
    package var reason: SuppressionReason?
    package var dueAt: Timestamp
    /// When the news is too old to be told; nil for endpoints, which are told everything.
    package var expiresAt: Timestamp?
    /// The delivery's sequence when it was decided.
    package var sequence: Int64
    /// No other message of this delivery to this endpoint is sent before it.
    package var isOrdered = false
    /// The instance that this message takes back: it goes out only if that one did.
    package var corrects: String?
    /// What the message says: the body of a webhook, and what templates are filled with.
    package var payload: JSONFragment

    package init(
        key: MessageKey, audience: Audience, template: String, state: MessageState, reason: SuppressionReason?,
        dueAt: Timestamp, expiresAt: Timestamp?, sequence: Int64, isOrdered: Bool = false, corrects: String?,
        payload: JSONFragment
    ) {
        self.key = key
        self.audience = audience
        self.template = template
        self.state = state
        self.reason = reason
        self.dueAt = dueAt
        self.expiresAt = expiresAt
        self.sequence = sequence
        self.isOrdered = isOrdered
        self.corrects = corrects
        self.payload = payload
    }

    /// Messages that share their fate: a circuit, a bound of how many are on their way.
    package var lane: String {
        if case .endpoint(let id) = key.party { return "endpoint/\(key.delivery.merchant)/\(id)" }
        return key.channel.rawValue
    }
}

/// What a decision does to the ledger, in this order.
package enum LedgerStep: Hashable, Sendable {
    /// Adds the row, unless one of the same key is there.
    case add(LedgerRow)
    /// Messages of the delivery to the party by the channel that have not gone out become `suppressed`, `superseded`.
    case supersede(DeliveryKey, MessageParty, Channel)
    /// Messages about this instance that have not gone out become `cancelled`; webhooks stay.
    case cancel(DeliveryKey, instance: String)
}
