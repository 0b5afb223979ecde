import WaybillCore

/// Places as the JSON that events carry, written once.
package struct Gazetteer: Sendable {
    private let warehouses: [JSONFragment]
    private let hubs: [JSONFragment]
    private let cities: [JSONFragment]
    private let pickupPoints: [JSONFragment]
    /// For each city one for each postcode (at least one).
    private let destinations: [[JSONFragment]]

    init(of geography: Geography) {
        let all = geography.cities
        warehouses = all.map {
            Self.place("Warehouse \($0.name)", $0.name, $0.postcodes.first, $0.country, $0.coordinate)
        }
        cities = all.map { Self.place("Depot \($0.name)", $0.name, $0.postcodes.first, $0.country, $0.coordinate) }
        pickupPoints = all.map {
            Self.place("Pickup point \($0.name)", $0.name, $0.postcodes.last, $0.country, $0.coordinate)
        }
        hubs = geography.hubs.map { Self.place($0.name, $0.city, $0.postcode, $0.country, $0.coordinate) }
        destinations = all.map { city in
            city.postcodes.isEmpty
                ? [Self.destination(city, nil)] : city.postcodes.map { Self.destination(city, $0) }
        }
    }

    func location(_ place: Step.Place) -> JSONFragment? {
        switch place {
        case .nowhere: nil
        case .warehouse(let city): warehouses[Int(city)]
        case .hub(let hub): hubs[Int(hub)]
        case .city(let city): cities[Int(city)]
        case .pickupPoint(let city): pickupPoints[Int(city)]
        case .fix(let latitude, let longitude): Self.fix(latitude, longitude)
        }
    }

    func warehouse(_ city: City.ID) -> JSONFragment { warehouses[Int(city)] }

    /// `{city, region, postcode, country, country_name}`: nothing that names or reaches a person.
    func destination(_ city: City.ID, postcode: UInt8) -> JSONFragment {
        let choices = destinations[Int(city)]
        return choices[min(Int(postcode), choices.count - 1)]
    }

    private static func place(
        _ name: String, _ city: String, _ postcode: String?, _ country: Country, _ coordinate: Coordinate
    ) -> JSONFragment {
        fragment { json in
            json.member("name", name)
            json.member("city", city)
            if let postcode { json.member("postcode", postcode) }
            json.member("country", country.code)
            json.member("lat", coordinate.latitude)
            json.member("lon", coordinate.longitude)
        }
    }

    private static func destination(_ city: City, _ postcode: String?) -> JSONFragment {
        fragment { json in
            json.member("city", city.name)
            json.member("region", city.region)
            if let postcode { json.member("postcode", postcode) }
            json.member("country", city.country.code)
            json.member("country_name", city.country.name)
        }
    }

    private static func fix(_ latitude: Int32, _ longitude: Int32) -> JSONFragment {
        fragment { json in
            json.member("lat", Double(latitude) / 100_000)
            json.member("lon", Double(longitude) / 100_000)
        }
    }

    private static func fragment(_ members: (inout JSONWriter) -> Void) -> JSONFragment {
        var json = JSONWriter(capacity: 160)
        json.object(members)
        return JSONFragment(trusted: json.text)
    }
}
