/// An instant: integer microseconds since 1970-01-01T00:00:00Z, always UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }

    package func advanced(byMicroseconds interval: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + interval)
    }

    package func advanced(bySeconds interval: Int64) -> Timestamp { advanced(byMicroseconds: interval * 1_000_000) }

    /// 2000-01-01T00:00:00Z: anything earlier is kept but flagged as implausible.
    package static let year2000 = Timestamp(seconds: 946_684_800)
}

// MARK: - RFC 3339

extension Timestamp {
    /// Strict RFC 3339: an offset is required, `:60` is refused, up to 9 fraction digits are cut to microseconds.
    /// Refused too: an instant that in UTC lies outside of the years 0000 to 9999.
    package init?(rfc3339 text: String) {
        var text = text
        guard let value = text.withUTF8({ Timestamp(rfc3339: $0) }) else { return nil }
        self = value
    }

    package init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 20, bytes.count <= 35,
            let year = Self.number(bytes, 0, 4), bytes[4] == UInt8(ascii: "-"),
            let month = Self.number(bytes, 5, 2), bytes[7] == UInt8(ascii: "-"),
            let day = Self.number(bytes, 8, 2), bytes[10] | 0x20 == UInt8(ascii: "t"),
            let hour = Self.number(bytes, 11, 2), bytes[13] == UInt8(ascii: ":"),
            let minute = Self.number(bytes, 14, 2), bytes[16] == UInt8(ascii: ":"),
            let second = Self.number(bytes, 17, 2),
            (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, year: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        guard let fraction = Self.fraction(bytes, &index), let offset = Self.offsetSeconds(bytes, index) else {
            return nil
        }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
        let microseconds = seconds * 1_000_000 + Int64(fraction)
        // An offset can lead out of the years that can be written: what is read must also be writable.
        guard Self.writable.contains(microseconds) else { return nil }
        self.microseconds = microseconds
    }

    /// 0000-01-01T00:00:00Z to the end of 9999, the years of RFC 3339.
    private static let writable: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

    /// `2026-11-23T10:02:29Z`, with 3 or 6 fraction digits where they are needed.
    package var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.maximumLength) { write(into: $0) }
    }

    package static let maximumLength = 27

    /// Writes the RFC 3339 form and returns its length, 27 bytes at most. Years beyond 0000-9999 are clamped.
    package func write(into out: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let clamped = min(max(microseconds, Self.writable.lowerBound), Self.writable.upperBound)
        let (days, inDay) = Self.floorDivide(clamped, 86_400_000_000)
        let (year, month, day) = Self.civil(daysSinceEpoch: Int(days))
        let seconds = Int(inDay / 1_000_000)
        let fraction = Int(inDay % 1_000_000)
        Self.put(year, 4, out, 0)
        out[4] = UInt8(ascii: "-")
        Self.put(month, 2, out, 5)
        out[7] = UInt8(ascii: "-")
        Self.put(day, 2, out, 8)
        out[10] = UInt8(ascii: "T")
        Self.put(seconds / 3600, 2, out, 11)
        out[13] = UInt8(ascii: ":")
        Self.put(seconds / 60 % 60, 2, out, 14)
        out[16] = UInt8(ascii: ":")
        Self.put(seconds % 60, 2, out, 17)
        var end = 19
        if fraction != 0 {
            out[19] = UInt8(ascii: ".")
            let digits = fraction % 1000 == 0 ? 3 : 6
            Self.put(digits == 3 ? fraction / 1000 : fraction, digits, out, 20)
            end = 20 + digits
        }
        out[end] = UInt8(ascii: "Z")
        return end + 1
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<start + count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private static func fraction(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Int? {
        guard bytes[index] == UInt8(ascii: ".") else { return 0 }
        index += 1
        var value = 0
        var digits = 0
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10 {
            if digits < 6 { value = value * 10 + Int(digit) }
            digits += 1
            index += 1
        }
        guard (1...9).contains(digits) else { return nil }
        for _ in min(digits, 6)..<6 { value *= 10 }
        return value
    }

    private static func offsetSeconds(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        let sign = bytes[index]
        if sign | 0x20 == UInt8(ascii: "z") { return index + 1 == bytes.count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index + 6 == bytes.count,
            let hours = number(bytes, index + 1, 2), bytes[index + 3] == UInt8(ascii: ":"),
            let minutes = number(bytes, index + 4, 2), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "+") ? seconds : -seconds
    }

    private static func days(inMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Howard Hinnant's `days_from_civil`.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Howard Hinnant's `civil_from_days`.
    private static func civil(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func put(_ value: Int, _ digits: Int, _ out: UnsafeMutableBufferPointer<UInt8>, _ at: Int) {
        var value = value
        for index in stride(from: at + digits - 1, through: at, by: -1) {
            out[index] = UInt8(ascii: "0") + UInt8(value % 10)
            value /= 10
        }
    }
}
