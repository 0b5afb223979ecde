import WaybillCore

/// From the order to the warehouse's ramp.
extension LifePlanner {
    mutating func order(_ fate: Fate) -> Bool {
        happen(.created, says: .orders, .order)
        if dice.chance(shares.updated) {
            work(hours: 0.5)
            let grams = Int32(dice.logNormal(median: 900, sigma: 0.8))
            happen(.updated, says: .orders, .weight(grams: grams, clearsReference: dice.chance(0.1)))
        }
        if fate == .cancelled {
            work(hours: 3)
            happen(.cancelled, says: .orders, because: dice.chance(0.3) ? .notReady : nil)
            return false
        }
        if dice.chance(shares.heldBeforeDispatch) {
            work(hours: 1)
            happen(.held, says: .orders, because: .notReady)
            work(hours: 14)
            happen(.released, says: .orders)
        }
        return true
    }

    mutating func dispatch() {
        work(hours: 5)
        waitForWork(in: consignment.origin, between: 7, and: 19)
        happen(.dispatched, says: .dispatch, at: .warehouse(consignment.origin))
        hoursLeft = Consignment.plannedHours(
            consignment.origin, consignment.destination, consignment.service, in: geography)
        if dice.chance(shares.carrierETA) {
            work(hours: 0.2)
            happen(.etaChanged, says: .dispatch, .eta(ETA(window: window(afterHours: hoursLeft), source: .carrier)))
        }
        work(hours: 1.2)
        let vehicle = UInt8(dice.integer(below: geography.couriers(in: consignment.origin)))
        happen(.pickedUp, says: .courier(consignment.origin, vehicle: vehicle), at: .warehouse(consignment.origin))
        if dice.chance(shares.note) { writeNote() }
    }

    /// What the recipient may ask for while the parcel is on its way: another day or another address.
    mutating func changeOfMind() {
        if dice.chance(shares.rescheduled) {
            let days = Int64(1 + dice.integer(below: 4))
            let earliest = promised.earliest ?? promised.latest
            let calendar = world.calendars[Int(consignment.destination)]
            promised = calendar.deliveryWindow(afterArrival: earliest.advanced(bySeconds: days * 86_400))
            happen(.rescheduled, says: .orders, .promise(promised))
        }
        if dice.chance(shares.redirected) { redirect() }
    }

    /// Another address in the same city.
    mutating func redirect() {
        let choices = max(1, geography.city(consignment.destination).postcodes.count)
        postcode = UInt8((Int(postcode) + 1) % choices)
        happen(.redirected, says: .orders, .destination(consignment.destination, postcode: postcode))
    }

    mutating func writeNote() {
        work(hours: 0.5)
        happen(.note, says: .orders, .note(UInt8(dice.integer(below: Wording.notes.count))))
    }
}
