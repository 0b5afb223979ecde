import WaybillCore

/// From hub to hub, through weather, customs and the carrier's own troubles.
extension LifePlanner {
    mutating func transport(_ fate: Fate) -> Bool {
        let route = plannedRoute()
        let mishap = fate == .lost || fate == .damaged ? dice.integer(below: route.count) : -1
        var previous: Hub.ID?
        for (index, hub) in route.enumerated() {
            travel(from: previous, to: hub)
            scan(.arrivedAtHub, at: hub)
            if index == mishap {
                fate == .lost ? lose(at: hub) : damage(at: hub)
                return false
            }
            if entersTerritory(from: previous, to: hub) { clearCustoms(at: hub) }
            leave(hub)
            previous = hub
        }
        arriveInCity()
        return true
    }

    /// The planned path, or one that starts with a wrong lane and leads back from there.
    private mutating func plannedRoute() -> [Hub.ID] {
        var route = geography.route(from: consignment.origin, to: consignment.destination, consignment.service)
        guard let start = route.first, let end = route.last, dice.chance(shares.misrouted) else { return route }
        let wrong = Hub.ID(dice.integer(below: geography.hubs.count))
        guard wrong != start, geography.network.hours(from: start, to: wrong, .standard) < 24 else { return route }
        route = [start] + geography.network.path(from: wrong, to: end, consignment.service)
        return route
    }

    private mutating func travel(from previous: Hub.ID?, to hub: Hub.ID) {
        guard let previous else {
            hoursLeft -= geography.hoursToHub(of: consignment.origin)
            return work(hours: geography.hoursToHub(of: consignment.origin) + 1.5)
        }
        let hours = geography.network.hours(from: previous, to: hub, consignment.service)
        if dice.chance(shares.carrierTrouble) {
            pass(hours: hours / 2)
            let reason = dice.pick([Reason.vehicleBreakdown, .capacity, .sortingError])
            let lost = dice.logNormal(median: 9, sigma: 0.6)
            fallBehind(hours: lost, because: reason, says: .logistics(previous), at: .hub(previous))
        }
        pass(hours: hours * dice.logNormal(median: 1, sigma: 0.12))
        hoursLeft = max(0, hoursLeft - hours)
    }

    /// Sorted and sent on; a storm keeps everything on the ground until it is over.
    private mutating func leave(_ hub: Hub.ID) {
        work(hours: Network.handlingHours * 0.8)
        hoursLeft = max(0, hoursLeft - Network.handlingHours)
        if let reopening = world.weather.reopening(of: hub, at: clock) {
            let closed = Double(reopening.microseconds - clock.microseconds) / 3.6e9
            fallBehind(
                hours: closed + dice.uniform(0.5...6), because: .weather, says: .logistics(hub), at: .hub(hub))
        }
        scan(.departedHub, at: hub)
    }

    private func entersTerritory(from previous: Hub.ID?, to hub: Hub.ID) -> Bool {
        guard let previous else { return false }
        let territory = geography.hub(hub).country.customsTerritory
        return territory != geography.hub(previous).country.customsTerritory
            && territory == geography.city(consignment.destination).country.customsTerritory
    }

    private mutating func clearCustoms(at hub: Hub.ID) {
        work(hours: 2)
        if dice.chance(shares.customsHeld) {
            let reason = dice.pick([Reason.documentsMissing, .dutiesUnpaid, .customsDelay])
            happen(.customsHeld, says: .logistics(hub), at: .hub(hub), because: reason)
            fallBehind(
                hours: dice.logNormal(median: 30, sigma: 0.7), because: reason, says: .logistics(hub), at: .hub(hub))
        }
        happen(.customsCleared, says: .logistics(hub), at: .hub(hub))
    }

    private mutating func arriveInCity() {
        work(hours: geography.hoursToHub(of: consignment.destination) + 0.5)
        happen(.inTransit, says: courier, at: .city(consignment.destination))
        changeOfMind()
    }

    private mutating func lose(at hub: Hub.ID) {
        pass(hours: dice.uniform(72...160))
        happen(.exception, says: .logistics(hub), at: .hub(hub), because: .lost)
        if dice.chance(0.5) { writeNote() }
    }

    private mutating func damage(at hub: Hub.ID) {
        work(hours: 2)
        happen(.exception, says: .logistics(hub), at: .hub(hub), because: dice.chance(0.3) ? .packaging : .damaged)
        if dice.chance(0.5) { writeNote() }
        sendBack(from: hub)
    }
}
