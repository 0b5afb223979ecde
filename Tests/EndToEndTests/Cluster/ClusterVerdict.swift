import TestSupport
import WaybillCore

/// The findings of a run, by the names of guarantees that they break.
struct ClusterVerdict: CustomStringConvertible {
    enum Fault: String, CaseIterable {
        /// Acknowledged, but not applied.
        case lost
        /// Applied, but never offered or surely refused; or not in the log.
        case phantom
        /// One event with two effects.
        case duplicate = "duplicate effect"
        /// Applied with another content than was offered.
        case mutated
        /// Positions or sequences that are not 1, 2, 3, ...
        case gap
        /// Applied in another order than the log's.
        case inversion
        /// A delivery's state is not that of the reference fold.
        case wrongState = "wrong state"
        /// Applied, but not told: on the topic, or to a subscriber.
        case unseen
    }

    private(set) var found: [Fault: [String]] = [:]

    var isClean: Bool { found.isEmpty }

    var description: String {
        Fault.allCases.map { fault in
            let bad = found[fault, default: []]
            return "\(fault.rawValue)=\(bad.count)" + (bad.first.map { " (first: \($0))" } ?? "")
        }.joined(separator: " ")
    }

    mutating func add(_ fault: Fault, _ what: String) { found[fault, default: []].append(what) }

    /// Judges everything but what subscribers saw.
    init(ledger: Ledger?, _ truth: ClusterTruth, offered: [String: Event] = [:]) {
        let expected = truth.expected
        judgeEffects(truth, expected)
        judgeStates(truth, expected)
        judgeUpdates(truth)
        if let ledger { judgeOffers(ledger, truth, offered) }
    }

    // MARK: Against the log

    private mutating func judgeEffects(_ truth: ClusterTruth, _ expected: ClusterTruth.Expected) {
        for (partition, rows) in truth.history.enumerated() {
            let applied = rows.map { $0.key + " " + $0.event.id.text }
            for (index, row) in rows.enumerated() where row.position != index + 1 {
                add(.gap, "partition \(partition): position \(row.position) where \(index + 1) was due")
                break
            }
            var seen: Set<String> = []
            for id in applied where !seen.insert(id).inserted { add(.duplicate, id) }
            let wanted = expected.accepted[partition]
            for id in Set(wanted).subtracting(seen) { add(.lost, "\(id) is in the log") }
            for id in seen.subtracting(wanted) { add(.phantom, "\(id) is not in the log") }
            if seen.count == applied.count, seen == Set(wanted), applied != wanted {
                let place = zip(applied, wanted).first { $0 != $1 }
                add(.inversion, "partition \(partition): \(place?.0 ?? "") before \(place?.1 ?? "")")
            }
        }
        for letter in expected.letters.subtracting(truth.letters) { add(.lost, "the dead letter of \(letter)") }
        for letter in Set(truth.letters).subtracting(expected.letters) { add(.phantom, "a dead letter of \(letter)") }
        if truth.letters.count > Set(truth.letters).count { add(.duplicate, "a dead letter") }
        for letter in Set(truth.letters).subtracting(truth.publishedLetters) { add(.unseen, "dead letter \(letter)") }
    }

    private mutating func judgeStates(_ truth: ClusterTruth, _ expected: ClusterTruth.Expected) {
        var sequences: [String: [Int]] = [:]
        for row in truth.history.joined() { sequences[row.key, default: []].append(row.sequence) }
        for (key, events) in expected.events {
            guard let state = truth.states[key] else {
                add(.wrongState, "\(key) is not there")
                continue
            }
            if state.summary != ReferenceFold.state(of: events).summary { add(.wrongState, key) }
            if sequences[key]?.sorted() != Array(1...events.count) || state.sequence != events.count { add(.gap, key) }
        }
        for key in truth.states.keys where expected.events[key] == nil { add(.phantom, key) }
    }

    /// Each partition's updates in order, none left out; what is said twice is said in the same words.
    private mutating func judgeUpdates(_ truth: ClusterTruth) {
        var said: [[Int: String]] = Array(repeating: [:], count: truth.history.count)
        var last = Array(repeating: 0, count: truth.history.count)
        for record in truth.updates {
            guard let json = try? JSON(parsing: record.value.utf8), let position = json["position"]?.int else {
                continue
            }
            let partition = record.partition
            if json["partition"]?.int != partition { add(.mutated, "an update on partition \(partition)") }
            if position > last[partition] + 1 {
                add(.unseen, "update \(partition)/\(last[partition] + 1) before \(position)")
            }
            if let before = said[partition][position], before != record.value {
                add(.mutated, "update \(partition)/\(position)")
            }
            said[partition][position] = record.value
            last[partition] = max(last[partition], position)
        }
        for (partition, rows) in truth.history.enumerated() where last[partition] != rows.count {
            add(.unseen, "partition \(partition): updates up to \(last[partition]) of \(rows.count)")
        }
    }

    // MARK: Against the ledger

    private mutating func judgeOffers(_ ledger: Ledger, _ truth: ClusterTruth, _ offered: [String: Event]) {
        var applied: [String: Event] = [:]
        for row in truth.history.joined() {
            let mark = row.event.detail ?? "?"
            if applied[mark] != nil { add(.duplicate, mark) }
            applied[mark] = row.event
        }
        let offers = ledger.offers
        for offer in offers.values where offer.outcome == .acked && applied[offer.mark] == nil {
            add(.lost, offer.mark)
        }
        for (mark, event) in applied {
            guard let offer = offers[mark], offer.outcome != .refused else {
                add(.phantom, mark)
                continue
            }
            guard var original = offered[mark] else { continue }
            // Under an idempotency key the id is made by the API.
            if original.id.text.isEmpty { original.id = event.id }
            if EventEncoder.content(of: original) != EventEncoder.content(of: event) { add(.mutated, mark) }
        }
    }

    /// A subscriber that was never reset has seen each position once.
    mutating func judge(_ witness: StreamWitness, named name: String, _ truth: ClusterTruth) {
        let seen = witness.current
        for problem in seen.problems { add(.unseen, "\(name): \(problem)") }
        guard seen.resets == 0 else { return }
        let wanted = truth.history.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element.count) }
        for (partition, count) in wanted where seen.positions[partition] != count {
            add(.unseen, "\(name): partition \(partition) up to \(seen.positions[partition] ?? 0) of \(count)")
        }
    }
}
