import WaybillCore

/// What all lives of one scenario share. A class, so that handing it around costs nothing.
package final class Surroundings: Sendable {
    package let merchant: MerchantID
    package let shares: Shares
    package let seed: SeededGenerator
    package let geography: Geography
    package let weather: Weather
    package let sources: Sources
    package let gazetteer: Gazetteer
    let calendars: [LocalCalendar]
    let fates: WeightedChoice<Fate>
    /// `WB-<seed in hex>-`.
    let idPrefix: String

    package init(
        seed: UInt64, merchant: MerchantID = .default, shares: Shares = .usual, from start: Timestamp, to end: Timestamp
    ) {
        let generator = SeededGenerator(seed: seed)
        let geography = Geography()
        self.seed = generator
        self.merchant = merchant
        self.shares = shares
        self.geography = geography
        weather = Weather(
            over: geography.hubs, from: start, to: end.advanced(bySeconds: Life.longest), perDay: shares.stormsPerDay,
            seed: generator.stream("weather"))
        sources = Sources(in: geography, skewedShare: shares.skewedClock, seed: generator.stream("clocks"))
        gazetteer = Gazetteer(of: geography)
        calendars = geography.cities.map { LocalCalendar(of: $0.country) }
        fates = Fate.choice(shares)
        idPrefix = "WB-\(String(seed, radix: 16))-"
    }
}

/// How a life ends, drawn before it begins.
enum Fate: Sendable {
    case delivered, cancelled, lost, damaged, refused, silent

    static func choice(_ shares: Shares) -> WeightedChoice<Fate> {
        let others: [(Fate, Double)] = [
            (.cancelled, shares.cancelled), (.lost, shares.lost), (.damaged, shares.damaged),
            (.refused, shares.refused), (.silent, shares.silent),
        ]
        return WeightedChoice([(.delivered, 1 - others.reduce(0) { $0 + $1.1 })] + others)
    }
}
