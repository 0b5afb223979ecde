import Testing
import WaybillCore

/// Working time over nights, weekends, holidays and changes of the clock.
@Suite struct WorkingCalendarTests {
    private static func berlin(_ shift: WorkingCalendar.Shift, holidays: [String] = []) throws -> WorkingCalendar {
        WorkingCalendar(
            zone: try Zones.named("Europe/Berlin"), week: Array(repeating: [shift], count: 5) + [[], []],
            holidays: Set(holidays.compactMap { CivilDate($0)?.number }))
    }

    private static let office = WorkingCalendar.Shift(from: 9 * 3600, to: 17 * 3600)

    /// 2026-11-23 is a Monday; Berlin is an hour ahead in winter, two in summer.
    @Test(arguments: [
        ("within a day", "2026-11-23T09:00:00Z", 2, "2026-11-23T11:00:00Z"),
        ("over night", "2026-11-23T15:00:00Z", 2, "2026-11-24T09:00:00Z"),
        ("from before opening", "2026-11-23T03:00:00Z", 1, "2026-11-23T09:00:00Z"),
        ("over the weekend", "2026-11-27T15:00:00Z", 2, "2026-11-30T09:00:00Z"),
        ("from Saturday", "2026-11-28T12:00:00Z", 8, "2026-11-30T16:00:00Z"),
        ("over Christmas", "2026-12-24T08:00:00Z", 9, "2026-12-28T09:00:00Z"),
        ("nothing", "2026-11-28T12:00:00Z", 0, "2026-11-28T12:00:00Z"),
    ])
    func hoursOfWork(_ name: String, _ start: String, _ hours: Int64, _ expected: String) throws {
        let calendar = try Self.berlin(Self.office, holidays: ["2026-12-25"])
        let end = calendar.instant(after: hours * 3600, from: Zones.instant(start))
        #expect(end == Zones.instant(expected), "\(name): \(end.rfc3339)")
        #expect(calendar.workingSeconds(from: Zones.instant(start), to: end) == hours * 3600)
    }

    /// A working day from midnight to midnight has 23 hours when the clock goes forward and 25 when it goes back.
    @Test(arguments: [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-01", 24)])
    func daysOfAnotherLength(_ day: String, _ hours: Int64) throws {
        let calendar = WorkingCalendar(
            zone: try Zones.named("Europe/Berlin"), week: Array(repeating: [.wholeDay], count: 7))
        let number = try #require(CivilDate(day)).number
        let noon = Timestamp(seconds: Int64(number) * 86_400 + 11 * 3600)
        let opening = calendar.openingOfNextWorkingDay(after: noon.advanced(bySeconds: -86_400))
        let closing = calendar.openingOfNextWorkingDay(after: noon)
        #expect(closing.seconds - opening.seconds == hours * 3600)
        #expect(calendar.workingSeconds(from: opening, to: closing) == hours * 3600)
    }

    @Test func aShiftInTheSkippedHour() throws {
        let calendar = WorkingCalendar(
            zone: try Zones.named("Europe/Berlin"),
            week: Array(repeating: [.init(from: 7200, to: 4 * 3600)], count: 7))
        // From 2 to 4 o'clock, but there is no hour from 2 to 3.
        let night = Zones.instant("2026-03-28T23:00:00Z")
        #expect(calendar.workingSeconds(from: night, to: night.advanced(bySeconds: 86_400)) == 3600)
    }

    @Test(arguments: [
        ("2026-11-23T10:00:00Z", "2026-11-24T08:00:00Z"), ("2026-11-27T22:59:00Z", "2026-11-30T08:00:00Z"),
        ("2026-11-27T23:30:00Z", "2026-11-30T08:00:00Z"), ("2026-12-24T10:00:00Z", "2026-12-28T08:00:00Z"),
        ("2026-03-27T10:00:00Z", "2026-03-30T07:00:00Z"),
    ])
    func theNextWorkingDay(_ now: String, _ expected: String) throws {
        let calendar = try Self.berlin(Self.office, holidays: ["2026-12-25"])
        #expect(calendar.openingOfNextWorkingDay(after: Zones.instant(now)) == Zones.instant(expected))
    }

    @Test func noWorkEver() {
        let never = WorkingCalendar(zone: .utc, week: Array(repeating: [], count: 7))
        let now = Zones.instant("2026-11-23T10:00:00Z")
        #expect(never.instant(after: 1, from: now) == .distantFuture)
        #expect(never.openingOfNextWorkingDay(after: now) == .distantFuture)
        #expect(never.workingSeconds(from: now, to: now.advanced(bySeconds: 1_000_000)) == 0)
    }

    /// Going so far and measuring it again gives the same, whatever the start.
    @Test func goingAndMeasuringAgree() throws {
        let calendar = try Self.berlin(Self.office, holidays: ["2026-12-25", "2026-12-26"])
        let start = Zones.instant("2026-10-01T00:00:00Z")
        for step in 0..<600 {
            let from = start.advanced(bySeconds: Int64(step) * 13_007)
            let seconds = Int64(step % 37) * 4_001 + 1
            let end = calendar.instant(after: seconds, from: from)
            #expect(calendar.workingSeconds(from: from, to: end) == seconds, "\(from.rfc3339) + \(seconds)")
        }
    }
}
