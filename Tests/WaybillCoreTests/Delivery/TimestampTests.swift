import Foundation
import TestSupport
import Testing
import WaybillCore

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-11-23T10:02:29.301Z", 1_795_428_149_301_000),
        ("2026-11-23t10:02:29.301z", 1_795_428_149_301_000),
        ("2026-11-23T11:02:29.301+01:00", 1_795_428_149_301_000),
        ("2026-11-23T10:02:29.301-00:00", 1_795_428_149_301_000),
        ("2026-11-22T10:03:29.301-23:59", 1_795_428_149_301_000),
        ("2026-11-23T10:02:29.3Z", 1_795_428_149_300_000),
        ("2026-11-23T10:02:29.301000999Z", 1_795_428_149_301_000),
        ("2026-11-23T10:02:29.301999999Z", 1_795_428_149_301_999),
        ("1969-12-31T23:59:59.9999999Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400_000_000),
        ("2024-02-29T23:59:59Z", 1_709_251_199_000_000),
        ("1582-10-15T00:00:00Z", -12_219_292_800_000_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func isAccepted(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-11-23T10:02:29", "2026-11-23T10:02Z", "2026-11-23 10:02:29Z",
        "2026-11-23T10:02:60Z", "2026-12-31T23:59:60Z", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-00T00:00:00Z",
        "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "+2026-11-23T10:02:29Z",
        "12026-11-23T10:02:29Z", "2026-1-23T10:02:29Z", "2026-11-23T1:02:29Z", "2026-11-23T10:02:29.Z",
        "2026-11-23T10:02:29.1234567890Z", "2026-11-23T10:02:29,5Z", "2026-11-23T10:02:29+01",
        "2026-11-23T10:02:29+0100",
        "2026-11-23T10:02:29+24:00", "2026-11-23T10:02:29+01:60", "2026-11-23T10:02:29+1:00", "2026-11-23T10:02:29ZZ",
        "2026-11-23T10:02:29Z ", " 2026-11-23T10:02:29Z", "2026-11-23T10:02:29 Z", "2026-11-23T10:02:29.5+",
        "2026-11-23T10:02:29.5", "2026-11-23X10:02:29Z", "2026/11/23T10:02:29Z", "2026-11-23T10.02.29Z",
        "２０２６-11-23T10:02:29Z", "2026-11-23T10:02:29−01:00", "2026-11-23T10:02:29.301+01:00:00",
        "2026-11-23T-1:02:29Z", "-026-11-23T10:02:29Z", "20261123T100229Z", "2026-W48-1T10:02:29Z", "now",
        // Instants outside of the years 0000 to 9999 in UTC cannot be written back.
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func isRefused(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_000, "1970-01-01T00:00:00.001Z"),
        (10, "1970-01-01T00:00:00.000010Z"),
        (1_795_428_149_301_000, "2026-11-23T10:02:29.301Z"),
        (1_795_428_149_300_001, "2026-11-23T10:02:29.300001Z"),
        (-62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
        (Int64.min, "0000-01-01T00:00:00Z"),
        (Int64.max, "9999-12-31T23:59:59.999999Z"),
    ])
    func isWritten(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).rfc3339 == text)
    }

    @Test func whatIsWrittenIsRead() {
        var chance = Chance(seed: Chance.seed(for: "timestamps"))
        for _ in 0..<50_000 {
            let value = Int64.random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &chance)
            let text = Timestamp(microseconds: value).rfc3339
            #expect(Timestamp(rfc3339: text)?.microseconds == value, "\(text)")
        }
    }

    /// The last instant of every month of 800 years, against Foundation's Gregorian calendar.
    @Test func everyMonthEnds() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for year in 1600...2400 {
            for month in 1...12 {
                let next = month == 12 ? (year + 1, 1) : (year, month + 1)
                let date = try #require(calendar.date(from: DateComponents(year: next.0, month: next.1, day: 1)))
                let first = Timestamp(seconds: Int64(date.timeIntervalSince1970))
                #expect(first.rfc3339 == "\(next.0)-\(next.1 < 10 ? "0" : "")\(next.1)-01T00:00:00Z")
                let last = first.advanced(byMicroseconds: -1)
                #expect(last.rfc3339.hasPrefix("\(year)-\(month < 10 ? "0" : "")\(month)-"))
                #expect(last.rfc3339.hasSuffix("T23:59:59.999999Z"))
                #expect(Timestamp(rfc3339: last.rfc3339) == last)
                #expect(Timestamp(rfc3339: first.rfc3339) == first)
            }
        }
    }

    /// Random text over the alphabet of times: what is accepted says what Foundation says.
    @Test func mutatedTimesAreRefusedOrRight() throws {
        var chance = Chance(seed: Chance.seed(for: "mutated times"))
        let alphabet = Array("0123456789-:.TZz+ ".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = Array("2026-11-23T10:02:29.301+01:00".utf8)
            for _ in 0..<chance.number(in: 1...2) { bytes[chance.number(in: bytes.indices)] = chance.pick(alphabet) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let value = Timestamp(rfc3339: text) else { continue }
            accepted += 1
            #expect(Timestamp(rfc3339: value.rfc3339) == value, "\(text)")
        }
        #expect(accepted > 100)
    }

    @Test func arithmetic() {
        let start = Timestamp(seconds: 10)
        #expect(start.advanced(bySeconds: -11).microseconds == -1_000_000)
        #expect(start.advanced(byMicroseconds: 1) > start)
        #expect(Timestamp.year2000.rfc3339 == "2000-01-01T00:00:00Z")
    }
}
