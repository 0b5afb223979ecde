/// Reads the stored form back. A row that cannot be read is a damaged file: it is reported, never guessed at.
extension FoldedState {
    package init(encoded bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        self.init()
        isProvisional = false
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key.count {
            case ..<9: try readShort(key, &reader)
            case 9...12: try readMiddle(key, &reader)
            default: try readLong(key, &reader)
            }
        }
        try reader.expectEnd()
        if frontier == nil { frontier = lastEvent?.key }
    }

    private mutating func readShort(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
        switch key {
        case "attempts": attempts = Int(try reader.readInt64())
        case "awaits": awaitsEvent = try reader.readBool()
        case "carrier": carrier = try reader.readString()
        case "delay": delay = try Delay(&reader)
        case "etas": etas = try Self.readArrivals(&reader)
        case "expired": isExpired = try reader.readBool()
        case "frontier": frontier = try SortKey.read(&reader).key
        case "metadata": metadata = try reader.readFragment()
        case "origin": origin = try reader.readFragment()
        case "place": place = try reader.readCode()
        case "promised": promised = try Window(&reader)
        case "proof_id": proofID = try reader.readString()
        case "reason": reason = try reader.readCode()
        case "status": reducedStatus = try reader.readCode()
        default: _ = try reader.skipValue()
        }
    }

    private mutating func readMiddle(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
        switch key {
        case "cancelled_at": cancelledAt = try reader.readInstant()
        case "created_at": createdAt = try reader.readInstant()
        case "delivered_at": deliveredAt = try reader.readInstant()
        case "destination": destination = try reader.readFragment()
        case "last_event":
            let (key, type) = try SortKey.read(&reader)
            guard let type else { throw reader.fail("last_event without a type") }
            lastEvent = LastEvent(key: key, type: type)
        case "pickup_until": pickupUntil = try reader.readInstant()
        case "provisional": isProvisional = try reader.readBool()
        case "recipient_id": recipientID = try reader.readString()
        case "returned_at": returnedAt = try reader.readInstant()
        case "status_event": statusEvent = EventID(trusted: try reader.readString())
        default: _ = try reader.skipValue()
        }
    }

    private mutating func readLong(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
        switch key {
        case "contradiction": contradiction = try Contradiction(&reader)
        case "dispatched_at": dispatchedAt = try reader.readInstant()
        case "last_location": lastLocation = try reader.readFragment()
        case "order_reference": orderReference = try reader.readString()
        case "out_for_delivery_at": outForDeliveryAt = try reader.readInstant()
        case "promised_original": promisedOriginal = try Window(&reader)
        case "tracking_number": trackingNumber = try reader.readString()
        default: _ = try reader.skipValue()
        }
    }

    private static func readArrivals(_ reader: inout JSONReader) throws(JSONError) -> [EstimatedArrival] {
        var arrivals: [EstimatedArrival] = []
        try reader.beginArray()
        while try reader.nextElement(first: arrivals.isEmpty) { arrivals.append(try EstimatedArrival(&reader)) }
        return arrivals
    }
}

extension JSONReader {
    fileprivate mutating func readInstant() throws(JSONError) -> Timestamp {
        Timestamp(microseconds: try readInt64())
    }

    fileprivate mutating func readCode<Code: RawRepresentable<String>>() throws(JSONError) -> Code {
        guard let code = Code(rawValue: try readString()) else { throw fail("unknown code") }
        return code
    }
}

extension Window {
    fileprivate init(_ reader: inout JSONReader) throws(JSONError) {
        self.init(latest: Timestamp(microseconds: 0))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "earliest": earliest = try reader.readInstant()
            case "latest": latest = try reader.readInstant()
            default: _ = try reader.skipValue()
            }
        }
    }
}

extension EstimatedArrival {
    fileprivate init(_ reader: inout JSONReader) throws(JSONError) {
        var window = Window(latest: Timestamp(microseconds: 0))
        var source = ETASource.carrier
        var statedAt = Timestamp(microseconds: 0)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "earliest": window.earliest = try reader.readInstant()
            case "latest": window.latest = try reader.readInstant()
            case "source": source = try reader.readCode()
            case "stated_at": statedAt = try reader.readInstant()
            default: _ = try reader.skipValue()
            }
        }
        self.init(eta: ETA(window: window, source: source), statedAt: statedAt)
    }
}

extension Delay {
    fileprivate init(_ reader: inout JSONReader) throws(JSONError) {
        self.init(openedBy: EventID(trusted: ""), since: Timestamp(microseconds: 0))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "expected_by": expectedBy = try reader.readInstant()
            case "minutes": minutes = Int(try reader.readInt64())
            case "opened_by": openedBy = EventID(trusted: try reader.readString())
            case "reason": reason = try reader.readCode()
            case "since": since = try reader.readInstant()
            default: _ = try reader.skipValue()
            }
        }
    }
}

extension Contradiction {
    fileprivate init(_ reader: inout JSONReader) throws(JSONError) {
        self.init(
            event: EventID(trusted: ""), type: .note, occurredAt: Timestamp(microseconds: 0), status: .delivered, count: 0)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "count": count = Int(try reader.readInt64())
            case "event": event = EventID(trusted: try reader.readString())
            case "occurred_at": occurredAt = try reader.readInstant()
            case "status": status = try reader.readCode()
            case "type": type = try reader.readCode()
            default: _ = try reader.skipValue()
            }
        }
    }
}

extension SortKey {
    fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> (key: SortKey, type: EventType?) {
        var key = SortKey(occurredAt: Timestamp(microseconds: 0), rank: 0, id: EventID(trusted: ""))
        var type: EventType?
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "at": key.occurredAt = try reader.readInstant()
            case "id": key.id = EventID(trusted: try reader.readString())
            case "rank": key.rank = Int(try reader.readInt64())
            case "type": type = try reader.readCode()
            default: _ = try reader.skipValue()
            }
        }
        return (key, type)
    }
}
