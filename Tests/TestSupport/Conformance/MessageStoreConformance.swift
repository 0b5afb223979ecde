import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for the ledger of messages and the queue that it is.
package enum MessageStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>
    package typealias Store = MessageStore & NotificationSettingsStore & PersonalStore

    package static let checks: [Check] = [
        Check("a decision and its cursor are one", decisionAndCursor),
        Check("a decision over another cursor writes nothing", lostRace),
        Check("the same message is there once", onlyOnce),
        Check("newer messages replace what has not gone out", superseding),
        Check("a correction stops what has not gone out", cancelling),
        Check("due messages are claimed once", claimedOnce),
        Check("a lease that ended is taken over, and the first holder settles nothing", takenOver),
        Check("lanes are claimed side by side, excluded ones not at all", lanes),
        Check("ordered messages of a delivery wait for one another", ordered),
        Check("attempts are kept, and refusals go into consent", settled),
        Check("an endpoint that is gone is switched off", disabled),
        Check("closed messages are sent again", replayed),
        Check("settings are bounded, replaced and deleted", settings),
        Check("racing workers share the messages out", racing),
    ]

    private static let now = Scenario.fixedEnd
    private static let start = FeedCursor(feedID: 7, positions: [0, 0, 0, 0])

    private static func open(_ home: any StoreHome) async throws -> any Store {
        let store = try await home.open()
        return try #require(store as? any Store)
    }

    private static func row(
        _ delivery: String, _ instance: String, _ party: MessageParty = .recipient("r"), _ channel: Channel = .email,
        isOrdered: Bool = false, state: MessageState = .available, dueIn seconds: Int64 = 0
    ) -> LedgerRow {
        let key = MessageKey(
            delivery: SampleEvents.key(delivery), occasion: .milestone(.delivered), instance: instance, party: party,
            channel: channel)
        return LedgerRow(
            key: key, audience: .recipient, template: "delivered", state: state, reason: nil,
            dueAt: now.advanced(bySeconds: seconds), expiresAt: now.advanced(bySeconds: 9999), sequence: 3,
            isOrdered: isOrdered, corrects: nil, payload: JSONFragment(trusted: #"{"data":{"é":"x"}}"#))
    }

    private static func add(_ rows: [LedgerRow], to store: any Store) async throws {
        try await commit(rows.map { .add(NewMessage(id: $0.key.id, row: $0)) }, store)
    }

    private static func commit(_ steps: [NotificationCommit.Step], _ store: any Store) async throws {
        let cursor = try await store.notifierCursor()
        var next = cursor ?? start
        next.positions[0] += 1
        try await store.commit(NotificationCommit(expected: cursor, next: next, steps: steps, at: now))
    }

    private static func claim(
        _ store: any Store, token: Int64 = 1, at instant: Timestamp = now, perLane: Int = 100, without: Set<String> = []
    ) async throws -> [StoredMessage] {
        try await store.claimDue(
            MessageClaim(
                now: instant, leaseUntil: instant.advanced(bySeconds: 60), token: token, limit: 1000,
                limitPerLane: perLane, excludedLanes: without))
    }

    private static func state(_ row: LedgerRow, _ store: any Store) async throws -> MessageState? {
        try await store.message(row.key.id, .default)?.row.state
    }

    private static func states(_ rows: [LedgerRow], _ store: any Store) async throws -> [MessageState?] {
        var states: [MessageState?] = []
        for row in rows { states.append(try await state(row, store)) }
        return states
    }

    // MARK: Deciding

    private static func decisionAndCursor(_ home: any StoreHome) async throws {
        let store = try await open(home)
        #expect(try await store.notifierCursor() == nil)
        let one = row("D-1", "e")
        try await add([one], to: store)
        let reopened = try await open(home)
        #expect(try await reopened.notifierCursor()?.positions == [1, 0, 0, 0])
        let stored = try #require(try await reopened.message(one.key.id, .default))
        #expect(stored.row == one && stored.attempts == 0 && stored.createdAt == now && stored.sentAt == nil)
        let other = try #require(MerchantID("other"))
        #expect(try await reopened.message(one.key.id, other) == nil, "of another merchant")
    }

    private static func lostRace(_ home: any StoreHome) async throws {
        let store = try await open(home)
        try await add([], to: store)
        let late = row("D-1", "late")
        let commit = NotificationCommit(
            expected: nil, next: start, steps: [.add(NewMessage(id: late.key.id, row: late))], at: now)
        await #expect(throws: StorageError.self) { try await store.commit(commit) }
        #expect(try await state(late, store) == nil)
        #expect(try await store.notifierCursor()?.positions == [1, 0, 0, 0])
    }

    private static func onlyOnce(_ home: any StoreHome) async throws {
        let store = try await open(home)
        var again = row("D-1", "e")
        try await add([again], to: store)
        again.state = .suppressed
        try await add([again], to: store)
        #expect(try await state(again, store) == .available)
        #expect(try await store.messages(MessageQuery(merchant: .default)).count == 1)
    }

    private static func superseding(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let rows = [
            row("D-1", "a"), row("D-1", "b", state: .scheduled, dueIn: 60), row("D-1", "sms", .recipient("r"), .sms),
            row("D-1", "other", .recipient("s")), row("D-2", "c"),
        ]
        try await add(rows, to: store)
        try await commit([.supersede(SampleEvents.key("D-1"), .recipient("r"), .email)], store)
        let states = try await states(rows, store)
        #expect(states == [.suppressed, .suppressed, .available, .available, .available])
        #expect(try await store.message(rows[0].key.id, .default)?.row.reason == .superseded)
    }

    private static func cancelling(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let rows = [
            row("D-1", "false"), row("D-1", "true"), row("D-1", "false", .endpoint("e"), .webhook), row("D-2", "false"),
        ]
        try await add(rows, to: store)
        try await commit([.cancel(SampleEvents.key("D-1"), instance: "false")], store)
        #expect(try await states(rows, store) == [.cancelled, .available, .available, .available])
    }

    // MARK: The queue

    private static func claimedOnce(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let rows = [row("D-1", "due"), row("D-2", "later", dueIn: 30), row("D-3", "never", state: .suppressed)]
        try await add(rows, to: store)
        #expect(try await claim(store).map(\.id) == [rows[0].key.id])
        #expect(try await claim(store, token: 2).isEmpty)
        #expect(try await state(rows[0], store) == .executing)
        let later = now.advanced(bySeconds: 30)
        #expect(try await claim(store, token: 3, at: later).map(\.id) == [rows[1].key.id])
    }

    private static func takenOver(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let one = row("D-1", "e")
        try await add([one], to: store)
        let first = try #require(try await claim(store, token: 1).first)
        let later = now.advanced(bySeconds: 60)
        let second = try #require(try await claim(store, token: 2, at: later).first)
        #expect(first.number == second.number)
        try await store.settle([Settlement(number: first.number, token: 1, state: .discarded, dueAt: later)], at: later)
        #expect(try await state(one, store) == .executing, "the first holder has no say")
        try await store.settle([Settlement(number: first.number, token: 2, state: .sent, dueAt: later)], at: later)
        let sent = try #require(try await store.message(one.key.id, .default))
        #expect(sent.row.state == .sent && sent.sentAt == later)
    }

    private static func lanes(_ home: any StoreHome) async throws {
        let store = try await open(home)
        var rows: [LedgerRow] = []
        for endpoint in ["a", "b", "c"] {
            rows += (0..<20).map { row("D-\($0)", "e", .endpoint(endpoint), .webhook) }
        }
        try await add(rows, to: store)
        let claimed = try await claim(store, perLane: 3, without: [rows[20].lane])
        let counts = Dictionary(grouping: claimed, by: \.row.lane).mapValues(\.count)
        #expect(counts == [rows[0].lane: 3, rows[40].lane: 3])
    }

    private static func ordered(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let rows = ["one", "two", "three"].map { row("D-1", $0, .endpoint("e"), .webhook, isOrdered: true) }
        let other = row("D-2", "one", .endpoint("e"), .webhook, isOrdered: true)
        try await add(rows + [other], to: store)
        let first = try await claim(store)
        #expect(Set(first.map(\.id)) == [rows[0].key.id, other.key.id])
        #expect(try await claim(store, token: 2).isEmpty, "the first is on its way")
        let number = try #require(first.first { $0.id == rows[0].key.id }).number
        let later = now.advanced(bySeconds: 30)
        try await store.settle([Settlement(number: number, token: 1, state: .retryable, dueAt: later)], at: now)
        #expect(try await claim(store, token: 3).isEmpty, "the first is waiting for its retry")
        #expect(try await claim(store, token: 4, at: later).map(\.id) == [rows[0].key.id])
        try await store.settle([Settlement(number: number, token: 4, state: .sent, dueAt: later)], at: later)
        #expect(try await claim(store, token: 5, at: later).map(\.id) == [rows[1].key.id])
    }

    private static func settled(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let mark = RecipientMark(merchant: .default, id: "r")
        let one = row("D-1", "e")
        try await add([one], to: store)
        let message = try #require(try await claim(store).first)
        var settlement = Settlement(number: message.number, token: 1, state: .discarded, dueAt: now)
        settlement.reason = .providerRefused
        let attempt = Attempt(number: 1, at: now, milliseconds: 12, result: "recipient_refused", detail: "é")
        settlement.attempt = attempt
        settlement.refusal = (mark, .email)
        settlement.health = ("endpoint/default/e", EndpointHealth(failingSince: now, told: 1))
        try await store.settle([settlement], at: now)
        #expect(try await store.attempts(one.key.id, .default) == [attempt])
        #expect(try await store.message(one.key.id, .default)?.lastAnswer == "recipient_refused")
        var query = BackgroundQuery(recentSince: now)
        query.recipients = [mark]
        query.deliveries = [SampleEvents.key("D-1")]
        let background = try await store.background(query)
        #expect(background.refusals == [mark: [.email]])
        #expect(background.health["endpoint/default/e"] == EndpointHealth(failingSince: now, told: 1))
        #expect(background.ledger[SampleEvents.key("D-1")]?.map(\.state) == [.discarded])
        try await store.clearRefusals(mark)
        #expect(try await store.background(query).refusals.isEmpty)
    }

    private static func disabled(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let endpoint = WebhookEndpoint(id: "e", url: "https://a.example.com/")
        let setting = NotificationSetting(
            merchant: .default, kind: .endpoint, id: "e", data: endpoint.stored, updatedAt: now)
        #expect(try await store.save(setting, most: 1))
        try await add([row("D-1", "e", .endpoint("e"), .webhook)], to: store)
        let message = try #require(try await claim(store).first)
        var settlement = Settlement(number: message.number, token: 1, state: .discarded, dueAt: now)
        settlement.disables = (.default, "e", "gone")
        try await store.settle([settlement], at: now)
        let stored = try #require(try await store.settings(.endpoint, of: .default).first)
        let changed = try #require(WebhookEndpoint(id: "e", stored: stored.data))
        #expect(changed.isDisabled && changed.disabledBecause == "gone")
    }

    private static func replayed(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let rows = ["sent", "given up", "open"].map { row("D-1", $0, .endpoint("e"), .webhook) }
        try await add(Array(rows.prefix(2)), to: store)
        for message in try await claim(store) {
            let state: MessageState = message.id == rows[0].key.id ? .sent : .discarded
            try await store.settle([Settlement(number: message.number, token: 1, state: state, dueAt: now)], at: now)
        }
        try await add([rows[2]], to: store)
        let later = ReplaySelection.endpoint("e", .default, since: now.advanced(bySeconds: 1))
        #expect(try await store.replay(later, at: now) == 0, "decided before")
        #expect(try await store.replay(.endpoint("e", .default, since: now), at: now) == 1)
        #expect(try await states(rows, store) == [.sent, .available, .available])
        #expect(try await store.replay(.message(rows[0].key.id, .default), at: now) == 1)
        #expect(try await store.replay(.message(rows[0].key.id, .default), at: now) == 0, "it is open")
        #expect(try await claim(store, token: 9).count == 3)
    }

    private static func settings(_ home: any StoreHome) async throws {
        let store = try await open(home)
        func setting(_ id: String, _ data: String) -> NotificationSetting {
            NotificationSetting(
                merchant: .default, kind: .template, id: id, data: JSONFragment(trusted: data), updatedAt: now)
        }
        #expect(try await store.save(setting("b", "{}"), most: 2))
        #expect(try await store.save(setting("a", "{}"), most: 2))
        #expect(try await !store.save(setting("c", "{}"), most: 2))
        #expect(try await store.save(setting("a", #"{"x":1}"#), most: 2), "it is there")
        #expect(try await store.settings(.template, of: .default).map(\.id) == ["a", "b"])
        #expect(try await store.settings(.rule, of: .default).isEmpty)
        #expect(try await store.delete(.template, "a", of: .default))
        #expect(try await !store.delete(.template, "a", of: .default))
        let data = JSONFragment(trusted: #"{"email":"a@example.com"}"#)
        try await store.saveRecipient("r", .default, data, at: now)
        #expect(try await store.recipient(RecipientMark(merchant: .default, id: "r")) == data)
        #expect(try await store.recipient(RecipientMark(merchant: .default, id: "none")) == nil)
    }

    private static func racing(_ home: any StoreHome) async throws {
        let store = try await open(home)
        let rows = (0..<200).map { row("D-\($0)", "e", .endpoint("e\($0 % 10)"), .webhook) }
        try await add(rows, to: store)
        let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var mine: [String] = []
                    while true {
                        let messages = try await claim(store, token: Int64(worker + 1), perLane: 2)
                        if messages.isEmpty { return mine }
                        mine += messages.map(\.id)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(claimed).count == claimed.count, "each message has one worker")
        // A worker that found all rows locked has stopped early; what is left is due for the next one.
        let rest = try await claim(store, token: 99).map(\.id)
        #expect(Set(claimed + rest) == Set(rows.map(\.key.id)))
    }
}
