import Simulation
import WaybillCore
import WaybillEngine

/// What a list should answer, by looking at every delivery.
struct ListModel {
    private let deliveries: [StoredDelivery]

    init(_ store: any MaintenanceStore) async throws {
        deliveries = try await store.stored(after: 0, limit: 100_000).map(\.0)
    }

    /// The keys of all pages.
    func answer(to query: DeliveryQuery) -> [DeliveryKey] {
        let found = deliveries.filter { delivery in
            delivery.state.key.merchant == query.merchant && isWanted(delivery.state, query.filter)
        }
        return ordered(found, by: query.sort).map(\.state.key)
    }

    private func isWanted(_ delivery: DeliveryState, _ filter: DeliveryFilter) -> Bool {
        let folded = delivery.folded
        func isPrefix(_ prefix: String, _ text: String?) -> Bool {
            text.map { Array($0.utf8).starts(with: Array(prefix.utf8)) } ?? false
        }
        if !filter.statuses.isEmpty && !filter.statuses.contains(folded.status) { return false }
        if let carrier = filter.carrier, folded.carrier.map({ Array($0.utf8) }) != Array(carrier.utf8) { return false }
        if let search = filter.search, !isPrefix(search, delivery.key.deliveryID.text),
            !isPrefix(search, folded.trackingNumber), !isPrefix(search, folded.orderReference)
        {
            return false
        }
        if let before = filter.promisedBefore, (folded.promised?.latest.microseconds ?? .max) >= before.microseconds {
            return false
        }
        if let after = filter.updatedAfter, delivery.arrival.updatedAt.microseconds <= after.microseconds {
            return false
        }
        return filter.openCase == nil
    }

    private func ordered(_ found: [StoredDelivery], by sort: DeliverySort) -> [StoredDelivery] {
        func promise(_ delivery: StoredDelivery) -> Int64 { delivery.state.folded.promised?.latest.microseconds ?? 0 }
        let promised = found.filter { $0.state.folded.promised != nil }
        switch sort {
        case .created: return found.sorted { $0.number < $1.number }
        case .createdDescending: return found.sorted { $0.number > $1.number }
        case .promised: return promised.sorted { (promise($0), $0.number) < (promise($1), $1.number) }
        case .promisedDescending: return promised.sorted { (promise($0), $0.number) > (promise($1), $1.number) }
        }
    }
}

/// Deliveries and questions about them, of a seed: few different values, so that they meet.
struct RandomDeliveries {
    var dice: SeededGenerator
    private let merchants = [MerchantID.default, MerchantID(trusted: "default-1")]
    private let carriers = ["rhein", "rhein express", "caf\u{e9}", "cafe\u{301}"]
    private let prefixes = ["D", "D-1", "R", "RH1", "X", "O", "\u{e9}", "D-%", "_"]

    init(seed: UInt64) { dice = SeededGenerator(seed: seed) }

    /// One to five events of each delivery, in an order that mixes them.
    mutating func events(of count: Int) -> [Event] {
        var events: [Event] = []
        for number in 0..<count {
            let merchant = dice.pick(merchants)
            for step in 0...dice.integer(below: 5) {
                let type: EventType =
                    step == 0 ? .created : dice.pick([.dispatched, .inTransit, .delivered, .updated, .held])
                var event = SampleEvents.event(
                    type, "e\(step)", of: "D-\(number)", merchant: merchant, minute: Int64(dice.integer(below: 500)))
                if type == .created || type == .updated { event.details = details() }
                events.append(event)
            }
        }
        return events.shuffled(using: &dice)
    }

    private mutating func details() -> [DetailChange] {
        var details: [DetailChange] = []
        if dice.chance(0.7) { details.append(.carrier(dice.pick(carriers))) }
        if dice.chance(0.6) { details.append(.trackingNumber("RH\(dice.integer(below: 30))")) }
        if dice.chance(0.5) { details.append(.orderReference(dice.pick(["O-1", "\u{e9}2", "D-17", "X"]))) }
        if dice.chance(0.7) { details.append(.promised(Window(latest: instant()))) }
        return details
    }

    private mutating func instant() -> Timestamp {
        SampleEvents.start.advanced(bySeconds: Int64(dice.integer(below: 12)) * 3600)
    }

    mutating func query() -> DeliveryQuery {
        var query = DeliveryQuery(merchant: dice.pick(merchants))
        query.sort = dice.pick(DeliverySort.allCases)
        query.limit = dice.pick([1, 5, 50, 200])
        if dice.chance(0.4) {
            query.filter.statuses = (0...dice.integer(below: 2)).map { _ in dice.pick(Status.allCases) }
        }
        if dice.chance(0.3) { query.filter.carrier = dice.pick(carriers) }
        if dice.chance(0.3) { query.filter.search = dice.pick(prefixes) }
        if dice.chance(0.3) { query.filter.promisedBefore = instant() }
        if dice.chance(0.2) { query.filter.updatedAfter = dice.pick([instant(), Scenario.fixedEnd]) }
        if dice.chance(0.05) { query.filter.openCase = .late }
        return query
    }
}
