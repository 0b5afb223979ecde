/// What is known when an update is decided on.
package struct DecisionInput: Sendable {
    package var occurrence: Occurrence
    package var rules: [NotificationRule]
    package var endpoints: [WebhookEndpoint]
    /// The delivery's recipient, where there is one that is still stored.
    package var contact: Contact?
    /// Channels on which a provider has refused the recipient: STOP, a hard bounce.
    package var refused: Set<Channel> = []
    /// Messages of this delivery so far, in the order in which they were decided.
    package var ledger: [LedgerEntry] = []
    /// Messages to the recipient by each channel within the last day, over all deliveries.
    package var recent: [Channel: Int] = [:]
    package var now: Timestamp
    package var settings = DecisionSettings()

    package init(
        _ occurrence: Occurrence, rules: [NotificationRule], endpoints: [WebhookEndpoint], contact: Contact?,
        now: Timestamp
    ) {
        self.occurrence = occurrence
        self.rules = rules
        self.endpoints = endpoints
        self.contact = contact
        self.now = now
    }
}

/// What an installation decides by, whoever the merchant is.
package struct DecisionSettings: Sendable {
    /// The zone of a recipient who has named none.
    package var zone = "UTC"
    /// Messages to one recipient by one channel in a day.
    package var dailyCap = Limits.messagesPerRecipientDay

    package init() {}
}

/// What a decision needs to know of a message that was decided before.
package struct LedgerEntry: Hashable, Sendable {
    package var key: MessageKey
    package var state: MessageState
    package var sequence: Int64

    package init(key: MessageKey, state: MessageState, sequence: Int64) {
        self.key = key
        self.state = state
        self.sequence = sequence
    }
}

/// Who is owed what because of one update. A pure function of its input, zones included.
package struct Deciding: Sendable {
    private let zones: any ZoneRules

    package init(zones: any ZoneRules) { self.zones = zones }

    package func decide(_ input: DecisionInput) -> [LedgerStep] {
        let occasion = input.occurrence.occasion
        var steps = takeBack(occasion, input)
        steps += input.endpoints.compactMap { tell($0, of: occasion, input) }
        guard occasion.kind != .update else { return steps }
        let country = input.occurrence.delivery.folded.destinationCountry
        let reason = input.occurrence.reason
        var told: Set<MessageKey> = []
        for rule in input.rules
        where rule.applies(to: occasion, of: input.occurrence.delivery.folded, country: country, reason: reason) {
            for row in rows(rule, occasion, input) where told.insert(row.key).inserted {
                if row.state.isOpen {
                    steps.append(.supersede(row.key.delivery, row.key.party, row.key.channel))
                }
                steps.append(.add(row))
            }
        }
        return steps
    }

    /// A correction stops what has not gone out.
    private func takeBack(_ occasion: Occasion, _ input: DecisionInput) -> [LedgerStep] {
        guard occasion.kind == .milestone(.corrected), let target = input.occurrence.corrects else { return [] }
        return [.cancel(input.occurrence.delivery.key, instance: target)]
    }

    // MARK: Endpoints

    private func tell(_ endpoint: WebhookEndpoint, of occasion: Occasion, _ input: DecisionInput) -> LedgerStep? {
        guard !endpoint.isDisabled, endpoint.wants(occasion.kind) else { return nil }
        let delivery = input.occurrence.delivery.key
        let key = MessageKey(
            delivery: delivery, occasion: occasion.kind, instance: occasion.instance, party: .endpoint(endpoint.id),
            channel: .webhook)
        let previous = input.ledger.last { $0.key.party == key.party && $0.key != key }?.sequence
        var row = row(key, .endpoints, template: "", occasion, input)
        row.payload = WebhookPayload.json(input.occurrence, previous: previous)
        row.isOrdered = endpoint.isOrdered
        row.expiresAt = nil
        return .add(row)
    }

    // MARK: People

    private func rows(_ rule: NotificationRule, _ occasion: Occasion, _ input: DecisionInput) -> [LedgerRow] {
        switch rule.audience {
        case .endpoints: return []
        case .recipient: return recipientRows(rule, occasion, input)
        case .merchant, .support, .warehouse:
            guard let channel = rule.channels.first else { return [] }
            let key = MessageKey(
                delivery: input.occurrence.delivery.key, occasion: occasion.kind, instance: occasion.instance,
                party: .rule(rule.id), channel: channel)
            var row = row(key, rule.audience, template: rule.templateName(for: occasion.kind), occasion, input)
            if rule.to == nil { row.refuse(.noAddress) }
            return [row]
        }
    }

    private func recipientRows(_ rule: NotificationRule, _ occasion: Occasion, _ input: DecisionInput) -> [LedgerRow] {
        guard let recipient = input.occurrence.delivery.folded.recipientID, !rule.channels.isEmpty else { return [] }
        func key(_ channel: Channel) -> MessageKey {
            MessageKey(
                delivery: input.occurrence.delivery.key, occasion: occasion.kind, instance: occasion.instance,
                party: .recipient(recipient), channel: channel)
        }
        if occasion.kind == .milestone(.corrected) {
            return corrections(rule, occasion, input, recipient: recipient)
        }
        let choice = Self.choose(rule, occasion, input)
        var row = row(
            key(choice.channel), .recipient, template: rule.templateName(for: occasion.kind), occasion, input)
        if let reason = choice.refusal { row.refuse(reason) } else { hold(&row, rule, input) }
        return [row]
    }

    /// Whoever was told what is no longer true hears of it once, by the same channel. The row waits for the outcome of
    /// a message that is just going out.
    private func corrections(
        _ rule: NotificationRule, _ occasion: Occasion, _ input: DecisionInput, recipient: String
    ) -> [LedgerRow] {
        guard let target = input.occurrence.corrects else { return [] }
        let told = input.ledger.filter {
            $0.key.instance == target && $0.key.party == .recipient(recipient)
                && ($0.state == .sent || $0.state.isOpen)
        }
        return told.map { entry in
            let key = MessageKey(
                delivery: entry.key.delivery, occasion: occasion.kind, instance: occasion.instance,
                party: entry.key.party, channel: entry.key.channel)
            var row = row(key, .recipient, template: rule.templateName(for: occasion.kind), occasion, input)
            row.corrects = target
            let refusal = Self.refusal(of: entry.key.channel, occasion, input)
            if let refusal { row.refuse(refusal) } else { hold(&row, rule, input) }
            return row
        }
    }

    /// The first channel that reaches them and that they want; else the first of the rule, with what is against it.
    private static func choose(
        _ rule: NotificationRule, _ occasion: Occasion, _ input: DecisionInput
    ) -> (channel: Channel, refusal: SuppressionReason?) {
        var channels = rule.channels
        if let preferred = input.contact?.preferences.preferred, let index = channels.firstIndex(of: preferred) {
            channels.remove(at: index)
            channels.insert(preferred, at: 0)
        }
        let refusals = channels.map { ($0, refusal(of: $0, occasion, input)) }
        if let open = refusals.first(where: { $0.1 == nil }) { return (open.0, nil) }
        // An address that may not be used says more than one that is missing.
        return refusals.first { $0.1 != .noAddress } ?? refusals[0]
    }

    private static func refusal(
        of channel: Channel, _ occasion: Occasion, _ input: DecisionInput
    ) -> SuppressionReason? {
        guard let contact = input.contact, contact.isReachable(by: channel) else { return .noAddress }
        if contact.preferences.channels[channel] == false { return .noConsent }
        if contact.preferences.unwanted.contains(occasion.name) { return .noConsent }
        return input.refused.contains(channel) ? .providerRefused : nil
    }

    /// Staleness, caps and quiet hours of a message that could go out.
    private func hold(_ row: inout LedgerRow, _ rule: NotificationRule, _ input: DecisionInput) {
        if let expiry = row.expiresAt, expiry <= input.now { return row.refuse(.stale) }
        guard !rule.isUrgent else { return }
        if input.recent[row.key.channel, default: 0] >= input.settings.dailyCap { return row.refuse(.capped) }
        guard let contact = input.contact else { return }
        let standard = row.key.channel.interrupts ? QuietHours.standard : nil
        guard let quiet = contact.preferences.quietHours ?? standard else { return }
        let moment = quiet.firstMoment(from: input.now, zone: contact.timeZone ?? input.settings.zone, zones)
        guard moment > input.now else { return }
        row.state = .scheduled
        row.reason = .quietHours
        row.dueAt = moment
    }

    private func row(
        _ key: MessageKey, _ audience: Audience, template: String, _ occasion: Occasion, _ input: DecisionInput
    ) -> LedgerRow {
        LedgerRow(
            key: key, audience: audience, template: template, state: .available, reason: nil, dueAt: input.now,
            expiresAt: occasion.at.advanced(bySeconds: occasion.staleAfterSeconds),
            sequence: input.occurrence.sequence, corrects: nil,
            payload: WebhookPayload.json(input.occurrence, previous: nil))
    }
}

extension LedgerRow {
    fileprivate mutating func refuse(_ reason: SuppressionReason) {
        state = .suppressed
        self.reason = reason
    }
}

extension FoldedState {
    /// ISO 3166-1 alpha-2, where the destination names one.
    package var destinationCountry: String? {
        guard var text = destination?.text else { return nil }
        return text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if "country" ~= key { return try reader.readString() }
                    _ = try reader.skipValue()
                }
            } catch { return nil }
            return nil
        }
    }
}
