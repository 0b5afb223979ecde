/// A promised or rescheduled window of time in which a delivery should arrive.
package struct Window: Hashable, Sendable {
    package var earliest: Timestamp?
    package var latest: Timestamp

    package init(earliest: Timestamp? = nil, latest: Timestamp) {
        self.earliest = earliest
        self.latest = latest
    }
}

/// Who says when it will arrive. Shown in this order of preference.
package enum ETASource: String, CaseIterable, Sendable {
    case carrier, planner, predicted
}

/// An expected arrival: a window and who says so.
package struct ETA: Hashable, Sendable {
    package var window: Window
    package var source: ETASource

    package init(window: Window, source: ETASource) {
        self.window = window
        self.source = source
    }
}

/// Why something happened, in codes grouped by who is at fault (`docs/events.md` lists them).
package enum Reason: String, CaseIterable, Sendable {
    // carrier
    case damaged, lost, misrouted
    case sortingError = "sorting_error"
    case vehicleBreakdown = "vehicle_breakdown"
    case capacity
    case notEnoughTime = "not_enough_time"
    // sender
    case notReady = "not_ready"
    case incorrectData = "incorrect_data"
    case packaging
    // recipient
    case notHome = "not_home"
    case refused
    case businessClosed = "business_closed"
    case addressIncorrect = "address_incorrect"
    case accessRestricted = "access_restricted"
    case verificationFailed = "verification_failed"
    // customs
    case customsDelay = "customs_delay"
    case documentsMissing = "documents_missing"
    case dutiesUnpaid = "duties_unpaid"
    case prohibited
    // outside
    case weather
    case naturalDisaster = "natural_disaster"
    case strike, security
    case other, unknown
}

/// Where the parcel was handed over.
package enum HandoverPlace: String, CaseIterable, Sendable {
    case door, neighbour
    case safePlace = "safe_place"
    case pickupPoint = "pickup_point"
    case mailbox, locker, reception, other
}

/// A validated piece of JSON that is carried as it was written: what the fold need not look into.
///
/// Equality is by bytes; `JSONCanonical` compares meaning.
package struct JSONFragment: Hashable, Sendable {
    package let text: String

    /// `text` must be one valid JSON value, such as a slice that a `JSONReader` skipped over.
    package init(trusted text: String) { self.text = text }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.text.hasSameBytes(as: rhs.text) }
}
