import WaybillCore

/// Lives one life: a clock that only goes forward, and a step for each thing that happens.
///
/// The chapters are extensions in the order of a parcel's way: `Ordering`, `Transport`, `LastLeg`, `Aftermath`.
/// A chapter that returns false has ended the life.
struct LifePlanner {
    let world: Surroundings
    let consignment: Consignment
    var dice: SeededGenerator
    /// The true time.
    var clock: Timestamp
    var steps: [Step] = []
    /// Hours that the plan still needs to the depot of its city.
    var hoursLeft = 0.0
    /// The window promised last.
    var promised: Window
    /// Where it goes: a redirection changes it.
    var postcode: UInt8
    /// The vehicle of the last leg.
    let courier: Source

    init(_ consignment: Consignment, in world: Surroundings, dice: SeededGenerator) {
        self.world = world
        self.consignment = consignment
        self.dice = dice
        clock = consignment.orderedAt
        promised = consignment.promised
        postcode = consignment.postcode
        let vehicles = world.geography.couriers(in: consignment.destination)
        courier = .courier(consignment.destination, vehicle: UInt8(self.dice.integer(below: vehicles)))
        steps.reserveCapacity(24)
    }

    mutating func live() {
        let fate = world.fates.draw(&dice)
        if order(fate) {
            dispatch()
            if transport(fate) { lastLeg(fate) }
        }
        if fate == .silent { steps.removeLast(dice.integer(below: steps.count)) }
    }

    var geography: Geography { world.geography }
    var shares: Shares { world.shares }

    // MARK: Time

    mutating func pass(hours: Double) { clock = clock.advanced(bySeconds: Int64(hours * 3600)) }

    /// Hours of work: half of the draws below the median, now and then three times it.
    mutating func work(hours median: Double) { pass(hours: dice.logNormal(median: median, sigma: 0.45)) }

    /// Waits for the opening hours of a working day in a city, and a while for the turn to come.
    mutating func waitForWork(in city: City.ID, between opening: Double, and closing: Double) {
        let calendar = world.calendars[Int(city)]
        let next = calendar.next(between: opening, and: closing, from: clock)
        guard next > clock else { return }
        clock = next
        pass(hours: dice.uniform(0...2))
    }

    // MARK: Telling

    /// Writes down that something happens now, and returns what identifies it.
    @discardableResult
    mutating func happen(
        _ type: EventType, says source: Source, at place: Step.Place = .nowhere, because reason: Reason? = nil,
        _ content: Step.Content = .nothing
    ) -> Step.Memento {
        var instant = clock
        if let last = steps.last?.occurredAt, clock < last.advanced(bySeconds: 1800), dice.chance(shares.sameInstant) {
            instant = last
        }
        let step = Step(
            type: type, ordinal: UInt8(truncatingIfNeeded: steps.count), source: source, reason: reason, place: place,
            content: content, occurredAt: instant, publishedAt: instant)
        steps.append(step)
        return step.memento
    }

    /// A scan in a hub, unless it is missed.
    mutating func scan(_ type: EventType, at hub: Hub.ID) {
        guard !dice.chance(shares.scanGap) else { return }
        happen(type, says: .logistics(hub), at: .hub(hub))
    }

    // MARK: Falling behind

    /// Costs time, and says so: `delayed` where the promise will be missed, else a new arrival time.
    mutating func fallBehind(hours: Double, because reason: Reason, says source: Source, at place: Step.Place) {
        let resumed = clock.advanced(bySeconds: Int64(hours * 3600))
        let eta = ETA(window: window(afterHours: hours + hoursLeft), source: .carrier)
        if eta.window.latest > promised.latest {
            happen(.delayed, says: source, at: place, because: reason, .eta(eta))
            if dice.chance(0.4) {
                pass(hours: 0.3)
                happen(.etaChanged, says: .dispatch, .eta(ETA(window: eta.window, source: .planner)))
            }
        } else {
            happen(.etaChanged, says: source, because: reason, .eta(eta))
        }
        clock = max(clock, resumed)
    }

    /// The day on which a parcel comes that reaches its depot so many hours from now.
    func window(afterHours hours: Double) -> Window {
        let arrival = clock.advanced(bySeconds: Int64(hours * 3600))
        return world.calendars[Int(consignment.destination)].deliveryWindow(afterArrival: arrival)
    }
}
