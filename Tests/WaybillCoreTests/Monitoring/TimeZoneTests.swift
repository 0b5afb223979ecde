import Foundation
import TestSupport
import Testing
import WaybillCore

/// Zone rules against Python's `zoneinfo`, and against what POSIX rules say of years behind the table.
@Suite struct TimeZoneTests {
    private struct Vector: Decodable {
        var zone: String
        var local: String
        var kind: String
        var first: String
        var second: String

        enum CodingKeys: String, CodingKey {
            case zone, local, kind
            case first = "utc_fold0"
            case second = "utc_fold1"
        }
    }

    @Test func localTimesAreTheInstantsOfAnotherProgram() throws {
        let vectors = try JSONDecoder().decode([Vector].self, from: Fixture.data("timezones/local_to_utc.json"))
        #expect(Set(vectors.map(\.kind)) == ["plain", "gap", "fold"] && vectors.count > 90)
        for vector in vectors {
            let zone = try Zones.named(vector.zone)
            let local = Zones.instant(vector.local + "Z").seconds
            #expect(zone.instant(local: local) == Zones.instant(vector.first).seconds, "\(vector)")
            #expect(
                zone.instant(local: local, reading: .second) == Zones.instant(vector.second).seconds, "\(vector)")
        }
    }

    @Test(arguments: [
        ("Europe/Berlin", "2050-07-01T12:00:00Z", 7200), ("Europe/Berlin", "2050-01-01T12:00:00Z", 3600),
        ("America/New_York", "2050-03-13T06:59:59Z", -18000), ("America/New_York", "2050-03-13T07:00:00Z", -14400),
        ("Australia/Sydney", "2050-01-01T00:00:00Z", 39600), ("Australia/Sydney", "2050-06-01T00:00:00Z", 36000),
        ("Europe/Dublin", "2050-06-01T00:00:00Z", 3600), ("Europe/Dublin", "2050-12-01T00:00:00Z", 0),
        ("America/Sao_Paulo", "2050-12-01T00:00:00Z", -10800), ("Asia/Kolkata", "2050-12-01T00:00:00Z", 19800),
    ])
    func rulesHoldBehindTheTable(_ zone: String, _ instant: String, _ offset: Int) throws {
        #expect(try Zones.named(zone).offset(at: Zones.instant(instant).seconds) == offset)
    }

    @Test func whatIsNoZoneIsRefused() throws {
        let bytes = Array(try Fixture.data("timezones/Europe_Berlin.tzif"))
        #expect(TimeZoneRules(name: "x", tzif: []) == nil)
        #expect(TimeZoneRules(name: "x", tzif: Array("TZif2 and then nothing".utf8)) == nil)
        for length in stride(from: 0, to: bytes.count - 30, by: 97) {
            #expect(TimeZoneRules(name: "x", tzif: Array(bytes.prefix(length))) == nil, "\(length) bytes")
        }
    }

    @Test func daysAreCountedBothWays() {
        for number in stride(from: -30_000, to: 60_000, by: 7) {
            let date = CivilDate(day: number)
            #expect(date.number == number && CivilDate(date.text) == (date.year >= 0 ? date : nil))
        }
        #expect(CivilDate("2026-02-29") == nil && CivilDate("2026-2-1") == nil)
        #expect(WorkingCalendar.weekday(of: CivilDate(year: 2026, month: 11, day: 23).number) == 0, "a Monday")
    }
}
