import Foundation

/// An event as bytes that need not be JSON: members in order, each value as it will be written.
struct RawEvent {
    var members: [(name: String, value: [UInt8])]

    /// A correct event of one of 300 deliveries.
    static func valid(_ id: String, _ random: inout Seeded) -> RawEvent {
        let types = ["created", "updated", "in_transit", "arrived_at_hub", "delivered", "exception", "note", "delayed"]
        let second = random.below(86_400 * 20)
        let at = Date(timeIntervalSince1970: 1_760_000_000 + Double(second)).ISO8601Format()
        return RawEvent(members: [
            ("id", quoted(id)), ("type", quoted(random.pick(types))), ("delivery_id", quoted("B-\(random.below(300))")),
            ("occurred_at", quoted(at)), ("source", quoted("tests/bad-input")), ("detail", quoted("Grüße, 世界 📦")),
            ("location", Array(#"{"city":"Leipzig","country":"DE","lat":51.42,"lon":12.24}"#.utf8)),
            ("eta", Array(#"{"latest":"2026-02-03T04:05:06+01:00","source":"carrier"}"#.utf8)),
        ])
    }

    var bytes: [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += Self.quoted(member.name) + [UInt8(ascii: ":")] + member.value
        }
        return out + [UInt8(ascii: "}")]
    }

    mutating func set(_ name: String, _ value: some Sequence<UInt8>) {
        members.removeAll { $0.name == name }
        members.append((name, Array(value)))
    }

    mutating func set(_ name: String, raw text: String) { set(name, text.utf8) }

    mutating func remove(_ name: String) { members.removeAll { $0.name == name } }

    /// A JSON string; the text is escaped as little as the grammar asks.
    static func quoted(_ text: String) -> [UInt8] {
        [0x22] + text.utf8.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] } + [0x22]
    }
}
