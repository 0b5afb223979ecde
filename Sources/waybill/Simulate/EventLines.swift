import Simulation
import WaybillCore

/// Lines of NDJSON, made a batch at a time.
struct EventLines {
    struct Batch: Sendable {
        let bytes: [UInt8]
        /// One for each line: nil for an event that is to be accepted.
        let spoilages: [Spoilage?]
        /// The scenario's time after the last line.
        let reached: Timestamp

        var count: Int { spoilages.count }
    }

    private var publications: Scenario.Iterator
    private(set) var tally: Tally

    init(_ scenario: Scenario, of role: Role?) {
        publications = scenario.makeIterator()
        tally = Tally(of: role)
    }

    /// Nil when everything has been said.
    mutating func next(_ count: Int) -> Batch? {
        var json = JSONWriter(capacity: count * 480)
        var spoilages: [Spoilage?] = []
        spoilages.reserveCapacity(count)
        var reached = Timestamp(microseconds: 0)
        while spoilages.count < count, let publication = publications.next() {
            publication.write(to: &json)
            json.newline()
            tally.count(publication)
            spoilages.append(publication.spoilage)
            reached = publication.instant
        }
        return spoilages.isEmpty ? nil : Batch(bytes: json.bytes, spoilages: spoilages, reached: reached)
    }
}
