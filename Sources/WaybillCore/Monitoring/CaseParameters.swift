/// How urgent a case is.
package enum CaseSeverity: String, CaseIterable, Sendable {
    /// Watch.
    case amber
    /// Act.
    case red
}

/// What the rules go by: numbers that a merchant, a carrier or a lane may have of its own.
package struct CaseParameters: Hashable, Sendable {
    /// Kinds that are never opened.
    package var disabled: CaseSet = []
    /// Working hours from `created` to the handover.
    package var dispatchHours: Int64 = 48
    /// Working hours from the handover to the first scan: the lane's usual time.
    package var scanHours: Int64 = 24
    /// Working hours of silence in each status; a status that is not named is never stalled.
    package var silenceHours: [Status: Int64] = [
        .inTransit: 48, .outForDelivery: 12, .availableForPickup: 240, .attemptFailed: 48, .onHold: 120,
        .exception: 72, .returning: 240,
    ]
    /// Hours after `delivered` in which scans are put down to slow scanners, and after which such a case clears.
    package var afterDeliveryHours: Int64 = 48
    /// Days without any event after which a delivery has expired.
    package var expiryDays: Int64 = 30
    /// Minutes by which a promise may be missed before it counts.
    package var graceMinutes: Int64 = 0
    package var severities: [CaseKind: CaseSeverity] = [:]
    /// Kinds that turn red on the next working day when nobody solved them.
    package var escalates: CaseSet = CaseSet(CaseKind.allCases)

    package init() {}

    package func severity(of kind: CaseKind) -> CaseSeverity {
        severities[kind] ?? (kind == .late || kind == .exception || kind == .contradiction ? .red : .amber)
    }

    /// No rule about silence fires earlier than this after an event, whatever the calendar: working time never passes
    /// faster than time.
    package var shortestSilenceHours: Int64 {
        min(dispatchHours, scanHours, silenceHours.values.min() ?? .max, expiryDays * 24)
    }
}

/// The rules of an installation: parameters with exceptions, and calendars.
package struct RuleBook: Sendable {
    /// An exception: where all that it names is so, its parameters hold. The first one that fits counts.
    package struct Exception: Sendable {
        package var merchant: String?
        package var carrier: String?
        /// `DE-FR`: countries of origin and destination.
        package var lane: String?
        package var parameters: CaseParameters

        package init(
            merchant: String? = nil, carrier: String? = nil, lane: String? = nil, parameters: CaseParameters
        ) {
            self.merchant = merchant
            self.carrier = carrier
            self.lane = lane
            self.parameters = parameters
        }
    }

    /// Told in every explanation; whoever changes the rules raises it.
    package var version = 1
    package var parameters = CaseParameters()
    package var exceptions: [Exception] = []
    /// In which silence is counted, by country of destination.
    package var calendars: [String: WorkingCalendar] = [:]
    package var calendar = WorkingCalendar.weekdays
    /// Working days and hours of the people at the desk, by merchant.
    package var desks: [String: WorkingCalendar] = [:]
    package var desk = WorkingCalendar.officeHours

    package init() {}

    package func parameters(for merchant: MerchantID, carrier: String?, lane: Lane) -> CaseParameters {
        exceptions.first { exception in
            (exception.merchant.map { $0 == merchant.text } ?? true)
                && (exception.carrier.map { $0 == carrier } ?? true)
                && (exception.lane.map { $0 == lane.text } ?? true)
        }?.parameters ?? parameters
    }

    package func calendar(of country: String?) -> WorkingCalendar { country.flatMap { calendars[$0] } ?? calendar }
    package func desk(of merchant: MerchantID) -> WorkingCalendar { desks[merchant.text] ?? desk }

    /// In seconds; see `CaseParameters.shortestSilenceHours`.
    package var shortestSilence: Int64 {
        ([parameters] + exceptions.map(\.parameters)).map(\.shortestSilenceHours).min().map { $0 * 3600 } ?? .max
    }
}

/// Countries of origin and destination, where they are known.
package struct Lane: Hashable, Sendable {
    package var origin: String?
    package var destination: String?

    package init(origin: String?, destination: String?) {
        self.origin = origin
        self.destination = destination
    }

    package init(_ folded: FoldedState) {
        origin = folded.origin.flatMap(Self.country)
        destination = folded.destination.flatMap(Self.country)
    }

    /// `DE-FR`; `?` for what is not known.
    package var text: String { "\(origin ?? "?")-\(destination ?? "?")" }

    /// The country's code, or its name where there is no code.
    private static func country(of place: JSONFragment) -> String? {
        var text = place.text
        return text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            var name: String?
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if "country" ~= key, reader.peek() == UInt8(ascii: "\"") { return try reader.readString() }
                    if "country_name" ~= key, reader.peek() == UInt8(ascii: "\"") {
                        name = try reader.readString()
                    } else {
                        _ = try reader.skipValue()
                    }
                }
            } catch { return nil }
            return name
        }
    }
}
