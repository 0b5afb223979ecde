import WaybillCore

/// Many lives over a simulated period, merged into one stream in the order in which their sources speak.
///
/// Lives are made when they begin and forgotten when they end. As at most `ordersPerDay` begin on a day and none is
/// longer than `Life.longest`, memory is bounded whatever the number of deliveries (`openLivesBound`).
package struct Scenario: Sequence, Sendable {
    package let deliveries: Int
    package let seed: UInt64
    /// The first order is placed after this instant.
    package let start: Timestamp
    /// Nothing is told after this instant: lives that are not over are cut here, as real ones are.
    package let end: Timestamp
    package let world: Surroundings
    private let role: Role?

    /// `role` nil plays all services; any other plays that one alone, and says exactly its part of the whole.
    package init(
        deliveries: Int, seed: UInt64, until end: Timestamp = Scenario.fixedEnd, as role: Role? = nil,
        merchant: MerchantID = .default, shares: Shares = .usual
    ) {
        precondition(deliveries >= 1, "a scenario needs a delivery")
        self.deliveries = deliveries
        self.seed = seed
        self.end = end
        self.role = role
        let days = Swift.max(Self.shortestPeriodDays, (deliveries + Self.ordersPerDay - 1) / Self.ordersPerDay)
        start = end.advanced(bySeconds: -Int64(days) * 86_400)
        world = Surroundings(seed: seed, merchant: merchant, shares: shares, from: start, to: end)
    }

    /// 2025-12-01T12:00:00Z: the end where no clock is read, so that the same seed gives the same bytes.
    /// It lies in the past, so that what is written to a file can be offered to a server.
    package static let fixedEnd = Timestamp(seconds: 1_764_590_400)

    /// A platform of a good size; a scenario of more deliveries takes more days.
    package static let ordersPerDay = 10_000
    /// Long enough that some deliveries have ended in each way and others are still on the road.
    package static let shortestPeriodDays = 14

    /// More lives than this are never open at once.
    package static let openLivesBound = ordersPerDay * Int(Life.longest / 86_400 + 1)

    /// Events of an average delivery, by experience; for estimates before the first event is made.
    package static let eventsPerDelivery = 13.0

    /// Orders are spread evenly, each at a random moment of its share of the period.
    func orderTime(of number: Int) -> Timestamp {
        let share = Double(end.microseconds - start.microseconds) / 1e6 / Double(deliveries)
        var dice = world.seed.stream("order time", number)
        return start.advanced(bySeconds: Int64((Double(number) + dice.unit()) * share))
    }

    package func makeIterator() -> Iterator { Iterator(self, role: role) }

    package struct Iterator: IteratorProtocol {
        private let scenario: Scenario
        private let role: Role?
        private var open = OpenLives()
        private var begun = 0
        private var nextOrder: Timestamp?
        /// The most lives that were open at once.
        package private(set) var mostOpen = 0

        init(_ scenario: Scenario, role: Role?) {
            self.scenario = scenario
            self.role = role
            nextOrder = scenario.orderTime(of: 0)
        }

        package mutating func next() -> Publication? {
            while true {
                beginDueLives()
                guard let instant = open.next, instant <= scenario.end else { return nil }
                let publication = open.tell(in: scenario.world)
                if role == nil || publication.step.source.role == role { return publication }
            }
        }

        /// A life may say its first word at the instant of its order, so it begins before anything later is told.
        private mutating func beginDueLives() {
            while let order = nextOrder, open.next.map({ order <= $0 }) ?? true {
                open.add(Life(number: begun, orderedAt: order, in: scenario.world))
                begun += 1
                nextOrder = begun < scenario.deliveries ? scenario.orderTime(of: begun) : nil
            }
            mostOpen = Swift.max(mostOpen, open.count)
        }
    }
}
