import WaybillCore

/// Brings updates and what is known together, and lets the core decide.
package struct NotificationDecisions: Sendable {
    private let deciding: Deciding
    private let standard: [NotificationRule]
    private let settings: DecisionSettings

    package init(deciding: Deciding, standard: [NotificationRule], settings: DecisionSettings) {
        self.deciding = deciding
        self.standard = standard
        self.settings = settings
    }

    /// What must be known to decide on these updates.
    package func query(for updates: [FeedUpdate], at now: Timestamp) -> BackgroundQuery {
        var query = BackgroundQuery(recentSince: now.advanced(bySeconds: -24 * 3600))
        for update in updates {
            let key = update.key
            query.deliveries.insert(key)
            query.merchants.insert(key.merchant)
            if let mark = update.recipient { query.recipients.insert(mark) }
        }
        return query
    }

    /// Decides on each update in turn: what one decides, the next one knows.
    package func steps(
        for updates: [FeedUpdate], _ background: MessageBackground, at now: Timestamp
    ) -> [NotificationCommit.Step] {
        var background = background
        let configured = background.settings.mapValues { Configured($0, standard: standard) }
        var steps: [NotificationCommit.Step] = []
        for update in updates {
            guard let occurrence = update.occurrence else { continue }
            let recipient = update.recipient
            let merchant = configured[update.key.merchant] ?? Configured([], standard: standard)
            var input = DecisionInput(
                occurrence, rules: merchant.rules, endpoints: merchant.endpoints,
                contact: recipient.flatMap { background.recipients[$0] }.map(Contact.init), now: now)
            input.ledger = background.ledger[update.key] ?? []
            input.settings = settings
            if let mark = recipient {
                input.refused = background.refusals[mark] ?? []
                input.recent = background.recent[mark] ?? [:]
            }
            for step in deciding.decide(input) {
                background.note(step, recipient: recipient)
                steps.append(Self.committed(step))
            }
        }
        return steps
    }

    private static func committed(_ step: LedgerStep) -> NotificationCommit.Step {
        switch step {
        case .add(let row): .add(NewMessage(id: row.key.id, row: row))
        case .supersede(let delivery, let party, let channel): .supersede(delivery, party, channel)
        case .cancel(let delivery, let instance): .cancel(delivery, instance: instance)
        }
    }

    /// What a merchant has set, read once a batch.
    private struct Configured {
        var rules: [NotificationRule]
        var endpoints: [WebhookEndpoint]

        init(_ settings: [NotificationSetting], standard: [NotificationRule]) {
            endpoints = settings.filter { $0.kind == .endpoint }
                .compactMap { WebhookEndpoint(id: $0.id, stored: $0.data) }
            let own = settings.filter { $0.kind == .rule }.compactMap { NotificationRule(id: $0.id, stored: $0.data) }
            rules = NotificationRule.inForce(standard: standard, own: own)
        }
    }
}

extension FeedUpdate {
    fileprivate var delivery: DeliveryState {
        switch self {
        case .event(let update): update.delivery
        case .caseChange(let update): update.delivery
        }
    }

    /// Nil where there is nothing to tell anybody.
    fileprivate var occurrence: Occurrence? {
        switch self {
        case .event(let update): Occurrence(update)
        case .caseChange(let update): Occurrence(update)
        }
    }

    /// Whom the parcel is for.
    fileprivate var recipient: RecipientMark? {
        delivery.folded.recipientID.map { RecipientMark(merchant: key.merchant, id: $0) }
    }
}

extension MessageBackground {
    /// What was decided in this batch counts for what follows in it.
    fileprivate mutating func note(_ step: LedgerStep, recipient: RecipientMark?) {
        guard case .add(let row) = step else { return }
        ledger[row.key.delivery, default: []].append(
            LedgerEntry(key: row.key, state: row.state, sequence: row.sequence))
        if let recipient, case .recipient = row.key.party, row.state.isOpen {
            recent[recipient, default: [:]][row.key.channel, default: 0] += 1
        }
    }
}
