import WaybillCore

/// One planned event, small enough that a hundred thousand lives fit in memory. `Telling` makes the event of it.
package struct Step: Sendable {
    /// Where it happened.
    package enum Place: Sendable {
        case nowhere
        case warehouse(City.ID)
        case hub(Hub.ID)
        case city(City.ID)
        case pickupPoint(City.ID)
        /// In hundred-thousandths of a degree, about a metre.
        case fix(latitude: Int32, longitude: Int32)
    }

    /// What an event of its type says besides.
    package enum Content: Sendable {
        case nothing
        /// Everything the order knows.
        case order
        /// The merchant's own data changed; with the second weighing, the order reference is cleared.
        case weight(grams: Int32, clearsReference: Bool)
        case eta(ETA)
        case promise(Window)
        case destination(City.ID, postcode: UInt8)
        case until(Timestamp)
        case handover(HandoverPlace, proven: Bool)
        case takesBack(Memento, Correction.Why)
        /// Index into `Wording.notes`.
        case note(UInt8)
    }

    /// What identifies a step within its life: enough to make its event's id again.
    package struct Memento: Hashable, Sendable {
        package let ordinal: UInt8
        package let occurredAt: Timestamp
    }

    package let type: EventType
    /// Place in the life, in the order of true time.
    package let ordinal: UInt8
    package let source: Source
    package let reason: Reason?
    package let place: Place
    package let content: Content
    /// The true time. The source's clock may say another (`Sources.clockError`).
    package let occurredAt: Timestamp
    /// When the source says it.
    package var publishedAt: Timestamp
    /// Said before, in the same words.
    package var isRepetition = false
    /// Made unacceptable on purpose.
    package var spoilage: Spoilage?

    package var memento: Memento { Memento(ordinal: ordinal, occurredAt: occurredAt) }
}
