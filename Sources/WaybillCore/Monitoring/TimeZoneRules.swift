/// The rules of one time zone: a pure reader of TZif (RFC 9636), whose bytes somebody else has read.
///
/// Local times are turned into instants as Python's `fold` (PEP 495) has it: a time that happens twice means the first
/// unless told otherwise, a time that is skipped is read with the offset before the gap.
package struct TimeZoneRules: Sendable {
    package enum Reading: Sendable { case first, second }

    package let name: String
    /// Instants, in seconds, from which the offset at the same index holds.
    private let transitions: [Int64]
    private let offsets: [Int]
    /// Before the first transition.
    private let initialOffset: Int
    /// For instants after the last transition; nil where the last offset holds for ever.
    private let footer: RecurringRule?

    package static let utc = TimeZoneRules(name: "UTC", fixedOffset: 0)

    package init(name: String, fixedOffset: Int) {
        self.name = name
        transitions = []
        offsets = []
        initialOffset = fixedOffset
        footer = nil
    }

    /// Nil for bytes that are no TZif of version 2 or later.
    package init?(name: String, tzif bytes: [UInt8]) {
        guard let first = TZifHeader(bytes, at: 0), first.version >= UInt8(ascii: "2"),
            let header = TZifHeader(bytes, at: first.end(timeBytes: 4)),
            header.end(timeBytes: 8) <= bytes.count, header.types > 0
        else { return nil }
        self.name = name
        let start = header.dataStart
        let kinds = start + header.times * 8
        let types = kinds + header.times
        let utcOffsets = (0..<header.types).map { Int(Self.integer(bytes, types + $0 * 6, 4)) }
        transitions = (0..<header.times).map { Self.integer(bytes, start + $0 * 8, 8) }
        let indices = (0..<header.times).map { Int(bytes[kinds + $0]) }
        guard indices.allSatisfy({ $0 < header.types }) else { return nil }
        offsets = indices.map { utcOffsets[$0] }
        initialOffset = utcOffsets[0]
        let text = bytes[header.end(timeBytes: 8)...].split(separator: UInt8(ascii: "\n")).first ?? []
        footer = RecurringRule(String(decoding: text, as: UTF8.self))
    }

    // MARK: Offsets

    /// Seconds east of UTC at an instant, in seconds since 1970.
    package func offset(at instant: Int64) -> Int {
        guard let last = transitions.last, instant < last else {
            return footer?.offset(at: instant) ?? offsets.last ?? initialOffset
        }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? initialOffset : offsets[low - 1]
    }

    /// The instant of a local time, in seconds since 1970, both ways.
    /// - Parameter local: seconds since 1970 as if the clock on the wall showed UTC.
    package func instant(local: Int64, reading: Reading = .first) -> Int64 {
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        let (first, second) = (local - Int64(before), local - Int64(after))
        guard before != after else { return first }
        switch (offset(at: first) == before, offset(at: second) == after) {
        case (true, false): return first
        case (false, true): return second
        default: return reading == .first ? first : second
        }
    }

    private static func integer(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64 {
        let value = bytes[start..<start + count].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
}

/// One of the two headers of a TZif file.
private struct TZifHeader {
    let version: UInt8
    let dataStart: Int
    private let counts: [Int]

    init?(_ bytes: [UInt8], at start: Int) {
        guard bytes.count >= start + 44, Array(bytes[start..<start + 4]) == Array("TZif".utf8) else { return nil }
        version = bytes[start + 4]
        dataStart = start + 44
        counts = (0..<6).map { index in
            bytes[start + 20 + index * 4..<start + 24 + index * 4].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    var times: Int { counts[3] }
    var types: Int { counts[4] }

    /// Behind the data block, whose times have 4 or 8 bytes.
    func end(timeBytes: Int) -> Int {
        let (isUT, isStandard, leaps, characters) = (counts[0], counts[1], counts[2], counts[5])
        return dataStart + times * timeBytes + times + types * 6 + characters + leaps * (timeBytes + 4) + isStandard
            + isUT
    }
}
