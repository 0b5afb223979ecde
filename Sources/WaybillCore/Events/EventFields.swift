/// The fields of one event while they are being read.
struct EventFields {
    /// Which of the fields that matter for completeness were given.
    struct Seen: OptionSet {
        let rawValue: UInt16
        static let id = Seen(rawValue: 1)
        static let type = Seen(rawValue: 2)
        static let merchant = Seen(rawValue: 4)
        static let deliveryID = Seen(rawValue: 8)
        static let occurredAt = Seen(rawValue: 16)
        static let source = Seen(rawValue: 32)
    }

    var event = Event(
        id: EventID(trusted: ""), type: .note, deliveryID: DeliveryID(trusted: ""), occurredAt: Timestamp(microseconds: 0))
    var seen: Seen = []
    var personal: [ExtraField] = []
    private var corrects: EventID?
    private var why: Correction.Why?
    private var reader: JSONReader
    private let bytes: UnsafeBufferPointer<UInt8>
    private let personalData: EventDecoder.PersonalData

    init(_ bytes: UnsafeBufferPointer<UInt8>, personalData: EventDecoder.PersonalData) {
        self.bytes = bytes
        self.personalData = personalData
        reader = JSONReader(bytes)
    }

    /// Every name that is not an unknown field.
    static let names: Set<String> = [
        "id", "type", "merchant", "delivery_id", "occurred_at", "source", "actor", "location", "reason", "detail",
        "raw_code", "eta", "recipient_id", "destination", "origin", "promised", "carrier", "tracking_number",
        "order_reference", "metadata", "until", "place", "proof_id", "corrects", "why", "after", "recipient", "name",
        "street", "phone", "email", "signed_by",
    ]

    // MARK: Reading

    mutating func readAll() throws(EventRejection) {
        do throws(JSONError) { try reader.beginObject() } catch { throw malformed(error) }
        while let key = try nextKey() {
            switch key.count {
            case ...5: try readShort(key)
            case 6...8: try readMiddle(key)
            default: try readLong(key)
            }
        }
        do throws(JSONError) { try reader.expectEnd() } catch { throw malformed(error) }
    }

    private mutating func readShort(_ key: JSONKey) throws(EventRejection) {
        switch key {
        case "id": event.id = try identifier("/id", EventID.init); seen.insert(.id)
        case "type": event.type = try eventType(); seen.insert(.type)
        case "eta": event.eta = try optional("/eta", Self.readETA)
        case "actor": event.actor = try text("/actor")
        case "place": event.place = try code("/place")
        case "until": event.until = try optional("/until", Self.readTimestamp)
        case "why": why = try code("/why")
        case "after": event.after = try identifier("/after", EventID.init)
        case "name", "phone", "email": try personal(key)
        default: try extra(key)
        }
    }

    private mutating func readMiddle(_ key: JSONKey) throws(EventRejection) {
        switch key {
        case "source": event.source = try text("/source"); seen.insert(.source)
        case "reason": event.reason = try code("/reason")
        case "detail": event.detail = try text("/detail")
        case "origin": event.details.append(.origin(try object("/origin", PlaceRule.location)))
        case "carrier": event.details.append(.carrier(try text("/carrier")))
        case "promised": event.details.append(.promised(try optional("/promised", Self.readWindow)))
        case "metadata": event.details.append(.metadata(try object("/metadata", nil)))
        case "merchant":
            event.merchant = try identifier("/merchant", MerchantID.init)
            seen.insert(.merchant)
        case "location": event.location = try object("/location", PlaceRule.location)
        case "raw_code": event.rawCode = try text("/raw_code")
        case "proof_id": event.proofID = try text("/proof_id")
        case "corrects": corrects = try identifier("/corrects", EventID.init)
        case "street": try personal(key)
        default: try extra(key)
        }
    }

    private mutating func readLong(_ key: JSONKey) throws(EventRejection) {
        switch key {
        case "delivery_id":
            event.deliveryID = try identifier("/delivery_id", DeliveryID.init)
            seen.insert(.deliveryID)
        case "occurred_at":
            event.occurredAt = try required("/occurred_at", Self.readTimestamp)
            seen.insert(.occurredAt)
        case "destination": event.details.append(.destination(try object("/destination", PlaceRule.destination)))
        case "recipient_id": event.details.append(.recipientID(try text("/recipient_id")))
        case "tracking_number": event.details.append(.trackingNumber(try text("/tracking_number")))
        case "order_reference": event.details.append(.orderReference(try text("/order_reference")))
        case "recipient", "signed_by": try personal(key)
        default: try extra(key)
        }
    }

    private mutating func extra(_ key: JSONKey) throws(EventRejection) {
        let name = key.text
        // Trace context is transport, not content: two tellings of one fact differ in it.
        let value = try required("/\(name)", { reader throws(JSONError) in try reader.readFragment() })
        guard name != "traceparent", name != "tracestate" else { return }
        guard event.extra.count < Limits.extraFields else {
            throw EventRejection(.invalidField, "More than \(Limits.extraFields) unknown fields.")
        }
        event.extra.append(ExtraField(name: name, value: value))
    }

    private mutating func personal(_ key: JSONKey) throws(EventRejection) {
        let name = key.text
        let value = try required("/\(name)", { reader throws(JSONError) in try reader.readFragment() })
        guard personalData == .separated, name == "recipient" || name == "signed_by" else {
            throw EventRejection(
                .invalidField, "\(name) names or reaches a person and does not travel with events; use recipient_id.",
                pointer: "/\(name)")
        }
        personal.append(ExtraField(name: name, value: value))
    }

    // MARK: Completeness

    /// Fills what the CloudEvents attributes say, and refuses what contradicts them.
    mutating func merge(_ attributes: CloudAttributes) throws(EventRejection) {
        if let id = attributes.id {
            guard let value = EventID(id) else { throw Self.invalid("The CloudEvents id", "/id") }
            if seen.contains(.id), event.id != value { throw Self.disagree("id") }
            event.id = value
            seen.insert(.id)
        }
        if let type = attributes.type {
            let value = try Self.eventType(ofCloudEvent: type)
            if seen.contains(.type), event.type != value { throw Self.disagree("type") }
            event.type = value
            seen.insert(.type)
        }
        if let time = attributes.time {
            guard let value = Timestamp(rfc3339: time) else { throw Self.invalid("The CloudEvents time", "/occurred_at") }
            if seen.contains(.occurredAt), event.occurredAt != value { throw Self.disagree("occurred_at") }
            event.occurredAt = value
            seen.insert(.occurredAt)
        }
        if let source = attributes.source {
            if let mine = event.source, !mine.hasSameBytes(as: source) { throw Self.disagree("source") }
            event.source = source
        }
        if let subject = attributes.subject {
            guard let key = DeliveryKey(subject) else { throw Self.invalid("The CloudEvents subject", "/delivery_id") }
            if seen.contains(.deliveryID), event.deliveryID != key.deliveryID { throw Self.disagree("delivery_id") }
            if seen.contains(.merchant), event.merchant != key.merchant { throw Self.disagree("merchant") }
            event.deliveryID = key.deliveryID
            event.merchant = key.merchant
            seen.formUnion([.deliveryID, .merchant])
        }
    }

    mutating func fill(with defaults: EventDecoder.Defaults) {
        if seen.insert(.type).inserted { event.type = defaults.type }
        if seen.insert(.occurredAt).inserted { event.occurredAt = defaults.occurredAt }
        if seen.insert(.id).inserted { event.id = defaults.id }
        if let deliveryID = defaults.deliveryID, seen.insert(.deliveryID).inserted { event.deliveryID = deliveryID }
    }

    mutating func demandRequired() throws(EventRejection) {
        if !seen.contains(.type) { throw Self.missing("type") }
        if !seen.contains(.deliveryID) { throw Self.missing("delivery_id") }
        if !seen.contains(.occurredAt) { throw Self.missing("occurred_at") }
        if !seen.contains(.id) { throw Self.missing("id") }
        switch event.type {
        case .correction:
            guard let corrects else { throw Self.missing("corrects") }
            guard let why else { throw Self.missing("why") }
            event.correction = Correction(corrects: corrects, why: why)
        case .expired:
            guard let after = event.after else { throw Self.missing("after") }
            guard event.id == EventID(trusted: "expired:" + after.text) else {
                throw EventRejection(.invalidField, "The id of an expired event is expired:<after>.", pointer: "/id")
            }
        case .etaChanged where event.eta == nil: throw Self.missing("eta")
        case .rescheduled where !event.details.contains(where: \.isPromise): throw Self.missing("promised")
        case .position:
            guard let location = event.location, GeoPoint(location) != nil else {
                throw EventRejection(.missingField, "A position needs lat and lon.", pointer: "/location")
            }
        default: break
        }
    }
}

// MARK: - One field

extension EventFields {
    private mutating func nextKey() throws(EventRejection) -> JSONKey? {
        do throws(JSONError) { return try reader.nextKey() } catch { throw malformed(error) }
    }

    private mutating func required<Value>(
        _ pointer: String, _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(EventRejection) -> Value {
        let start = reader.position
        do throws(JSONError) { return try read(&reader) } catch { throw judge(error, from: start, pointer) }
    }

    private mutating func optional<Value>(
        _ pointer: String, _ read: (inout JSONReader) throws(JSONError) -> Value
    ) throws(EventRejection) -> Value? {
        try required(pointer) { reader throws(JSONError) in try reader.readNull() ? nil : try read(&reader) }
    }

    private mutating func text(_ pointer: String) throws(EventRejection) -> String? {
        guard let text = try optional(pointer, { reader throws(JSONError) in try reader.readString() }) else { return nil }
        guard text.utf8.count <= Limits.textBytes else {
            throw EventRejection(.invalidField, "Longer than \(Limits.textBytes) bytes.", pointer: pointer)
        }
        guard text.hasOnly({ $0 != 0 }) else { throw EventRejection(.invalidField, "Contains NUL.", pointer: pointer) }
        return text
    }

    private mutating func identifier<ID>(_ pointer: String, _ make: (String) -> ID?) throws(EventRejection) -> ID {
        let text = try required(pointer, { reader throws(JSONError) in try reader.readString() })
        guard let id = make(text) else {
            let rule = ID.self == MerchantID.self ? "[a-z0-9][a-z0-9_-]{0,62}" : "1 to 128 visible ASCII characters"
            throw EventRejection(.invalidField, "Must be \(rule).", pointer: pointer)
        }
        return id
    }

    private mutating func code<Code: RawRepresentable<String> & CaseIterable>(
        _ pointer: String
    ) throws(EventRejection) -> Code? {
        guard let text = try text(pointer) else { return nil }
        guard let code = Code(rawValue: text) else {
            throw EventRejection(.invalidField, "Not a known code; keep the source's own in raw_code.", pointer: pointer)
        }
        return code
    }

    private mutating func eventType() throws(EventRejection) -> EventType {
        let text = try required("/type", { reader throws(JSONError) in try reader.readString() })
        guard let type = EventType(rawValue: text) else {
            throw EventRejection(.unknownType, "Not a known type of event.", pointer: "/type")
        }
        return type
    }

    private mutating func object(_ pointer: String, _ rule: PlaceRule?) throws(EventRejection) -> JSONFragment? {
        var fault: PlaceRule.Fault?
        let fragment = try optional(pointer) { reader throws(JSONError) in
            guard reader.peek() == UInt8(ascii: "{") else { throw reader.fail("expected an object") }
            guard let rule else { return try reader.readFragment() }
            let start = reader.position
            fault = try rule.firstFault(&reader)
            return reader.fragment(start..<reader.position)
        }
        if let fault {
            throw EventRejection(.invalidField, fault.problem, pointer: "\(pointer)/\(fault.field)")
        }
        return fragment
    }

    /// A read failed: a value of the wrong kind when it is valid JSON, otherwise text that is not JSON at all.
    private func judge(_ error: JSONError, from start: Int, _ pointer: String) -> EventRejection {
        var rest = JSONReader(UnsafeBufferPointer(rebasing: bytes[start...]), depth: 1)
        let isValue = (try? rest.skipValue()) != nil
        guard isValue else { return malformed(error) }
        return EventRejection(.invalidField, "Not acceptable here: \(error.problem).", pointer: pointer)
    }

    private func malformed(_ error: JSONError) -> EventRejection {
        EventRejection(.malformed, "Not one valid JSON object: \(error).")
    }

    private static func missing(_ field: String) -> EventRejection {
        EventRejection(.missingField, "\(field) is required.", pointer: "/\(field)")
    }

    private static func invalid(_ what: String, _ pointer: String) -> EventRejection {
        EventRejection(.invalidField, "\(what) is not valid.", pointer: pointer)
    }

    private static func disagree(_ field: String) -> EventRejection {
        EventRejection(.invalidField, "The CloudEvents attributes and the body disagree.", pointer: "/\(field)")
    }

    private static func eventType(ofCloudEvent type: String) throws(EventRejection) -> EventType {
        guard type.hasPrefix("waybill.delivery."), type.hasSuffix(".v1"),
            let value = EventType(rawValue: String(type.dropFirst(17).dropLast(3)))
        else { throw EventRejection(.unknownType, "Not a known CloudEvents type.", pointer: "/type") }
        return value
    }
}

// MARK: - Values

extension EventFields {
    fileprivate static func readTimestamp(_ reader: inout JSONReader) throws(JSONError) -> Timestamp {
        let problem = reader.fail("expected an RFC 3339 time with an offset")
        if let plain = try reader.readPlainString() {
            guard let value = Timestamp(rfc3339: plain) else { throw problem }
            return value
        }
        guard let value = Timestamp(rfc3339: try reader.readString()) else { throw problem }
        return value
    }

    fileprivate static func readWindow(_ reader: inout JSONReader) throws(JSONError) -> Window {
        try readWindowAndSource(&reader).window
    }

    fileprivate static func readETA(_ reader: inout JSONReader) throws(JSONError) -> ETA {
        let (window, source) = try readWindowAndSource(&reader)
        return ETA(window: window, source: source ?? .carrier)
    }

    private static func readWindowAndSource(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (window: Window, source: ETASource?) {
        var earliest: Timestamp?
        var latest: Timestamp?
        var source: ETASource?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "earliest": earliest = try reader.readNull() ? nil : try readTimestamp(&reader)
            case "latest": latest = try readTimestamp(&reader)
            case "source":
                source = ETASource(rawValue: try reader.readString())
                if source == nil { throw reader.fail("the source is carrier, planner or predicted") }
            default: _ = try reader.skipValue()
            }
        }
        guard let latest else { throw reader.fail("a window needs latest") }
        if let earliest, earliest > latest { throw reader.fail("earliest is after latest") }
        return (Window(earliest: earliest, latest: latest), source)
    }
}

extension DetailChange {
    fileprivate var isPromise: Bool {
        if case .promised(.some) = self { true } else { false }
    }
}
