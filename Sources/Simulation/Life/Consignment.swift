import WaybillCore

/// What the order service knows of one delivery before anything has happened.
package struct Consignment: Sendable {
    /// Its number in the scenario, from 0.
    package let number: Int
    package let id: DeliveryID
    /// What ids and references are derived from.
    package let identity: SeededGenerator
    package let service: Service
    package let carrier: UInt8
    package let origin: City.ID
    package let destination: City.ID
    /// Index into the destination's postcodes.
    package let postcode: UInt8
    package let orderedAt: Timestamp
    package let promised: Window

    init(number: Int, orderedAt: Timestamp, in world: Surroundings, _ dice: inout SeededGenerator) {
        let geography = world.geography
        self.number = number
        self.orderedAt = orderedAt
        id = DeliveryID(trusted: world.idPrefix + Self.padded(number + 1))
        identity = dice.stream("identity")
        service = dice.chance(world.shares.express) ? .express : .standard
        carrier = UInt8(dice.integer(below: Carrier.all.count))
        origin = geography.origin(&dice)
        destination = geography.destination(from: origin, domesticShare: world.shares.domestic, &dice)
        postcode = UInt8(dice.integer(below: max(1, geography.city(destination).postcodes.count)))
        promised = Self.promise(from: orderedAt, origin, destination, service, in: world)
    }

    /// Hours between the warehouse's ramp and the recipient's depot, as the plan has it.
    static func plannedHours(
        _ origin: City.ID, _ destination: City.ID, _ service: Service, in geography: Geography
    ) -> Double {
        let route = geography.route(from: origin, to: destination, service)
        var hours = geography.hoursToHub(of: origin) + geography.hoursToHub(of: destination)
        for (from, to) in zip(route, route.dropFirst()) {
            hours += geography.network.hours(from: from, to: to, service)
        }
        return hours + Double(route.count) * Network.handlingHours
    }

    /// What the shop promises: packed by the next working hours, and a margin that keeps about nine promises in ten.
    private static func promise(
        from ordered: Timestamp, _ origin: City.ID, _ destination: City.ID, _ service: Service, in world: Surroundings
    ) -> Window {
        let planned = plannedHours(origin, destination, service, in: world.geography)
        let (start, end) = (world.geography.city(origin).country, world.geography.city(destination).country)
        let border = start.customsTerritory == end.customsTerritory ? 0.0 : 10
        let margin = planned * 0.1 + (service == .express ? 5 : 15) + border
        let packed = world.calendars[Int(origin)].next(between: 7, and: 19, from: ordered.advanced(bySeconds: 6 * 3600))
        return world.calendars[Int(destination)]
            .deliveryWindow(afterArrival: packed.advanced(bySeconds: Int64((planned + margin) * 3600)))
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

/// A carrier, invented: real ones should not be given failures they did not have.
package struct Carrier: Sendable {
    package let name: String
    /// Two letters before its tracking numbers.
    package let prefix: String
    /// Its own codes for what happened, as a real carrier's feed has them.
    package let codes: [EventType: String]

    package static let all = [
        Carrier(
            name: "Meridian Parcel", prefix: "MP",
            codes: [
                .pickedUp: "PU", .arrivedAtHub: "AR", .departedHub: "DP", .customsHeld: "CH", .customsCleared: "CC",
                .outForDelivery: "OD", .deliveryAttempted: "NA", .delivered: "DL", .exception: "EX", .delayed: "DY",
            ]),
        Carrier(
            name: "Nordlicht Express", prefix: "NX",
            codes: [
                .pickedUp: "1010", .arrivedAtHub: "2010", .departedHub: "2020", .inTransit: "2000",
                .customsHeld: "3090", .customsCleared: "3010", .outForDelivery: "4010", .deliveryAttempted: "4090",
                .availableForPickup: "4200", .delivered: "4100", .returning: "5010", .returned: "5100",
            ]),
        Carrier(name: "Kite Post", prefix: "KP", codes: [:]),
        Carrier(
            name: "Blåhval Logistikk", prefix: "BL",
            codes: [
                .arrivedAtHub: "ANKOMMET", .departedHub: "SENDT_VIDERE", .outForDelivery: "LASTET_OPP",
                .deliveryAttempted: "FORSOKT_UTLEVERT", .availableForPickup: "KLAR_FOR_HENTING",
                .delivered: "UTLEVERT",
            ]),
    ]
}
