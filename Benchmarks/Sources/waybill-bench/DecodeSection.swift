import Foundation
import WaybillCore

/// Events decoded in a second on one core, beside Foundation's decoder on the same bytes.
struct DecodeSection {
    let seconds: Double

    func run(_ report: Report) throws {
        report.begin("Decoding, one core")
        var source = EventSource(deliveries: 1000, run: 0)
        let made = (0..<5000).map { number -> [UInt8] in
            var event: [UInt8] = []
            source.append(number, to: &event)
            return event
        }
        try measure("events of 350 bytes", made, report)
        let path = ProcessInfo.processInfo.environment["WAYBILL_REPLAY_DIR"] ?? "Tests/Fixtures"
        let text = try String(contentsOfFile: path + "/scms-shipments.ndjson", encoding: .utf8)
        try measure("real shipments", text.split(separator: "\n").map { Array($0.utf8) }, report)
    }

    private func measure(_ name: String, _ events: [[UInt8]], _ report: Report) throws {
        let decoder = EventDecoder()
        let own = try rate(events) { _ = try decoder.decode($0) }
        let foundation = JSONDecoder()
        let data = events.map { Data($0) }
        let theirs = try rate(data) { _ = try foundation.decode(PlainEvent.self, from: $0) }
        report.add(
            Figure(
                name: name, measured: own.perSecond, limit: "Foundation " + theirs.perSecond, share: own / theirs,
                aim: "5 times Foundation", isMet: own >= 5 * theirs))
    }

    private func rate<Item>(_ items: [Item], _ body: (Item) throws -> Void) throws -> Double {
        let start = MonotonicClock.microseconds
        var count = 0
        while MonotonicClock.microseconds - start < seconds * 1e6 {
            for item in items { try body(item) }
            count += items.count
        }
        return Double(count) / ((MonotonicClock.microseconds - start) / 1e6)
    }
}

/// The same fields as a plain `Decodable`: times stay text, so it does less.
private struct PlainEvent: Decodable {
    struct Location: Decodable {
        var name, city, region, postcode, country: String?
        var lat, lon: Double?
    }

    struct Window: Decodable { var earliest, latest: String? }

    struct Destination: Decodable {
        var countryName: String?

        enum CodingKeys: String, CodingKey { case countryName = "country_name" }
    }

    var id, type, deliveryID, occurredAt: String
    var merchant, source, detail, rawCode, reason, carrier, trackingNumber, orderReference: String?
    var location: Location?
    var promised: Window?
    var destination: Destination?

    enum CodingKeys: String, CodingKey {
        case id, type, merchant, source, detail, reason, carrier, location, promised, destination
        case deliveryID = "delivery_id"
        case occurredAt = "occurred_at"
        case rawCode = "raw_code"
        case trackingNumber = "tracking_number"
        case orderReference = "order_reference"
    }
}
