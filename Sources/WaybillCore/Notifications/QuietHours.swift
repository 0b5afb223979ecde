/// What the clocks of a place show: the program knows the zones, tests make some up.
package protocol ZoneRules: Sendable {
    /// Seconds that local time is ahead of UTC then; nil for a zone that is not known.
    func offsetSeconds(zone: String, at instant: Timestamp) -> Int?
}

/// A stretch of each local day in which nobody is disturbed, in minutes after midnight; it may span midnight.
package struct QuietHours: Hashable, Sendable {
    package var from: Int
    package var to: Int

    private static let dayMinutes = 24 * 60
    /// For channels that interrupt, where nobody said otherwise: 21:00 to 08:00.
    package static let standard = QuietHours(from: 21 * 60, to: 8 * 60)

    package init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }

    /// `{"from": "21:00", "to": "08:00"}`; nil for anything else.
    package init?(_ data: JSONFragment) {
        var (from, to): (Int?, Int?)
        var text = data.text
        text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "from": from = Self.minutes(try reader.readString())
                    case "to": to = Self.minutes(try reader.readString())
                    default: _ = try reader.skipValue()
                    }
                }
            } catch { (from, to) = (nil, nil) }
        }
        guard let from, let to else { return nil }
        self.init(from: from, to: to)
    }

    /// `HH:MM`.
    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hours = Int(parts[0]),
            let minutes = Int(parts[1]), (0..<24).contains(hours), (0..<60).contains(minutes)
        else { return nil }
        return hours * 60 + minutes
    }

    private func contains(_ minute: Int) -> Bool {
        from <= to ? (from..<to).contains(minute) : minute >= from || minute < to
    }

    /// The first instant from this one on that is not quiet: the instant itself, or the end of the quiet hours by the
    /// clocks of the zone, which may have been changed in between.
    package func firstMoment(from instant: Timestamp, zone: String, _ zones: any ZoneRules) -> Timestamp {
        guard from != to, let offset = zones.offsetSeconds(zone: zone, at: instant) else { return instant }
        let local = Self.floor(instant.microseconds, 1_000_000) + Int64(offset)
        let second = Int(local - Self.floor(local, 86_400) * 86_400)
        guard contains(second / 60) else { return instant }
        let untilEnd = (to * 60 - second + 86_400) % 86_400
        let end = Timestamp(seconds: Self.floor(instant.microseconds, 1_000_000) + Int64(untilEnd))
        let later = zones.offsetSeconds(zone: zone, at: end) ?? offset
        return max(instant, end.advanced(bySeconds: Int64(offset - later)))
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }
}
