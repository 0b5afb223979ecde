import Synchronization
import WaybillCore

/// Sends what is due: claims messages under a lease, looks once more whether they may go out, sends them side by side,
/// and settles what came of it.
///
/// A step never waits for a receiver: it settles what has ended meanwhile, claims what there is room for, and lets it
/// go. A receiver that is slow or dead holds up its own lane alone.
package final class Delivering: SteppedService {
    package let name = "deliverer"
    package let wakeUp: Signal

    private let store: any TrackingStore & MessageStore
    private let dispatch: MessageDispatch
    /// Nil where nobody outside can open the tracking page.
    private let links: TrackingLinks?
    private let time: any TimeSource
    private let observer: any Observer
    private let tokens: LeaseTokens
    private let lanes = Mutex(Lanes())
    private let ended = Mutex<[Settlement]>([])

    package init(
        store: any TrackingStore & MessageStore, dispatch: MessageDispatch, links: TrackingLinks?, tokens: LeaseTokens,
        wakeUp: Signal, time: any TimeSource, observer: any Observer
    ) {
        self.store = store
        self.dispatch = dispatch
        self.links = links
        self.tokens = tokens
        self.wakeUp = wakeUp
        self.time = time
        self.observer = observer
    }

    /// Messages on their way.
    package var inFlight: Int { lanes.withLock { $0.total } }

    package func step() async throws -> StepOutcome {
        let settled = try await settle()
        let claimed = try await claim()
        return settled + claimed > 0 ? .worked : .idle(atMost: .milliseconds(500))
    }

    /// Waits for what is on its way: each attempt is bounded in time.
    package func drain() async throws {
        while inFlight > 0 {
            _ = try await settle()
            if inFlight > 0 { await wakeUp.wait(atMost: .seconds(1)) }
        }
        _ = try await settle()
    }

    // MARK: Claiming

    private func claim() async throws -> Int {
        let now = time.now()
        let (room, busy) = lanes.withLock { ($0.room, $0.excluded(at: now)) }
        guard room > 0 else { return 0 }
        let claim = MessageClaim(
            now: now, leaseUntil: now.advanced(bySeconds: Limits.messageLeaseSeconds), token: tokens.next(),
            limit: room, limitPerLane: Limits.messagesClaimedPerLane, excludedLanes: busy)
        let messages = try await store.claimDue(claim)
        guard !messages.isEmpty else { return 0 }
        let plans = try await plans(for: messages, token: claim.token, at: now)
        for plan in plans {
            switch plan {
            case .settle(let settlement): ended.withLock { $0.append(settlement) }
            case .send(let job): start(job, at: now)
            }
        }
        return messages.count
    }

    private func plans(
        for messages: [StoredMessage], token: Int64, at now: Timestamp
    ) async throws -> [MessageDispatch.Plan] {
        var query = BackgroundQuery(recentSince: now)
        for message in messages {
            query.merchants.insert(message.row.key.delivery.merchant)
            if message.row.corrects != nil { query.deliveries.insert(message.row.key.delivery) }
            if let mark = message.recipient { query.recipients.insert(mark) }
        }
        let background = try await store.background(query)
        let people = Set(messages.filter { $0.row.key.channel != .webhook }.map(\.row.key.delivery))
        let deliveries = people.isEmpty ? [:] : try await store.deliveries(Array(people))
        var urls: [DeliveryKey: String] = [:]
        if let links { for key in people { urls[key] = try await links.link(key) } }
        return messages.map { message in
            let key = message.row.key.delivery
            return dispatch.plan(
                message, token: token, background, delivery: deliveries[key]?.state, link: urls[key], at: now)
        }
    }

    /// Closed circuits let many out, half-open ones a single message: what is too much goes back untried.
    private func start(_ job: MessageDispatch.Job, at now: Timestamp) {
        let isAdmitted = lanes.withLock { $0.begin(job.lane, at: now) }
        guard isAdmitted else {
            let later = now.advanced(bySeconds: 5)
            return ended.withLock { $0.append(job.postponed(until: later)) }
        }
        Task { [dispatch] in
            let settlement = await dispatch.carryOut(job)
            let result = settlement.attempt?.result ?? ""
            self.end(job, settlement)
            self.observer.observe(.attempted(job.channel, result: result))
        }
    }

    private func end(_ job: MessageDispatch.Job, _ settlement: Settlement) {
        let isHealthy = settlement.state == .sent
        let now = time.now()
        ended.withLock { $0.append(settlement) }
        lanes.withLock { $0.end(job.lane, isHealthy: isHealthy || !settlement.blamesLane, at: now) }
        wakeUp.fire()
    }

    // MARK: Settling

    private func settle() async throws -> Int {
        let settlements = ended.withLock { all in
            defer { all.removeAll() }
            return all
        }
        guard !settlements.isEmpty else { return 0 }
        do {
            try await store.settle(settlements, at: time.now())
        } catch {
            ended.withLock { $0.insert(contentsOf: settlements, at: 0) }
            throw error
        }
        for settlement in settlements { report(settlement) }
        return settlements.count
    }

    private func report(_ settlement: Settlement) {
        observer.observe(.settled(settlement.state, settlement.reason))
        if let (merchant, endpoint, why) = settlement.disables {
            observer.observe(.endpointDisabled(merchant: merchant, endpoint: endpoint, why: why))
        }
        if let notice = settlement.notice, let lane = settlement.health?.lane {
            observer.observe(.endpointFailing(lane: lane, notice: notice))
        }
    }
}

/// Numbers that no two workers share: a random start, then one after the other.
package final class LeaseTokens: Sendable {
    private let last: Mutex<Int64>

    package init(seed: UInt64) { last = Mutex(Int64(truncatingIfNeeded: seed >> 2)) }

    func next() -> Int64 {
        last.withLock { last in
            last &+= 1
            return last
        }
    }
}

extension StoredMessage {
    /// The recipient it is for, where it is for one.
    package var recipient: RecipientMark? {
        guard case .recipient(let id) = row.key.party else { return nil }
        return RecipientMark(merchant: row.key.delivery.merchant, id: id)
    }
}

extension Settlement {
    /// Whether the failure is the receiver's: a message that nobody could send says nothing about it.
    fileprivate var blamesLane: Bool {
        guard let attempt, let result = SendOutcome.Result(rawValue: attempt.result) else { return false }
        return result != .recipientRefused && result != .rejected
    }
}
