import WaybillCore

/// The property "any order, any duplication, same state", checked for one set of events on any engine.
package struct AnyOrderCheck<Engine: ArrivalEngine> {
    private let makeEngine: () -> Engine
    private let events: [Event]
    private let expected: StateSummary
    /// The canonical bytes of the first run; every other run must have the same.
    private var canonical: [UInt8]?

    package init(_ events: [Event], makeEngine: @escaping () -> Engine) {
        self.events = events
        self.makeEngine = makeEngine
        expected = ReferenceFold.state(of: events).summary
    }

    /// Every order of the events, all in one batch.
    package mutating func everyPermutation() throws -> [String] {
        var order = Array(events.indices)
        var problems: [String] = []
        try permute(&order, order.count, &problems)
        return problems
    }

    private mutating func permute(_ order: inout [Int], _ count: Int, _ problems: inout [String]) throws {
        guard problems.isEmpty else { return }
        if count <= 1 {
            problems = try run([order.map { Offer(events[$0]) }])
            return
        }
        for index in 0..<count {
            order.swapAt(index, count - 1)
            try permute(&order, count - 1, &problems)
            order.swapAt(index, count - 1)
        }
    }

    /// A random order with repeats and conflicts, cut into random batches.
    package mutating func randomOrder(_ chance: inout Chance) throws -> [String] {
        var offers: [Offer] = []
        var sets = EventSets(chance: chance)
        for event in events.shuffled(using: &chance) {
            offers.append(Offer(event))
        }
        for event in events where !chance.oneIn(3) {
            for _ in 0..<chance.number(in: 1...2) {
                insert(event, .duplicate, into: &offers, &chance)
            }
            if chance.oneIn(6) { insert(sets.conflicting(with: event), .conflict, into: &offers, &chance) }
        }
        let batches = offers.reduce(into: [[Offer]]()) { batches, offer in
            if batches.isEmpty || chance.oneIn(4) {
                batches.append([offer])
            } else {
                batches[batches.count - 1].append(offer)
            }
        }
        return try run(batches)
    }

    /// Somewhere after the event itself: the first in the log is the accepted one.
    private func insert(
        _ event: Event, _ expected: Arrival, into offers: inout [Offer], _ chance: inout Chance
    ) {
        guard let first = offers.firstIndex(where: { $0.event.id == event.id }) else { return }
        offers.insert(Offer(event, expected), at: chance.number(in: first + 1...offers.count))
    }

    /// Offers the batches, restarting between them, and says what is not as it must be.
    package mutating func run(_ batches: [[Offer]]) throws -> [String] {
        var engine = makeEngine()
        var problems: [String] = []
        for (number, batch) in batches.enumerated() {
            if number > 0 { try engine.restart() }
            for offer in batch {
                let became = engine.arrive(offer.event)
                if became != offer.expected {
                    problems.append("\(offer.event.type) \(offer.event.id): \(became), not \(offer.expected)")
                }
            }
        }
        if engine.sequence != events.count { problems.append("sequence \(engine.sequence), not \(events.count)") }
        let bytes = engine.canonical
        if let canonical {
            if bytes != canonical { problems.append("another state: \(engine.summary.differences(from: expected))") }
        } else {
            let differences = engine.summary.differences(from: expected)
            if !differences.isEmpty { problems.append("not the reference: \(differences.joined(separator: "; "))") }
            canonical = bytes
        }
        guard !problems.isEmpty else { return [] }
        let arrivals = batches.map { $0.map(\.description).joined(separator: ", ") }
        return problems + ["arrivals: \(arrivals.joined(separator: " | "))"]
    }
}

/// One arrival: an event, and what must become of it.
package struct Offer: CustomStringConvertible {
    package var event: Event
    package var expected: Arrival

    package init(_ event: Event, _ expected: Arrival = .applied) {
        self.event = event
        self.expected = expected
    }

    package var description: String {
        let hours = Double(event.occurredAt.microseconds - EventSets.start.microseconds) / 3.6e9
        let named = event.correction.map { " of \($0.corrects)" } ?? event.after.map { " after \($0)" } ?? ""
        return "\(event.id) \(event.type.rawValue)\(named) +\(hours)h"
    }
}
