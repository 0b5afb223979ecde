/// The services that produce events, as `--as` names them.
package enum Role: String, CaseIterable, Sendable {
    case orders, dispatch, logistics, courier

    /// A bit for each, to keep a set of them in a byte.
    var bit: UInt8 {
        switch self {
        case .orders: 1
        case .dispatch: 2
        case .logistics: 4
        case .courier: 8
        }
    }
}

/// One service that says things about deliveries.
package enum Source: Hashable, Sendable {
    case orders
    case dispatch
    case logistics(Hub.ID)
    /// A vehicle, numbered from 0 within its city.
    case courier(City.ID, vehicle: UInt8)

    package var role: Role {
        switch self {
        case .orders: .orders
        case .dispatch: .dispatch
        case .logistics: .logistics
        case .courier: .courier
        }
    }

    /// A number of its own, the same in every run.
    fileprivate var number: UInt64 {
        switch self {
        case .orders: 0
        case .dispatch: 1
        case .logistics(let hub): 0x100 + UInt64(hub)
        case .courier(let city, let vehicle): 0x1_0000 + UInt64(city) << 8 + UInt64(vehicle)
        }
    }
}

/// The names of the sources and the errors of their clocks.
package struct Sources: Sendable {
    private let hubs: [String]
    private let vehicles: [[String]]
    private let seed: SeededGenerator
    private let skewedShare: Double

    package init(in geography: Geography, skewedShare: Double, seed: SeededGenerator) {
        hubs = geography.hubs.map { "logistics/\($0.slug)" }
        vehicles = geography.cities.indices.map { city in
            (1...geography.couriers(in: City.ID(city))).map { "courier/\(geography.cities[city].slug)-\($0)" }
        }
        self.seed = seed
        self.skewedShare = skewedShare
    }

    /// The name on the wire, such as `logistics/leipzig` or `courier/berlin-3`.
    package func name(of source: Source) -> String {
        switch source {
        case .orders: "orders"
        case .dispatch: "dispatch"
        case .logistics(let hub): hubs[Int(hub)]
        case .courier(let city, let vehicle): vehicles[Int(city)][Int(vehicle)]
        }
    }

    /// How far ahead this source's clock is, in whole seconds: 0 for most, at most 8 minutes either way.
    package func clockError(of source: Source) -> Int64 {
        guard source.role == .logistics || source.role == .courier else { return 0 }
        let bits = seed.bits(source.number)
        guard Double(bits >> 11) * 0x1p-53 < skewedShare else { return 0 }
        return Int64(bits % 961) - 480
    }
}
