/// The map on which deliveries travel: cities, hubs, the network between them.
package struct Geography: Sendable {
    package let cities: [City]
    package let hubs: [Hub]
    package let network: Network
    /// For each city the hub that serves it: the nearest one in the same customs territory.
    private let servingHubs: [Hub.ID]
    private let origins: WeightedChoice<City.ID>
    private let destinations: WeightedChoice<City.ID>
    private let domestic: [WeightedChoice<City.ID>]

    package init() {
        cities = City.all
        hubs = Hub.all
        network = Network(hubs: Hub.all)
        servingHubs = City.all.map(Self.servingHub)
        let numbered = City.all.indices.map { (City.ID($0), City.all[$0]) }
        origins = WeightedChoice(numbered.map { ($0, $1.supply) })
        destinations = WeightedChoice(numbered.map { ($0, $1.demand) })
        domestic = City.all.map { origin in
            WeightedChoice(numbered.filter { $1.country == origin.country }.map { ($0, $1.demand) })
        }
    }

    package func city(_ id: City.ID) -> City { cities[Int(id)] }
    package func hub(_ id: Hub.ID) -> Hub { hubs[Int(id)] }
    package func hub(serving city: City.ID) -> Hub.ID { servingHubs[Int(city)] }

    /// A warehouse's city.
    package func origin(_ dice: inout SeededGenerator) -> City.ID { origins.draw(&dice) }

    /// Where an order of this warehouse goes: with probability `domesticShare` inside its own country.
    package func destination(from origin: City.ID, domesticShare: Double, _ dice: inout SeededGenerator) -> City.ID {
        dice.chance(domesticShare) ? domestic[Int(origin)].draw(&dice) : destinations.draw(&dice)
    }

    /// The path of a parcel through the hubs.
    package func route(from origin: City.ID, to destination: City.ID, _ service: Service) -> [Hub.ID] {
        network.path(from: hub(serving: origin), to: hub(serving: destination), service)
    }

    /// Hours by road between a city and the hub that serves it.
    package func hoursToHub(of city: City.ID) -> Double {
        let distance = self.city(city).coordinate.kilometres(to: hub(hub(serving: city)).coordinate)
        return Network.roadHours(kilometres: distance)
    }

    /// How many vehicles a city has on the road: `courier/<city>-1` and on.
    package func couriers(in city: City.ID) -> Int { 2 + Int(self.city(city).demand * 3) }

    private static func servingHub(of city: City) -> Hub.ID {
        let candidates = Hub.all.indices.filter {
            Hub.all[$0].country.customsTerritory == city.country.customsTerritory
        }
        let nearest = candidates.min {
            Hub.all[$0].coordinate.kilometres(to: city.coordinate)
                < Hub.all[$1].coordinate.kilometres(to: city.coordinate)
        }
        guard let nearest else { preconditionFailure("no hub serves \(city.name)") }
        return Hub.ID(nearest)
    }
}
