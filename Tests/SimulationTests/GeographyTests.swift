import Simulation
import Testing
import WaybillCore

@Suite struct GeographyTests {
    let geography = Geography()

    @Test func distancesAreThoseOfTheGlobe() {
        let berlin = Coordinate(latitude: 52.52, longitude: 13.405)
        let paris = Coordinate(latitude: 48.857, longitude: 2.352)
        let tokyo = Coordinate(latitude: 35.682, longitude: 139.759)
        #expect(abs(berlin.kilometres(to: paris) - 878) < 3)
        #expect(abs(berlin.kilometres(to: tokyo) - 8918) < 20)
        #expect(berlin.kilometres(to: berlin) == 0)
    }

    @Test func everyCityReachesEveryOtherInTheHoursThatParcelsTake() {
        for origin in geography.cities.indices {
            for destination in geography.cities.indices {
                for service in Service.allCases {
                    let route = geography.route(from: City.ID(origin), to: City.ID(destination), service)
                    #expect(route.first == geography.hub(serving: City.ID(origin)))
                    #expect(route.last == geography.hub(serving: City.ID(destination)))
                    #expect(Set(route).count == route.count)
                    #expect(route.count <= 8)
                }
            }
        }
    }

    @Test func slugsAreUniqueAndPlain() {
        let slugs = geography.hubs.map(\.slug)
        #expect(Set(slugs).count == slugs.count)
        for slug in slugs + geography.cities.map(\.slug) {
            #expect(slug.allSatisfy { "abcdefghijklmnopqrstuvwxyz-".contains($0) }, "\(slug)")
        }
    }

    @Test func aStormIsSharedByTheHubsItReaches() {
        let scenario = Scenario(deliveries: 140_000, seed: 9)
        let weather = scenario.world.weather
        #expect(weather.storms.count > 5)
        for storm in weather.storms {
            let hubs = geography.hubs.indices.filter {
                geography.hubs[$0].coordinate.kilometres(to: storm.centre) <= storm.radius
            }
            for hub in hubs {
                let reopening = weather.reopening(of: Hub.ID(hub), at: storm.start)
                #expect((reopening ?? storm.start) > storm.start)
            }
        }
    }

    @Test func streamsOfOneSeedAreIndependent() {
        let seed = SeededGenerator(seed: 1)
        var drained = seed
        _ = drained.next()
        var (first, second, other) = (seed.stream("a"), drained.stream("a"), seed.stream("b"))
        let value = first.next()
        #expect(value == second.next())
        #expect(value != other.next())
    }

    @Test func distributionsHaveTheirMeans() {
        var dice = SeededGenerator(seed: 5)
        let draws = 100_000
        let normal = (0..<draws).reduce(0.0) { sum, _ in sum + dice.normal() } / Double(draws)
        let exponential = (0..<draws).reduce(0.0) { sum, _ in sum + dice.exponential(mean: 3) } / Double(draws)
        let below = (0..<draws).count { _ in dice.logNormal(median: 2, sigma: 0.7) < 2 }
        #expect(abs(normal) < 0.02)
        #expect(abs(exponential - 3) < 0.05)
        #expect(abs(Double(below) / Double(draws) - 0.5) < 0.01)
    }
}
