import Foundation

/// Makes events of exactly 350 bytes, each with an id of its own, by copying a template and writing digits into it.
///
/// So many deliveries are alive at once, and each has 8 events, as a parcel has; then others take their place.
/// Or events are of random ones. Each later event happened later.
struct EventSource {
    static let eventBytes = 350
    var deliveries: Int
    /// Events of random deliveries instead of one after another.
    var isRandom = false
    /// Tells the runs of one server apart, so that ids never repeat.
    var run: Int

    private let templates: [[UInt8]]
    private let days: [[UInt8]]
    private var state: UInt64 = 0x2545_F491_4F6C_DD1D

    init(deliveries: Int, run: Int, isRandom: Bool = false) {
        self.deliveries = deliveries
        self.run = run
        self.isRandom = isRandom
        templates = Self.kinds.map(Self.template)
        let start = Date().timeIntervalSince1970 - 40 * 86_400
        days = (0..<40).map { day in
            Array(Date(timeIntervalSince1970: start + Double(day) * 86_400).ISO8601Format().prefix(10).utf8)
        }
    }

    private static let kinds = [
        "created", "in_transit", "arrived_at_hub", "departed_hub", "out_for_delivery", "delivered",
    ]
    /// The kinds of a delivery's events, in order.
    private static let life = [0, 1, 2, 3, 2, 3, 4, 5]
    private static let idAt = 9
    private static let deliveryAt = 48
    private static let timeAt = 74

    /// Appends event `number`; `kind` is taken in turn unless given.
    mutating func append(_ number: Int, kind: Int? = nil, to out: inout [UInt8]) {
        let round = number / deliveries
        let kind = kind ?? (isRandom ? 1 + number % 3 : Self.life[round % Self.life.count])
        let start = out.count
        out += templates[kind]
        Self.write(run, 3, at: start + Self.idAt, &out)
        Self.write(number, 16, at: start + Self.idAt + 4, &out)
        let generation = isRandom ? 0 : round / Self.life.count
        let delivery = generation * deliveries + (isRandom ? random(deliveries) : number % deliveries)
        Self.write(delivery, 9, at: start + Self.deliveryAt, &out)
        // One millisecond an event, so that what comes later is later.
        let milliseconds = number + run * 20_000_000
        out.replaceSubrange(
            (start + Self.timeAt)..<(start + Self.timeAt + 10), with: days[milliseconds / 86_400_000 % 40])
        Self.write(milliseconds / 3_600_000 % 24, 2, at: start + Self.timeAt + 11, &out)
        Self.write(milliseconds / 60_000 % 60, 2, at: start + Self.timeAt + 14, &out)
        Self.write(milliseconds / 1000 % 60, 2, at: start + Self.timeAt + 17, &out)
        Self.write(milliseconds % 1000, 3, at: start + Self.timeAt + 20, &out)
    }

    /// The text of delivery number `k`, as events name it.
    static func deliveryID(_ number: Int) -> String { "L-" + String(1_000_000_000 + number).dropFirst() }

    /// Which of the kinds carries a status that a list can be narrowed to.
    static let outForDelivery = 4
    static let delivered = 5

    mutating func random(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private static func template(_ kind: String) -> [UInt8] {
        let head =
            #"{"id":"b-000-0000000000000000","delivery_id":"L-000000000","#
            + #""occurred_at":"2026-01-01T00:00:00.000Z","type":""#
        let rest =
            kind
            + #"","source":"logistics/leipzig","location":{"name":"Leipzig Hub","city":"Leipzig","postcode":"04435","#
            + #""country":"DE","lat":51.42,"lon":12.24},"carrier":"rhein","raw_code":"AR","detail":""#
        let padding = eventBytes - head.utf8.count - rest.utf8.count - 2
        return Array((head + rest + String(repeating: "x", count: padding) + "\"}").utf8)
    }

    private static func write(_ value: Int, _ digits: Int, at start: Int, _ out: inout [UInt8]) {
        var rest = value
        for place in stride(from: start + digits - 1, through: start, by: -1) {
            out[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}

/// Whole HTTP requests around events.
struct EventRequests {
    var source: EventSource
    /// Events of one request; 1 sends the bare event.
    let batch: Int
    private let head: [UInt8]

    init(_ source: EventSource, batch: Int, port: Int, path: String = "/v1/events") {
        self.source = source
        self.batch = batch
        let length = batch == 1 ? EventSource.eventBytes : 11 + batch * (EventSource.eventBytes + 1) - 1 + 2
        head = Array(
            ("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(length)\r\n\r\n").utf8)
    }

    /// Replaces `out` with the request for events `number`, `number + 1`, ...
    mutating func write(from number: Int, kind: Int? = nil, to out: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        out += head
        guard batch > 1 else { return source.append(number, kind: kind, to: &out) }
        out += Array(#"{"events":["#.utf8)
        for index in 0..<batch {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            source.append(number + index, kind: kind, to: &out)
        }
        out += [UInt8(ascii: "]"), UInt8(ascii: "}")]
    }
}
