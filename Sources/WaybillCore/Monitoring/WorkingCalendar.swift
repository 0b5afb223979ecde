/// When work is done at some place: hours of each weekday in a time zone, and holidays.
package struct WorkingCalendar: Sendable {
    /// A piece of a day: seconds from local midnight, 0 to 86,400.
    package struct Shift: Hashable, Sendable {
        package var from: Int
        package var to: Int

        package init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }

        package static let wholeDay = Shift(from: 0, to: 86_400)
    }

    package var zone: TimeZoneRules
    /// Of each weekday, Monday first, in order and apart; none on days without work.
    package var week: [[Shift]]
    /// Days without work, counted from 1970-01-01.
    package var holidays: Set<Int>

    package init(zone: TimeZoneRules, week: [[Shift]], holidays: Set<Int> = []) {
        precondition(week.count == 7, "a week has seven days")
        self.zone = zone
        self.week = week
        self.holidays = holidays
    }

    /// Monday to Friday around the clock: what silence is counted in, so that a weekend never makes a parcel stalled.
    package static let weekdays = WorkingCalendar(
        zone: .utc, week: Array(repeating: [.wholeDay], count: 5) + [[], []])

    /// Monday to Friday, 9 to 17 o'clock: the people at the desk.
    package static let officeHours = WorkingCalendar(
        zone: .utc, week: Array(repeating: [Shift(from: 9 * 3600, to: 17 * 3600)], count: 5) + [[], []])

    // MARK: Questions

    /// The instant at which so much working time has passed; `start` itself for none.
    ///
    /// `distantFuture` where no work is done for ten years.
    package func instant(after seconds: Int64, from start: Timestamp) -> Timestamp {
        guard seconds > 0 else { return start }
        var left = seconds * 1_000_000
        var from = start.microseconds
        let first = localDay(of: start)
        for day in first..<first + Self.horizonDays {
            for (begin, end) in shifts(on: day) where end > from {
                let opening = max(begin, from)
                if end - opening >= left { return Timestamp(microseconds: opening + left) }
                left -= end - opening
                from = end
            }
        }
        return .distantFuture
    }

    /// Working time between two instants, in seconds.
    package func workingSeconds(from start: Timestamp, to end: Timestamp) -> Int64 {
        guard start < end else { return 0 }
        var sum: Int64 = 0
        for day in localDay(of: start)...localDay(of: end) {
            for (opening, closing) in shifts(on: day) {
                sum += max(0, min(closing, end.microseconds) - max(opening, start.microseconds))
            }
        }
        return sum / 1_000_000
    }

    /// When work begins on the next working day after the one of this instant.
    package func openingOfNextWorkingDay(after instant: Timestamp) -> Timestamp {
        let today = localDay(of: instant)
        for day in today + 1..<today + 1 + Self.horizonDays {
            if let opening = shifts(on: day).first?.opening { return Timestamp(microseconds: opening) }
        }
        return .distantFuture
    }

    package func isWorkingDay(_ day: Int) -> Bool { !holidays.contains(day) && !week[Self.weekday(of: day)].isEmpty }

    /// 0 is Monday. 1970-01-01 was a Thursday.
    package static func weekday(of day: Int) -> Int { (day % 7 + 10) % 7 }

    /// The local day of an instant, counted from 1970-01-01.
    package func localDay(of instant: Timestamp) -> Int {
        Int((instant.seconds + Int64(zone.offset(at: instant.seconds))).floorDivided(by: 86_400))
    }

    // MARK: Days

    private static let horizonDays = 3660

    /// In microseconds. On the day of a change of the clock a shift is an hour longer or shorter than it looks.
    private func shifts(on day: Int) -> [(opening: Int64, closing: Int64)] {
        guard isWorkingDay(day) else { return [] }
        return week[Self.weekday(of: day)].map { shift in
            (microseconds(day, shift.from), microseconds(day, shift.to))
        }
    }

    private func microseconds(_ day: Int, _ second: Int) -> Int64 {
        zone.instant(local: Int64(day) * 86_400 + Int64(second)) * 1_000_000
    }
}

extension Timestamp {
    /// Later than anything that will happen.
    package static let distantFuture = Timestamp(seconds: 253_402_300_799)
}
