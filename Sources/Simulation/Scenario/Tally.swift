import WaybillCore

/// What was said so far, counted.
package struct Tally: Sendable {
    package private(set) var lines = 0
    package private(set) var deliveries = 0
    /// Different events, without repetitions and without what was spoiled.
    package private(set) var events = 0
    package private(set) var repetitions = 0
    package private(set) var late = 0
    package private(set) var outOfOrder = 0
    package private(set) var corrections = 0
    package private(set) var positions = 0
    /// Offered on purpose to be refused, by the code that is expected.
    package private(set) var spoiled: [EventRejection.Code: Int] = [:]

    private let firstWord: Publication.Traits

    /// Counts what all services say, or what one says alone.
    package init(of role: Role? = nil) { firstWord = role == nil ? .firstOfDelivery : .firstOfRole }

    package mutating func count(_ publication: Publication) {
        lines += 1
        if publication.traits.contains(firstWord) { deliveries += 1 }
        if let spoilage = publication.spoilage {
            spoiled[spoilage.code, default: 0] += 1
        } else if publication.traits.contains(.repetition) {
            repetitions += 1
        } else {
            events += 1
            if publication.traits.contains(.late) { late += 1 }
            if publication.traits.contains(.outOfOrder) { outOfOrder += 1 }
            if publication.step.type == .correction { corrections += 1 }
            if publication.step.type == .position { positions += 1 }
        }
    }

    /// What it did, in words.
    package var words: [String] {
        var lines = [
            "\(deliveries) deliveries said \(events) events, \(positions) of them positions, "
                + "\(corrections) corrections.",
            "\(late) came an hour or more after they happened, \(outOfOrder) after something that happened later.",
            "\(repetitions) were said twice in the same words.",
        ]
        let total = spoiled.values.reduce(0, +)
        if total > 0 {
            let codes = spoiled.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
            lines.append("\(total) were offered on purpose to be refused: \(codes.joined(separator: ", ")).")
        }
        return lines
    }
}
