import WaybillCore

/// The clock on the wall where a delivery goes: fixed offsets of Europe's countries, with its summer time.
///
/// A country that is not listed, or has several zones, is shown in UTC, and the page says so: a zone is never guessed.
package struct LocalClock: Sendable {
    package struct Time: Hashable, Sendable {
        var year: Int
        var month: Int
        var day: Int
        package var hour: Int
        package var minute: Int
        /// 0 is Sunday.
        var weekday: Int
    }

    let zone: String
    private let offsetHours: Int?

    package init(country: String?) {
        let known = country.flatMap { Self.zones[$0] }
        zone = known?.name ?? "UTC"
        offsetHours = known?.hours
    }

    package func time(_ instant: Timestamp) -> Time {
        let (days, inDay) = Self.floorDivide(instant.microseconds / 1_000_000 + offset(at: instant), 86_400)
        let (year, month, day) = Self.civil(days)
        return Time(
            year: year, month: month, day: day, hour: Int(inDay) / 3600, minute: Int(inDay) / 60 % 60,
            weekday: Int(Self.floorDivide(days + 4, 7).1))
    }

    /// The number of the local day, for telling today from tomorrow.
    package func day(_ instant: Timestamp) -> Int64 {
        Self.floorDivide(instant.microseconds / 1_000_000 + offset(at: instant), 86_400).0
    }

    /// The instant of an hour on a local day.
    package func instant(day: Int64, hour: Int64) -> Timestamp {
        let local = day * 86_400 + hour * 3600
        let guess = Timestamp(seconds: local - Int64(offsetHours ?? 0) * 3600)
        return Timestamp(seconds: local - offset(at: guess))
    }

    private func offset(at instant: Timestamp) -> Int64 {
        guard let offsetHours else { return 0 }
        return Int64(offsetHours) * 3600 + (Self.isSummer(instant.microseconds / 1_000_000) ? 3600 : 0)
    }

    /// From 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October (Directive 2000/84/EC).
    private static func isSummer(_ seconds: Int64) -> Bool {
        let (year, _, _) = civil(floorDivide(seconds, 86_400).0)
        return seconds >= lastSunday(year, 3) * 86_400 + 3600 && seconds < lastSunday(year, 10) * 86_400 + 3600
    }

    /// Days since the epoch; both months have 31 days.
    private static func lastSunday(_ year: Int, _ month: Int) -> Int64 {
        let end = Timestamp(rfc3339: "\(padded(year, 4))-\(padded(month, 2))-31T00:00:00Z")?.microseconds ?? 0
        let day = end / 86_400_000_000
        return day - floorDivide(day + 4, 7).1
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let rest = ((value % by) + by) % by
        return ((value - rest) / by, rest)
    }

    /// Read off the one calendar of this program.
    private static func civil(_ days: Int64) -> (Int, Int, Int) {
        let parts = Timestamp(seconds: days * 86_400).rfc3339.prefix(10).split(separator: "-").compactMap { Int($0) }
        return (parts[0], parts[1], parts[2])
    }

    private static let zones: [String: (name: String, hours: Int)] = {
        var zones: [String: (name: String, hours: Int)] = [:]
        for country in ["GB", "IE", "PT"] { zones[country] = (country == "PT" ? "Lisboa" : "London", 0) }
        let central = [
            "DE": "Berlin", "FR": "Paris", "NL": "Amsterdam", "BE": "Bruxelles", "LU": "Luxembourg", "PL": "Warszawa",
            "CZ": "Praha", "AT": "Wien", "CH": "Zürich", "IT": "Roma", "ES": "Madrid", "DK": "København",
            "SE": "Stockholm", "NO": "Oslo", "HU": "Budapest", "SK": "Bratislava", "SI": "Ljubljana", "HR": "Zagreb",
        ]
        for (country, city) in central { zones[country] = (city, 1) }
        let eastern = [
            "FI": "Helsinki", "GR": "Athína", "RO": "București", "BG": "Sofia", "EE": "Tallinn", "LV": "Rīga",
            "LT": "Vilnius",
        ]
        for (country, city) in eastern { zones[country] = (city, 2) }
        return zones
    }()
}
