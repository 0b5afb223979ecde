import EmbeddedStorage
import Simulation
import Synchronization
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The deliverer over a real queue, with senders that do as they are told.
@Suite(.timeLimit(.minutes(5))) struct DeliveringTests {
    /// Answers by the endpoint's URL; `hang` waits until it is let go.
    final class ScriptedSender: Sender {
        private let script: @Sendable (String) -> SendOutcome?
        private let sent = Mutex<[String]>([])
        private let release = Signal()
        private let isReleased = Mutex(false)

        /// - Parameter script: nil hangs.
        init(_ script: @escaping @Sendable (String) -> SendOutcome?) { self.script = script }

        var attempts: [String] { sent.withLock { $0 } }

        func send(_ envelope: Envelope) async -> SendOutcome {
            guard case .webhook(let url, _) = envelope.address else { return SendOutcome(.rejected) }
            sent.withLock { $0.append(url) }
            if let outcome = script(url) { return outcome }
            while !isReleased.withLock({ $0 }) { await release.wait(atMost: .milliseconds(50)) }
            return SendOutcome(.timeout)
        }

        func letGo() {
            isReleased.withLock { $0 = true }
            release.fire()
        }
    }

    /// Words do not matter here.
    struct PlainRenderer: Renderer {
        func render(_ request: RenderRequest) throws(TemplateFault) -> RenderedMessage {
            RenderedMessage(subject: request.template, text: request.template, html: nil, language: "en")
        }
        func fault(inTemplate data: JSONFragment) -> TemplateFault? { nil }
    }

    private let home: EmbeddedStoreHome
    private let store: EmbeddedStore
    private let time = VirtualTime()
    private let observer = RecordingObserver()

    init() throws {
        home = try EmbeddedStoreHome()
        store = try home.store()
    }

    private func delivering(_ sender: any Sender) -> Delivering {
        let dispatch = MessageDispatch(
            senders: [.webhook: sender, .email: sender], renderer: PlainRenderer(), standard: [], time: time)
        return Delivering(
            store: store, dispatch: dispatch, links: nil, tokens: LeaseTokens(seed: 1), wakeUp: Signal(), time: time,
            observer: observer)
    }

    /// Endpoints `0`, `1`, ... with so many messages each.
    private func owe(_ messages: Int, to endpoints: Int, isOrdered: Bool = false) async throws {
        var steps: [NotificationCommit.Step] = []
        for number in 0..<endpoints {
            var endpoint = WebhookEndpoint(id: "\(number)", url: "https://\(number).example.com/")
            endpoint.rotate(to: Secret("whsec_AAAA"), at: time.now())
            let setting = NotificationSetting(
                merchant: .default, kind: .endpoint, id: endpoint.id, data: endpoint.stored, updatedAt: time.now())
            #expect(try await store.save(setting, most: .max))
            steps += (0..<messages).map { message in
                let key = MessageKey(
                    delivery: SampleEvents.key(isOrdered ? "D" : "D-\(message)"), occasion: .milestone(.delivered),
                    instance: "e-\(message)", party: .endpoint(endpoint.id), channel: .webhook)
                let row = LedgerRow(
                    key: key, audience: .endpoints, template: "", state: .available, reason: nil, dueAt: time.now(),
                    expiresAt: nil, sequence: Int64(message), isOrdered: isOrdered, corrects: nil,
                    payload: JSONFragment(trusted: "{}"))
                return .add(NewMessage(id: key.id, row: row))
            }
        }
        let cursor = FeedCursor(feedID: 1, positions: [1, 0, 0, 0])
        try await store.commit(NotificationCommit(expected: nil, next: cursor, steps: steps, at: time.now()))
    }

    private func count(_ state: MessageState) async throws -> Int {
        var query = MessageQuery(merchant: .default)
        query.state = state
        query.limit = 100_000
        return try await store.messages(query).count
    }

    /// Steps until so many messages are in a state.
    /// - Parameter seconds: of virtual time that pass whenever there is nothing to do.
    private func run(
        _ delivering: Delivering, until wanted: Int, are state: MessageState, passing seconds: Int64 = 0
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        while try await count(state) < wanted {
            guard clock.now - began < .seconds(60) else {
                Issue.record("\(try await count(state)) of \(wanted) are \(state)")
                return
            }
            guard try await delivering.step() != .worked else { continue }
            // Not while something is on its way: its lease would end.
            if delivering.inFlight == 0 { time.advance(bySeconds: seconds) }
            await delivering.wakeUp.wait(atMost: .milliseconds(seconds > 0 ? 1 : 20))
        }
    }

    @Test func whatIsOwedIsSentOnce() async throws {
        try await owe(50, to: 4)
        let sender = ScriptedSender { _ in SendOutcome(.sent) }
        try await run(delivering(sender), until: 200, are: .sent)
        #expect(sender.attempts.count == 200)
    }

    @Test func twentyReceiversThatHangHoldUpNobodyElse() async throws {
        try await owe(20, to: 100)
        let sender = ScriptedSender { url in
            let number = Int(url.dropFirst(8).prefix { $0 != "." }) ?? 0
            return number < 20 ? nil : SendOutcome(.sent)
        }
        let delivering = delivering(sender)
        try await run(delivering, until: 80 * 20, are: .sent)
        #expect(delivering.inFlight <= 20 * Limits.messagesInFlightPerLane)
        #expect(delivering.inFlight > 0, "they do hang")
        sender.letGo()
        try await delivering.drain()
        #expect(delivering.inFlight == 0)
    }

    @Test func aDeadReceiverIsSparedAndComesBack() async throws {
        try await owe(100, to: 1)
        let isDead = Mutex(true)
        let sender = ScriptedSender { _ in
            isDead.withLock { $0 } ? SendOutcome(.connect, "No connection.") : SendOutcome(.sent)
        }
        let delivering = delivering(sender)
        for _ in 0..<200 {
            if try await delivering.step() != .worked { await delivering.wakeUp.wait(atMost: .milliseconds(5)) }
        }
        try await delivering.drain()
        let tried = sender.attempts.count
        #expect((10...18).contains(tried), "its circuit opened after ten: \(tried)")
        isDead.withLock { $0 = false }
        time.advance(bySeconds: 31)
        try await run(delivering, until: 100, are: .sent, passing: 1)
    }

    @Test func messagesInOrderNeverOvertake() async throws {
        try await owe(30, to: 2, isOrdered: true)
        let calls = Mutex(0)
        let sender = ScriptedSender { _ in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return call.isMultiple(of: 5) ? SendOutcome(.http5xx) : SendOutcome(.sent)
        }
        let delivering = delivering(sender)
        try await run(delivering, until: 60, are: .sent, passing: 10)
        var query = MessageQuery(merchant: .default)
        query.limit = 1000
        let rows = try await store.messages(query).sorted { $0.number < $1.number }
        for party in Set(rows.map(\.row.key.party)) {
            let times = rows.filter { $0.row.key.party == party }.compactMap(\.sentAt)
            #expect(times.count == 30 && times == times.sorted())
        }
    }

    @Test func tenAttemptsAndNoMore() async throws {
        try await owe(1, to: 1)
        let sender = ScriptedSender { _ in SendOutcome(.http5xx, "500") }
        let delivering = delivering(sender)
        try await run(delivering, until: 1, are: .discarded, passing: 3600)
        #expect(sender.attempts.count == 10)
        let message = try #require(try await store.messages(MessageQuery(merchant: .default)).first)
        #expect(message.row.reason == .attemptsExhausted && message.attempts == 10)
        #expect(try await store.attempts(message.id, .default).map(\.number) == Array(1...10))
    }
}
