import WaybillCore

/// What comes after the handover, and the way back.
extension LifePlanner {
    mutating func aftermath() {
        let hub = geography.hub(serving: consignment.destination)
        if dice.chance(shares.scanAfterDelivery) {
            work(hours: 3)
            happen(.arrivedAtHub, says: .logistics(hub), at: .hub(hub))
        }
        if dice.chance(shares.wrongData) { correctSomething() }
        if dice.chance(shares.returnedAfterDelivery) {
            pass(hours: dice.uniform(30...200))
            sendBack(from: hub)
        }
    }

    /// The courier said "delivered" to be done with the day; the recipient calls, and it is taken back.
    mutating func claimDelivery() {
        let claim = happen(
            .delivered, says: courier, at: .city(consignment.destination), .handover(.safePlace, proven: false))
        work(hours: 5)
        happen(.note, says: .orders, .note(UInt8(Wording.neverArrived)))
        work(hours: 2)
        takeBack(claim, says: courier, .didNotOccur)
        clock = max(clock, world.calendars[Int(consignment.destination)].time(24, onDayOf: clock))
        waitForWork(in: consignment.destination, between: 6.5, and: 10)
        happen(.outForDelivery, says: courier, at: .city(consignment.destination))
        work(hours: 4)
    }

    mutating func takeBack(_ step: Step.Memento, says source: Source, _ why: Correction.Why) {
        work(hours: 0.5)
        happen(.correction, says: source, .takesBack(step, why))
    }

    /// A hub finds that one of its scans was of another parcel.
    private mutating func correctSomething() {
        let scans = steps.filter { $0.type == .departedHub || $0.type == .arrivedAtHub }
        guard !scans.isEmpty else { return }
        let wrong = dice.pick(scans)
        takeBack(wrong.memento, says: wrong.source, dice.chance(0.5) ? .didNotOccur : .incorrectData)
    }

    /// Back to the warehouse, with a scan in each hub on the way.
    mutating func sendBack(from hub: Hub.ID) {
        work(hours: 6)
        happen(.returning, says: .logistics(hub), at: .hub(hub))
        let home = geography.hub(serving: consignment.origin)
        var previous = hub
        for next in geography.network.path(from: hub, to: home, .standard).dropFirst() {
            pass(hours: geography.network.hours(from: previous, to: next, .standard))
            scan(.arrivedAtHub, at: next)
            work(hours: Network.handlingHours)
            previous = next
        }
        work(hours: geography.hoursToHub(of: consignment.origin) + 4)
        waitForWork(in: consignment.origin, between: 7, and: 19)
        happen(.returned, says: .dispatch, at: .warehouse(consignment.origin))
    }
}
