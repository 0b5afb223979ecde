/// How often things happen. Every number is a probability unless it says otherwise.
///
/// They are assumptions, not measurements: of the order that a European parcel network would find plausible, and where
/// that is too rare, frequent enough to be seen in a demo of some hundred deliveries. About nine promises in ten hold.
package struct Shares: Sendable {
    // MARK: How a life ends, instead of with a delivery

    /// Called off before the warehouse packed it: 2 in 100 orders.
    package var cancelled = 0.02
    /// Never seen again and declared lost: rarer in life, more here, so that it is seen.
    package var lost = 0.003
    /// Damaged in a hub and sent back.
    package var damaged = 0.004
    /// Refused at the door and sent back.
    package var refused = 0.012
    /// Nothing more is heard, at any point of the life: what silence limits are for.
    package var silent = 0.008

    // MARK: The order

    /// Inside the warehouse's own country: most trade is domestic.
    package var domestic = 0.6
    /// Paid for the fast service.
    package var express = 0.25
    /// The merchant changes a detail after the order.
    package var updated = 0.05
    /// Waits for payment or stock before dispatch.
    package var heldBeforeDispatch = 0.012
    /// The recipient asks for another day.
    package var rescheduled = 0.02
    /// The recipient asks for another address.
    package var redirected = 0.01
    /// Somebody in support writes a note.
    package var note = 0.03

    // MARK: On the way

    /// One scan in a hub is missed.
    package var scanGap = 0.05
    /// Sent to the wrong hub and on from there.
    package var misrouted = 0.006
    /// A carrier's own trouble (breakdown, capacity, sorting) costs hours.
    package var carrierTrouble = 0.05
    /// Storms that begin on a day, anywhere (a mean, not a probability): about one parcel in twenty meets one.
    package var stormsPerDay = 0.6
    /// Customs keeps the parcel, of those that cross a border of a customs territory.
    package var customsHeld = 0.08
    /// The carrier gives an arrival time at the start.
    package var carrierETA = 0.6

    // MARK: The last leg

    /// The first attempt fails, mostly since nobody is home.
    package var firstAttemptFails = 0.07
    /// Another one fails, after the first did.
    package var nextAttemptFails = 0.25
    /// Goes to a pickup point by the recipient's choice.
    package var pickupPoint = 0.12
    /// Waits at a pickup point until it is sent back.
    package var notCollected = 0.04
    /// The vehicle tells its position.
    package var tracked = 0.1
    /// A carrier says "delivered" though it was not, and takes it back.
    package var falseDelivered = 0.004
    /// Any other event is taken back because of wrong data, of lives.
    package var wrongData = 0.004
    /// A hub scans a parcel after it was delivered, of lives.
    package var scanAfterDelivery = 0.004
    /// Sent back after it was delivered.
    package var returnedAfterDelivery = 0.015

    // MARK: How it is told, of events

    /// Told again, unchanged: at-least-once sources retry.
    package var duplicate = 0.015
    /// Told hours later: a scanner without network, a nightly file.
    package var late = 0.02
    /// Told minutes later, so that a later event overtakes it.
    package var overtaken = 0.03
    /// Happened in the same second as the event before.
    package var sameInstant = 0.02
    /// Sources with a wrong clock, of sources; minutes at most.
    package var skewedClock = 0.05
    /// Offered on purpose to be refused.
    package var spoiled = 0.0

    package static let usual = Shares()

    /// A bad day of every source at once.
    package static let chaos: Shares = {
        var shares = Shares()
        shares.silent = 0.03
        shares.scanGap = 0.15
        shares.stormsPerDay = 3
        shares.falseDelivered = 0.04
        shares.wrongData = 0.05
        shares.scanAfterDelivery = 0.04
        shares.duplicate = 0.15
        shares.late = 0.15
        shares.overtaken = 0.25
        shares.sameInstant = 0.1
        shares.skewedClock = 0.3
        shares.spoiled = 0.01
        return shares
    }()
}
