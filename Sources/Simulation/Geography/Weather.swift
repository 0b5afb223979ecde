import WaybillCore

/// Storms that close hubs for hours: shared by all deliveries, so that a region falls behind together.
package struct Weather: Sendable {
    package struct Storm: Sendable {
        package let start: Timestamp
        package let end: Timestamp
        package let centre: Coordinate
        package let radius: Double
    }

    package let storms: [Storm]
    /// For each hub the storms that reach it, by start.
    private let closures: [[Storm]]

    /// Storms of every day that the period touches; a day's storms depend on the seed and the day alone.
    package init(over hubs: [Hub], from start: Timestamp, to end: Timestamp, perDay: Double, seed: SeededGenerator) {
        let days = Int(start.microseconds / Self.day)...Int(end.microseconds / Self.day)
        let storms = days.flatMap { Self.storms(onDay: $0, over: hubs, perDay: perDay, seed.stream("storms", $0)) }
        self.storms = storms
        closures = hubs.map { hub in
            storms.filter { $0.centre.kilometres(to: hub.coordinate) <= $0.radius }.sorted { $0.start < $1.start }
        }
    }

    /// When the storm over this hub ends, if one rages at this instant.
    package func reopening(of hub: Hub.ID, at instant: Timestamp) -> Timestamp? {
        closures[Int(hub)].first { $0.start <= instant && instant < $0.end }?.end
    }

    private static let day: Int64 = 86_400_000_000

    /// At most four storms begin on a day; each is centred near a hub, since only those are felt.
    private static func storms(
        onDay day: Int, over hubs: [Hub], perDay: Double, _ seed: SeededGenerator
    ) -> [Storm] {
        var dice = seed
        var storms: [Storm] = []
        for _ in 0..<4 where dice.chance(perDay / 4) {
            let near = dice.pick(hubs).coordinate
            let start = Timestamp(seconds: Int64(day) * 86_400 + Int64(dice.uniform(0...86_399)))
            let hours = min(48, dice.logNormal(median: 14, sigma: 0.5))
            storms.append(
                Storm(
                    start: start, end: start.advanced(bySeconds: Int64(hours * 3600)),
                    centre: Coordinate(
                        latitude: near.latitude + dice.uniform(-1...1),
                        longitude: near.longitude + dice.uniform(-1...1)),
                    radius: dice.uniform(140...420)))
        }
        return storms
    }
}
