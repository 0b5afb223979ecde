/// Names of the counters that are more than one number: parts, separated by slashes, of visible ASCII alone, so that
/// every store can compare and range over them. Reports and arrival times begin with `~`, behind all other names.
package enum CounterName {
    /// What comes before it is told by `/v1/stats` as a whole.
    package static let firstOfMany = "~"

    /// A part may hold what a person wrote: everything but letters, digits and `-._?` is escaped, and what is too long
    /// is cut.
    static func escape(_ text: String) -> String {
        if text.utf8.count <= 64, text.utf8.allSatisfy(isPlain) { return text }
        var escaped = ""
        for byte in text.utf8.prefix(64) {
            if isPlain(byte) {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }

    /// A code of a carrier or a country, as almost all are.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "?"):
            true
        default: false
        }
    }

    static func unescape(_ part: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What reports count of deliveries that came to an end, by day, carrier and lane.
package struct ReportCell: Hashable, Sendable {
    package enum Measure: String, CaseIterable, Sendable {
        case delivered
        /// By the first promise; those without one count in neither.
        case inTime = "in_time"
        case late, attempts
        /// From the handover, or from `created` where there was none, to the delivery.
        case transitMinutes = "transit_minutes"
        case returned, cancelled
    }

    /// The day it ended, in UTC, counted from 1970-01-01.
    package var day: Int
    package var carrier: String
    package var lane: String

    package init(day: Int, carrier: String, lane: String) {
        self.day = day
        self.carrier = carrier
        self.lane = lane
    }

    package func name(_ measure: Measure) -> String { "\(prefix)/\(measure.rawValue)" }

    private var prefix: String {
        "\(Self.start(of: day))\(CounterName.escape(carrier))/\(CounterName.escape(lane))"
    }

    /// The names of a day lie between its start and that of the next.
    package static func start(of day: Int) -> String { "~r/\(CivilDate(day: day).text)/" }

    /// Nil for a name of something else.
    package static func parse(_ name: String) -> (cell: ReportCell, measure: Measure)? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "~r", let day = CivilDate(String(parts[1]))?.number,
            let measure = Measure(rawValue: String(parts[4]))
        else { return nil }
        let cell = ReportCell(
            day: day, carrier: CounterName.unescape(parts[2]), lane: CounterName.unescape(parts[3]))
        return (cell, measure)
    }

    /// What one delivery adds: nothing before its end.
    package static func contribution(of folded: FoldedState) -> [(name: String, amount: Int64)] {
        let ended: (Timestamp?, Measure)
        switch folded.status {
        case .delivered: ended = (folded.deliveredAt, .delivered)
        case .returned: ended = (folded.returnedAt, .returned)
        case .cancelled: ended = (folded.cancelledAt, .cancelled)
        default: return []
        }
        guard let instant = ended.0 else { return [] }
        let cell = ReportCell(day: instant.dayNumber, carrier: folded.carrier ?? "", lane: Lane(folded).text)
        let prefix = cell.prefix
        var amounts: [(Measure, Int64)] = [(ended.1, 1)]
        if folded.attempts > 0 { amounts.append((.attempts, Int64(folded.attempts))) }
        if ended.1 == .delivered {
            if let promise = folded.accountablePromise {
                amounts.append((instant <= promise.latest ? .inTime : .late, 1))
            }
            if let start = folded.dispatchedAt ?? folded.createdAt, start < instant {
                // Never 0: no counter is kept for nothing.
                amounts.append((.transitMinutes, 1 + (instant.microseconds - start.microseconds) / 60_000_000))
            }
        }
        return amounts.map { ("\(prefix)/\($0.rawValue)", $1) }
    }
}

/// Arrival times as counters: one for each bucket of each group.
extension ArrivalModel {
    package static let namesFrom = "~a/"
    package static let namesTo = "~a0"

    static func name(_ group: Group, bucket: Int) -> String {
        let weekday = group.weekday.map(String.init) ?? ""
        let texts = [group.carrier, group.service, group.lane].map { CounterName.escape($0 ?? "") }
        return "~a/\(group.anchor.rawValue)/\(weekday)/\(texts.joined(separator: "/"))/\(bucket)"
    }

    /// What one delivery adds, when it is delivered.
    package static func contribution(of folded: FoldedState) -> [(name: String, amount: Int64)] {
        samples(of: folded).map { (name($0.group, bucket: QuantileSketch.bucket(of: $0.minutes)), 1) }
    }

    /// - Parameter counters: of any names; others than arrival times are passed over.
    package init(counters: some Sequence<(name: String, count: Int64)>) {
        var cells: [(group: Group, bucket: Int, count: Int64)] = []
        for (name, count) in counters {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 7, parts[0] == "~a", let anchor = Anchor(rawValue: String(parts[1])),
                let bucket = Int(parts[6])
            else { continue }
            let group = Group(
                anchor: anchor, weekday: Int(parts[2]), carrier: CounterName.unescape(parts[3]),
                service: CounterName.unescape(parts[4]), lane: CounterName.unescape(parts[5]))
            cells.append((group, bucket, count))
        }
        self.init(cells)
    }
}
