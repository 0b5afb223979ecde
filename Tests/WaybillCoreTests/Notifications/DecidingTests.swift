import TestSupport
import Testing
import WaybillCore

/// Who is owed what: each rule of the house, and what must hold whatever comes.
@Suite struct DecidingTests {
    /// An hour ahead of UTC, and two in what it calls summer: from second 1,770,000,000 on.
    struct Zones: ZoneRules {
        func offsetSeconds(zone: String, at instant: Timestamp) -> Int? {
            switch zone {
            case "UTC": 0
            case "Test/One": instant < Timestamp(seconds: 1_770_000_000) ? 3600 : 7200
            default: nil
            }
        }
    }

    private let deciding = Deciding(zones: Zones())
    private static let instant = SampleEvents.start.advanced(bySeconds: 3600)

    /// The update of the last of these events, all of one delivery whose recipient is `r`.
    private static func update(_ events: [Event]) throws -> Update {
        var application = DeliveryApplication(key: SampleEvents.key("D-1"), stored: nil)
        var last: AppliedEvent?
        let created = SampleEvents.event(.created, "c") { $0.details = [.recipientID("r"), .carrier("rhein")] }
        for event in [created] + events {
            if application.needsHistory(for: event) { application.supply(history: []) }
            if case .applied(let applied) = application.apply(event, receivedAt: instant) { last = applied }
        }
        return Update(at: FeedPosition(partition: 0, position: 1), applied: try #require(last))
    }

    private static func input(_ types: [EventType], contact: Contact? = mailed) throws -> DecisionInput {
        let events = types.enumerated().map { SampleEvents.event($1, "e\($0)", minute: Int64($0 + 1)) }
        return DecisionInput(
            Occurrence(try update(events)), rules: NotificationRule.standard(support: "desk@example.com"),
            endpoints: [],
            contact: contact, now: instant)
    }

    private static let mailed: Contact = {
        var contact = Contact()
        contact.email = "ada@example.com"
        return contact
    }()

    private func rows(_ input: DecisionInput) -> [LedgerRow] {
        deciding.decide(input).compactMap { if case .add(let row) = $0 { row } else { nil } }
    }

    @Test func aMilestoneIsToldByMail() throws {
        let rows = rows(try Self.input([.dispatched]))
        #expect(rows.count == 1)
        #expect(rows[0].state == .available && rows[0].key.channel == .email && rows[0].template == "dispatched")
        #expect(rows[0].key.party == .recipient("r") && rows[0].dueAt == Self.instant)
    }

    @Test func whatIsNoMilestoneIsToldToNobody() throws {
        #expect(rows(try Self.input([.dispatched, .note])).isEmpty)
    }

    @Test func supportHearsOfTrouble() throws {
        let rows = rows(try Self.input([.dispatched, .exception]))
        #expect(Set(rows.map(\.audience)) == [.recipient, .support])
    }

    @Test func nobodyWithoutAnAddressIsWrittenTo() throws {
        let none = rows(try Self.input([.dispatched], contact: nil))
        #expect(none.map(\.state) == [.suppressed] && none.map(\.reason) == [.noAddress])
        let empty = rows(try Self.input([.dispatched], contact: Contact()))
        #expect(empty.map(\.reason) == [.noAddress])
    }

    @Test func preferredChannelComesFirstAndOthersFollow() throws {
        var contact = Self.mailed
        contact.phone = "+4915112345678"
        contact.preferences.preferred = .sms
        #expect(rows(try Self.input([.dispatched], contact: contact)).map(\.key.channel) == [.sms])
        contact.preferences.channels[.sms] = false
        #expect(rows(try Self.input([.dispatched], contact: contact)).map(\.key.channel) == [.email])
        contact.preferences.channels[.email] = false
        let refused = rows(try Self.input([.dispatched], contact: contact))
        #expect(refused.map(\.reason) == [.noConsent])
        var input = try Self.input([.dispatched], contact: Self.mailed)
        input.refused = [.email]
        #expect(rows(input).map(\.reason) == [.providerRefused])
    }

    @Test func unwantedOccasionsAreKeptQuiet() throws {
        var contact = Self.mailed
        contact.preferences.unwanted = ["dispatched"]
        #expect(rows(try Self.input([.dispatched], contact: contact)).map(\.reason) == [.noConsent])
        #expect(rows(try Self.input([.dispatched, .delivered], contact: contact)).map(\.reason) == [nil])
    }

    @Test func oldNewsIsStale() throws {
        var input = try Self.input([.dispatched])
        input.now = Self.instant.advanced(bySeconds: 49 * 3600)
        #expect(rows(input).map(\.reason) == [.stale])
    }

    @Test func theCapHoldsAndUrgentRulesPass() throws {
        var input = try Self.input([.dispatched])
        input.recent = [.email: input.settings.dailyCap]
        #expect(rows(input).map(\.reason) == [.capped])
        for index in input.rules.indices { input.rules[index].isUrgent = true }
        #expect(rows(input).map(\.state) == [.available])
    }

    @Test func quietHoursDeferByTheRecipientsClocks() throws {
        var contact = Contact()
        contact.phone = "+4915112345678"
        contact.timeZone = "Test/One"
        var input = try Self.input([.dispatched], contact: contact)
        // 22:30 local: until 08:00 it is quiet.
        let midnight = Self.instant.microseconds / 86_400_000_000 * 86_400
        input.now = Timestamp(seconds: midnight + 21 * 3600 + 1800)
        let rows = rows(input)
        #expect(rows.map(\.state) == [.scheduled] && rows.map(\.reason) == [.quietHours])
        #expect(rows.first?.dueAt == Timestamp(seconds: midnight + 86_400 + 7 * 3600))
    }

    @Test func aNewerMilestoneReplacesWhatHasNotGoneOut() throws {
        let steps = deciding.decide(try Self.input([.dispatched, .outForDelivery]))
        guard case .supersede(_, .recipient("r"), .email) = try #require(steps.first) else {
            Issue.record("\(steps)")
            return
        }
        #expect(steps.count == 2)
    }

    // MARK: Corrections

    private func correction(_ ledger: [LedgerEntry]) throws -> [LedgerStep] {
        let events = [
            SampleEvents.event(.dispatched, "d", minute: 1), SampleEvents.event(.delivered, "false", minute: 2),
            SampleEvents.event(.correction, "k", minute: 3) {
                $0.correction = Correction(corrects: EventID(trusted: "false"), why: .didNotOccur)
            },
        ]
        var application = DeliveryApplication(key: SampleEvents.key("D-1"), stored: nil)
        application.supply(history: [])
        var last: AppliedEvent?
        let created = SampleEvents.event(.created, "c") { $0.details = [.recipientID("r")] }
        for event in [created] + events {
            if case .applied(let applied) = application.apply(event, receivedAt: Self.instant) { last = applied }
        }
        let update = Update(at: FeedPosition(partition: 0, position: 4), applied: try #require(last))
        var input = DecisionInput(
            Occurrence(update), rules: NotificationRule.standard(), endpoints: [], contact: Self.mailed,
            now: Self.instant)
        input.ledger = ledger
        return deciding.decide(input)
    }

    private func told(_ state: MessageState) -> LedgerEntry {
        LedgerEntry(
            key: MessageKey(
                delivery: SampleEvents.key("D-1"), occasion: .milestone(.delivered), instance: "false",
                party: .recipient("r"), channel: .email), state: state, sequence: 3)
    }

    @Test func whoWasToldWhatIsNotTrueHearsOfItOnce() throws {
        let steps = try correction([told(.sent)])
        #expect(steps.first == .cancel(SampleEvents.key("D-1"), instance: "false"))
        let rows = steps.compactMap { if case .add(let row) = $0 { row } else { nil } }
        #expect(rows.map(\.template) == ["corrected"] && rows.map(\.corrects) == ["false"])
    }

    @Test func whoWasNotToldHearsNothing() throws {
        #expect(try correction([]) == [.cancel(SampleEvents.key("D-1"), instance: "false")])
        #expect(try correction([told(.suppressed)]).count == 1)
    }

    // MARK: Endpoints

    @Test func endpointsHearWhatTheyAskedFor() throws {
        var all = WebhookEndpoint(id: "all", url: "https://a.example.com/")
        all.isOrdered = true
        var some = WebhookEndpoint(id: "some", url: "https://b.example.com/")
        some.events = ["delivery.returned"]
        var off = WebhookEndpoint(id: "off", url: "https://c.example.com/")
        off.isDisabled = true
        var every = WebhookEndpoint(id: "every", url: "https://d.example.com/")
        every.events = ["delivery.*", "delivery.updated"]
        var input = try Self.input([.dispatched])
        input.rules = []
        input.endpoints = [all, some, off, every]
        #expect(rows(input).map(\.key.party) == [.endpoint("all"), .endpoint("every")])
        #expect(rows(input).map(\.isOrdered) == [true, false] && rows(input).allSatisfy { $0.expiresAt == nil })
        input = try Self.input([.dispatched, .note])
        input.endpoints = [all, some, off, every]
        #expect(rows(input).map(\.key.party) == [.endpoint("every")])
    }

    @Test func aWebhookNamesTheOneBeforeIt() throws {
        var input = try Self.input([.dispatched, .outForDelivery])
        input.rules = []
        input.endpoints = [WebhookEndpoint(id: "e", url: "https://a.example.com/")]
        var entry = told(.sent)
        entry.key.party = .endpoint("e")
        entry.sequence = 2
        input.ledger = [entry]
        let payload = try #require(rows(input).first?.payload.text)
        #expect(payload.contains(#""type":"delivery.out_for_delivery""#))
        #expect(payload.contains(#""sequence":3,"previous_sequence":2,"#))
    }
}
