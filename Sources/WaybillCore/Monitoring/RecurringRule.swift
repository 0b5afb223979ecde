/// The footer of a TZif file: what holds every year after the last transition, as POSIX writes it in `TZ`
/// (`CET-1CEST,M3.5.0,M10.5.0/3`).
struct RecurringRule: Sendable {
    private let standard: Int
    private let summer: Summer?

    private struct Summer: Sendable {
        var offset: Int
        var begins: YearlyMoment
        var ends: YearlyMoment
    }

    /// Nil for text that is no such rule.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard Self.skipName(&rest), let standardWest = Self.time(&rest) else { return nil }
        standard = -standardWest
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        guard Self.skipName(&rest) else { return nil }
        var offset = standard + 3600
        if rest.first != UInt8(ascii: ","), let west = Self.time(&rest) { offset = -west }
        guard let begins = YearlyMoment(&rest), let ends = YearlyMoment(&rest), rest.isEmpty else { return nil }
        summer = Summer(offset: offset, begins: begins, ends: ends)
    }

    func offset(at instant: Int64) -> Int {
        guard let summer else { return standard }
        let year = CivilDate(day: Int((instant + Int64(standard)).floorDivided(by: 86_400))).year
        // Each moment is on the wall clock that it ends.
        let begin = summer.begins.local(in: year) - Int64(standard)
        let end = summer.ends.local(in: year) - Int64(summer.offset)
        let isSummer = begin < end ? (begin..<end).contains(instant) : !(end..<begin).contains(instant)
        return isSummer ? summer.offset : standard
    }

    /// Letters, or anything between angle brackets.
    private static func skipName(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == UInt8(ascii: "<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let count = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }.count
        rest = rest.dropFirst(count)
        return count >= 3
    }

    /// `[+-]h[h[h]][:mm[:ss]]`, in seconds.
    fileprivate static func time(_ rest: inout ArraySlice<UInt8>) -> Int? {
        var sign = 1
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { sign = -1 }
            rest = rest.dropFirst()
        }
        guard var seconds = number(&rest).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where rest.first == UInt8(ascii: ":") {
            rest = rest.dropFirst()
            guard let value = number(&rest) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    fileprivate static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, digits.count <= 3 else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}

/// A moment of every year: a weekday of a month, or a day of the year, and a time of that day.
private struct YearlyMoment: Sendable {
    private enum Day: Sendable {
        /// Week 5 is the last; weekday 0 is Sunday.
        case weekday(month: Int, week: Int, weekday: Int)
        /// 1 to 365; February 29 is never counted.
        case julian(Int)
        /// 0 to 365; February 29 is counted.
        case ofYear(Int)
    }

    private let day: Day
    private let seconds: Int

    /// Reads `,date[/time]`.
    init?(_ rest: inout ArraySlice<UInt8>) {
        guard rest.popFirst() == UInt8(ascii: ",") else { return nil }
        switch rest.first {
        case UInt8(ascii: "M"):
            rest = rest.dropFirst()
            guard let month = RecurringRule.number(&rest), rest.popFirst() == UInt8(ascii: "."),
                let week = RecurringRule.number(&rest), rest.popFirst() == UInt8(ascii: "."),
                let weekday = RecurringRule.number(&rest), (1...12).contains(month), (1...5).contains(week),
                weekday < 7
            else { return nil }
            day = .weekday(month: month, week: week, weekday: weekday)
        case UInt8(ascii: "J"):
            rest = rest.dropFirst()
            guard let number = RecurringRule.number(&rest) else { return nil }
            day = .julian(number)
        default:
            guard let number = RecurringRule.number(&rest) else { return nil }
            day = .ofYear(number)
        }
        guard rest.first == UInt8(ascii: "/") else {
            seconds = 7200
            return
        }
        rest = rest.dropFirst()
        guard let time = RecurringRule.time(&rest) else { return nil }
        seconds = time
    }

    /// In seconds since 1970 on the wall clock.
    func local(in year: Int) -> Int64 { Int64(number(in: year)) * 86_400 + Int64(seconds) }

    private func number(in year: Int) -> Int {
        switch day {
        case .weekday(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).number
            // 1970-01-01 was a Thursday.
            let shift = (weekday - (first + 4) % 7 + 14) % 7
            let candidate = first + shift + (week - 1) * 7
            let next = CivilDate(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1).number
            return candidate < next ? candidate : candidate - 7
        case .julian(let day):
            let leap = CivilDate(year: year, month: 3, day: 1).number - CivilDate(year: year, month: 2, day: 28).number
            let isShifted = leap == 2 && day >= 60
            return CivilDate(year: year, month: 1, day: 1).number + day - (isShifted ? 0 : 1)
        case .ofYear(let day): return CivilDate(year: year, month: 1, day: 1).number + day
        }
    }
}
