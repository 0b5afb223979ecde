import WaybillCore

/// What a record of `delivery-updates` says: read back by API processes, which did not make it.
package enum UpdateRecord: Sendable {
    case update(UpdateFacts)
    case position(DeliveryKey)

    /// - Parameter value: JSON as `Update.json` and `PositionFix.json` write it.
    package init(_ value: [UInt8]) throws(JSONError) {
        var fields = Fields()
        var problem: JSONError?
        value.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) { try fields.read(&reader) } catch { problem = error }
        }
        if let problem { throw problem }
        guard let record = fields.record else { throw JSONError(problem: "not an update", offset: 0) }
        self = record
    }
}

/// The members that matter, wherever they stand.
private struct Fields {
    var kind = ""
    var merchant: MerchantID?
    var deliveryID: DeliveryID?
    var partition: Int64?
    var position: Int64?
    var sequence: Int64?
    var previousStatus: Status?
    var status: Status?
    var updatedAt: Timestamp?
    var openCases: CaseSet = []
    var openBefore: CaseSet?
    var after = Details()
    /// What was otherwise before; nil when nothing is told.
    var before = Details()

    /// Details that lists are narrowed by; nil where nothing is said, `.some(nil)` for null.
    struct Details {
        var carrier: String??
        var trackingNumber: String??
        var orderReference: String??
        var promisedLatest: Timestamp??

        func apply(to facts: inout DeliveryFacts) {
            if let carrier { facts.carrier = carrier }
            if let trackingNumber { facts.trackingNumber = trackingNumber }
            if let orderReference { facts.orderReference = orderReference }
            if let promisedLatest { facts.promisedLatest = promisedLatest }
        }
    }

    var record: UpdateRecord? {
        guard let merchant, let deliveryID else { return nil }
        let key = DeliveryKey(merchant: merchant, deliveryID: deliveryID)
        if kind == "position" { return .position(key) }
        guard let partition, let position, let sequence, let status, let updatedAt else { return nil }
        var after = DeliveryFacts(key: key, status: status, updatedAt: updatedAt)
        self.after.apply(to: &after)
        after.openCases = openCases
        var before: DeliveryFacts?
        if kind == "case" {
            before = after
            before?.openCases = openBefore ?? openCases
        }
        if let previousStatus {
            var facts = after
            facts.status = previousStatus
            self.before.apply(to: &facts)
            before = facts
        }
        return .update(
            UpdateFacts(
                at: FeedPosition(partition: Int(partition), position: position), sequence: sequence, after: after,
                before: before))
    }

    mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "kind": kind = try reader.readString()
            case "merchant": merchant = MerchantID(try reader.readString())
            case "delivery_id": deliveryID = DeliveryID(try reader.readString())
            case "partition": partition = try reader.readInt64()
            case "position": position = try reader.readInt64()
            case "sequence": sequence = try reader.readInt64()
            case "previous_status":
                previousStatus = try reader.readNull() ? nil : Status(rawValue: try reader.readString())
            case "previous": try readPrevious(&reader)
            case "delivery": try readDelivery(&reader)
            default: _ = try reader.skipValue()
            }
        }
    }

    private mutating func readDelivery(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "status": status = Status(rawValue: try reader.readString())
            case "updated_at": updatedAt = Timestamp(rfc3339: try reader.readString())
            case "open_cases": openCases = try Self.cases(&reader)
            default: if try !Self.readDetail(key, &after, &reader) { _ = try reader.skipValue() }
            }
        }
    }

    private mutating func readPrevious(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if "open_cases" ~= key {
                openBefore = try Self.cases(&reader)
            } else if try !Self.readDetail(key, &before, &reader) {
                _ = try reader.skipValue()
            }
        }
    }

    /// Kinds of a later version are passed over.
    private static func cases(_ reader: inout JSONReader) throws(JSONError) -> CaseSet {
        var kinds: CaseSet = []
        var isFirst = true
        try reader.beginArray()
        while try reader.nextElement(first: isFirst) {
            isFirst = false
            if let kind = CaseKind(rawValue: try reader.readString()) { kinds.insert(CaseSet(kind)) }
        }
        return kinds
    }

    private static func readDetail(
        _ key: JSONKey, _ details: inout Details, _ reader: inout JSONReader
    ) throws(JSONError) -> Bool {
        switch key {
        case "carrier": details.carrier = .some(try text(&reader))
        case "tracking_number": details.trackingNumber = .some(try text(&reader))
        case "order_reference": details.orderReference = .some(try text(&reader))
        case "promised": details.promisedLatest = .some(try latest(&reader))
        default: return false
        }
        return true
    }

    private static func text(_ reader: inout JSONReader) throws(JSONError) -> String? {
        try reader.readNull() ? nil : try reader.readString()
    }

    /// The end of a window.
    private static func latest(_ reader: inout JSONReader) throws(JSONError) -> Timestamp? {
        if try reader.readNull() { return nil }
        var latest: Timestamp?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if "latest" ~= key {
                latest = Timestamp(rfc3339: try reader.readString())
            } else {
                _ = try reader.skipValue()
            }
        }
        return latest
    }
}
