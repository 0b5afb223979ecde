import WaybillCore

/// From a claimed message to an attempt: whether it may go out, to which address, with which words, by which sender;
/// and from the attempt's outcome to what the ledger says.
package struct MessageDispatch: Sendable {
    package enum Plan: Sendable {
        /// Nothing is tried.
        case settle(Settlement)
        case send(Job)
    }

    /// A message with everything that its attempt needs.
    package struct Job: Sendable {
        var message: StoredMessage
        var token: Int64
        var envelope: Envelope
        var health: EndpointHealth?

        var lane: String { message.row.lane }
        var channel: Channel { message.row.key.channel }

        func postponed(until later: Timestamp) -> Settlement {
            Settlement(
                number: message.number, token: token, state: message.attempts == 0 ? .available : .retryable,
                dueAt: later)
        }
    }

    private let senders: [Channel: any Sender]
    private let renderer: any Renderer
    private let standard: [NotificationRule]
    private let time: any TimeSource
    private let clock = ContinuousClock()

    package init(
        senders: [Channel: any Sender], renderer: any Renderer, standard: [NotificationRule], time: any TimeSource
    ) {
        self.senders = senders
        self.renderer = renderer
        self.standard = standard
        self.time = time
    }

    // MARK: Before

    package func plan(
        _ message: StoredMessage, token: Int64, _ background: MessageBackground, delivery: DeliveryState?,
        link: String?, at now: Timestamp
    ) -> Plan {
        let row = message.row
        func drop(_ state: MessageState, _ reason: SuppressionReason) -> Plan {
            var settlement = Settlement(number: message.number, token: token, state: state, dueAt: now)
            settlement.reason = reason
            return .settle(settlement)
        }
        let original = row.corrects.flatMap { target in
            background.ledger[row.key.delivery]?.last {
                $0.key.instance == target && $0.key.party == row.key.party && $0.key.channel == row.key.channel
            }?.state
        }
        switch SendCheck.verdict(on: row, delivery: delivery, original: original, now: now) {
        case .drop(let state, let reason): return drop(state, reason)
        case .wait(let until):
            return .settle(Settlement(number: message.number, token: token, state: .available, dueAt: until))
        case .send: break
        }
        let settings = background.settings[row.key.delivery.merchant] ?? []
        switch address(of: message, background, settings, at: now) {
        case .refused(let reason): return drop(.suppressed, reason)
        case .found(let address, let contact):
            do throws(TemplateFault) {
                let content = try content(of: row, contact, settings, link: link)
                let envelope = Envelope(
                    id: message.id, merchant: row.key.delivery.merchant, address: address, content: content, at: now)
                let job = Job(
                    message: message, token: token, envelope: envelope, health: background.health[row.lane])
                return .send(job)
            } catch {
                var settlement = Settlement(number: message.number, token: token, state: .discarded, dueAt: now)
                settlement.attempt = Attempt(
                    number: message.attempts + 1, at: now, milliseconds: 0,
                    result: SendOutcome.Result.rejected.rawValue, detail: error.description)
                return .settle(settlement)
            }
        }
    }

    private enum Destination {
        case found(Envelope.Address, Contact?)
        case refused(SuppressionReason)
    }

    private func address(
        of message: StoredMessage, _ background: MessageBackground, _ settings: [NotificationSetting], at now: Timestamp
    ) -> Destination {
        switch message.row.key.party {
        case .endpoint(let id):
            let stored = settings.first { $0.kind == .endpoint && $0.id == id }
            guard let stored, let endpoint = WebhookEndpoint(id: id, stored: stored.data), !endpoint.isDisabled else {
                return .refused(.disabled)
            }
            let secrets = endpoint.signingSecrets(at: now).map(\.secret)
            return .found(.webhook(url: endpoint.url, secrets: secrets), nil)
        case .rule(let id):
            let own = settings.first { $0.kind == .rule && $0.id == id }
                .flatMap { NotificationRule(id: id, stored: $0.data) }
            let rule = own ?? standard.first { $0.id == id }
            guard let to = rule?.to, let address = Self.address(to, message.row.key.channel) else {
                return .refused(.noAddress)
            }
            return .found(address, nil)
        case .recipient:
            guard let mark = message.recipient, let data = background.recipients[mark] else {
                return .refused(.noAddress)
            }
            let contact = Contact(data)
            let channel = message.row.key.channel
            if contact.preferences.channels[channel] == false { return .refused(.noConsent) }
            if background.refusals[mark]?.contains(channel) == true { return .refused(.providerRefused) }
            return Self.address(contact, channel).map { .found($0, contact) } ?? .refused(.noAddress)
        }
    }

    private static func address(_ contact: Contact, _ channel: Channel) -> Envelope.Address? {
        switch channel {
        case .email: contact.email.map { .email($0, name: contact.name) }
        case .sms: contact.phone.map { .phone($0) }
        case .push: contact.push.map { .push($0) }
        case .chat, .webhook: nil
        }
    }

    private static func address(_ to: String, _ channel: Channel) -> Envelope.Address? {
        switch channel {
        case .email: .email(to, name: nil)
        case .sms: .phone(to)
        case .chat: .chat(url: to)
        case .push, .webhook: nil
        }
    }

    private func content(
        of row: LedgerRow, _ contact: Contact?, _ settings: [NotificationSetting], link: String?
    ) throws(TemplateFault) -> RenderedMessage {
        if row.key.channel == .webhook {
            return RenderedMessage(subject: "", text: row.payload.text, html: nil, language: "")
        }
        return try renderer.render(
            RenderRequest(
                channel: row.key.channel, template: row.template, language: contact?.language, payload: row.payload,
                recipientName: contact?.name, own: settings.filter { $0.kind == .template }, trackingURL: link))
    }

    // MARK: Trying

    package func carryOut(_ job: Job) async -> Settlement {
        let began = clock.now
        let outcome =
            if let sender = senders[job.channel] { await sender.send(job.envelope) } else {
                SendOutcome(.rejected, "no sender is set up for \(job.channel.rawValue)")
            }
        let taken = clock.now - began
        let milliseconds = Int(taken.components.seconds * 1000 + taken.components.attoseconds / 1_000_000_000_000_000)
        return settlement(of: job, outcome, milliseconds: milliseconds, at: time.now())
    }

    /// What an outcome means for the message, its recipient and its endpoint.
    func settlement(of job: Job, _ outcome: SendOutcome, milliseconds: Int, at now: Timestamp) -> Settlement {
        let number = job.message.attempts + 1
        var settlement = Settlement(number: job.message.number, token: job.token, state: .sent, dueAt: now)
        settlement.attempt = Attempt(
            number: number, at: now, milliseconds: milliseconds, result: outcome.result.rawValue,
            detail: String(outcome.detail.prefix(Limits.answerBytesKept)))
        judgeEndpoint(job, outcome, &settlement, at: now)
        guard outcome.result != .sent else { return settlement }
        settlement.state = .discarded
        if outcome.result == .recipientRefused {
            settlement.reason = .providerRefused
            if let mark = job.message.recipient { settlement.refusal = (mark, job.channel) }
        }
        guard outcome.isRetriable, settlement.disables == nil else { return settlement }
        let next = RetrySchedule.next(after: number, at: now, id: job.message.id, retryAfter: outcome.retryAfter)
        guard let next else {
            settlement.reason = .attemptsExhausted
            return settlement
        }
        settlement.state = .retryable
        settlement.dueAt = next
        return settlement
    }

    private func judgeEndpoint(
        _ job: Job, _ outcome: SendOutcome, _ settlement: inout Settlement, at now: Timestamp
    ) {
        guard case .endpoint(let id) = job.message.row.key.party else { return }
        let merchant = job.message.row.key.delivery.merchant
        var health = job.health ?? EndpointHealth()
        if outcome.result == .sent {
            health.succeed()
        } else if outcome.result == .gone {
            settlement.disables = (merchant, id, "the receiver answered 410 Gone")
        } else if let notice = health.fail(at: now) {
            settlement.notice = notice
            if notice == .disabled { settlement.disables = (merchant, id, "every attempt has failed for 5 days") }
        }
        if health != job.health ?? EndpointHealth() { settlement.health = (job.lane, health) }
    }
}
