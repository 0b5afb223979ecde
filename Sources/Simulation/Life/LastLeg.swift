import WaybillCore

/// From the depot to the door, as often as it takes.
extension LifePlanner {
    mutating func lastLeg(_ fate: Fate) {
        if dice.chance(shares.pickupPoint) { return waitAtPickupPoint() }
        for attempt in 1...3 {
            waitForWork(in: consignment.destination, between: 6.5, and: 10)
            let begun = clock
            happen(.outForDelivery, says: courier, at: .city(consignment.destination))
            announceArrival()
            drive(since: begun)
            if fate == .refused {
                attemptFails(because: .refused)
                return sendBack(from: geography.hub(serving: consignment.destination))
            }
            if !dice.chance(attempt == 1 ? shares.firstAttemptFails : shares.nextAttemptFails) {
                return handOver()
            }
            attemptFails(because: Self.failures.draw(&dice))
        }
        waitAtPickupPoint()
    }

    private static let failures = WeightedChoice<Reason>([
        (.notHome, 60), (.accessRestricted, 10), (.businessClosed, 10), (.addressIncorrect, 8), (.notEnoughTime, 8),
        (.verificationFailed, 4),
    ])

    /// The planner's narrow window, once the tour is known.
    private mutating func announceArrival() {
        guard dice.chance(0.5) else { return }
        pass(hours: 0.1)
        let earliest = clock.advanced(bySeconds: Int64(dice.uniform(1...5) * 3600))
        let window = Window(earliest: earliest, latest: earliest.advanced(bySeconds: 2 * 3600))
        happen(.etaChanged, says: .dispatch, .eta(ETA(window: window, source: .planner)))
    }

    /// The tour, with a position now and then from the vehicles that tell theirs.
    private mutating func drive(since begun: Timestamp) {
        let hours = min(9, max(0.4, dice.logNormal(median: 4, sigma: 0.5)))
        guard dice.chance(shares.tracked) else { return pass(hours: hours) }
        let depot = geography.hub(geography.hub(serving: consignment.destination)).coordinate
        let door = geography.city(consignment.destination).coordinate
        let fixes = 6 + dice.integer(below: 10)
        for number in 1...fixes {
            pass(hours: hours / Double(fixes))
            let done = Double(number) / Double(fixes)
            let latitude = depot.latitude + (door.latitude - depot.latitude) * done + dice.uniform(-0.01...0.01)
            let longitude = depot.longitude + (door.longitude - depot.longitude) * done + dice.uniform(-0.01...0.01)
            happen(
                .position, says: courier,
                at: .fix(latitude: Int32(latitude * 100_000), longitude: Int32(longitude * 100_000)))
        }
    }

    private mutating func attemptFails(because reason: Reason) {
        let failure = happen(
            .deliveryAttempted, says: courier, at: .city(consignment.destination), because: reason)
        if dice.chance(shares.wrongData * 5) { takeBack(failure, says: courier, .incorrectData) }
        work(hours: 3)
        if reason == .addressIncorrect { redirect() }
        if reason == .notHome, dice.chance(shares.rescheduled * 5) { changeOfMind() }
        missPromise(because: reason)
        clock = max(clock, world.calendars[Int(consignment.destination)].time(24, onDayOf: clock))
    }

    /// The next tour is tomorrow's: where the promise ends before, the courier says so.
    private mutating func missPromise(because reason: Reason) {
        let next = window(afterHours: 24)
        guard reason != .refused, next.latest > promised.latest else { return }
        happen(.delayed, says: courier, because: reason, .eta(ETA(window: next, source: .carrier)))
    }

    private mutating func handOver() {
        if dice.chance(shares.falseDelivered) { claimDelivery() }
        let place = Self.places.draw(&dice)
        let proven = place == .door || place == .neighbour || place == .reception
        happen(
            .delivered, says: courier, at: .city(consignment.destination), .handover(place, proven: proven))
        aftermath()
    }

    private static let places = WeightedChoice<HandoverPlace>([
        (.door, 55), (.neighbour, 15), (.safePlace, 12), (.mailbox, 10), (.reception, 5), (.locker, 3),
    ])

    private mutating func waitAtPickupPoint() {
        work(hours: 2)
        waitForWork(in: consignment.destination, between: 9, and: 18)
        let point = Step.Place.pickupPoint(consignment.destination)
        let until = world.calendars[Int(consignment.destination)]
            .time(20, onDayOf: clock.advanced(bySeconds: 8 * 86_400))
        happen(.availableForPickup, says: courier, at: point, .until(until))
        if dice.chance(shares.notCollected) {
            clock = until
            pass(hours: dice.uniform(10...16))
            return sendBack(from: geography.hub(serving: consignment.destination))
        }
        pass(hours: min(180, dice.logNormal(median: 9, sigma: 1)))
        happen(.delivered, says: courier, at: point, .handover(.pickupPoint, proven: true))
        aftermath()
    }
}
