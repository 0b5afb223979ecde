import Foundation

/// One way to spoil an event. Each keeps the rest correct, so that the fault reaches the code that must find it.
enum RecordMutation: CaseIterable {
    case none, invalidUTF8, deepArrays, deepObjects, notANumber, hugeNumber, oddNumber, duplicateKey, longText
    case wrongType, nullField, missingField, bidirectional, truncated, loneSurrogate, unknownType, future, badTime
    case reusedID, personal, otherMerchant, controlCharacter, unknownFields, trailingText, notAnObject, escapedNUL
    case manyMembers, selfCorrection, flippedBits, badIdentifier, hugeETA, badLocation, selfMade

    /// The spoilt bytes. `id` is unique in the run but for `reusedID`.
    func apply(to id: String, _ random: inout Seeded) -> [UInt8] {
        var event = RawEvent.valid(id, &random)
        switch self {
        case .truncated, .trailingText, .notAnObject, .flippedBits: return spoilText(event.bytes, &random)
        case .deepArrays, .deepObjects, .notANumber, .hugeNumber, .oddNumber, .longText, .unknownFields, .manyMembers,
            .invalidUTF8, .loneSurrogate, .controlCharacter, .escapedNUL, .bidirectional:
            spoilValue(&event, &random)
        default: spoilField(&event, &random)
        }
        return event.bytes
    }

    // MARK: Text

    private func spoilText(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        switch self {
        case .truncated: return Array(bytes.prefix(random.below(bytes.count)))
        case .trailingText: return bytes + Array(random.pick(["}", "null", ",", "\u{0}", " {}", "\\"]).utf8)
        case .notAnObject:
            return Array(random.pick(["[]", "null", "true", "\"\"", "7", "", " ", "\u{FEFF}{}", "{}"]).utf8)
        default:
            for _ in 0...random.below(6) { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
            return bytes
        }
    }

    // MARK: Values

    private func spoilValue(_ event: inout RawEvent, _ random: inout Seeded) {
        let field = random.pick(["detail", "raw_code", "metadata", "x_unknown", "location"])
        switch self {
        case .deepArrays:
            event.set(field, raw: String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000))
        case .deepObjects:
            event.set(
                field, raw: String(repeating: #"{"a":"#, count: 10_000) + "1" + String(repeating: "}", count: 10_000))
        case .notANumber:
            event.set(field, raw: random.pick(["NaN", "Infinity", "-Infinity", "nan", "1e400", "-1e400"]))
        case .hugeNumber: event.set(field, raw: String(repeating: "9", count: 30 + random.below(2000)))
        case .oddNumber:
            event.set(field, raw: random.pick(["01", "-", "+1", "1.", ".5", "1e", "0x10", "1e+", "--1", "-0"]))
        case .longText:
            let length = random.chance(1) ? 10_000_000 : random.pick([5000, 70_000, 300_000])
            event.set(field, raw: "\"" + String(repeating: "a", count: length) + "\"")
        case .unknownFields: event.set("x_\(random.below(1000))", raw: #"{"a":[1,2.50,{"b":null}],"ü":"ß"}"#)
        case .manyMembers:
            event.set(field, raw: "{" + (0..<5000).map { "\"m\($0)\":\($0)" }.joined(separator: ",") + "}")
        case .invalidUTF8:
            let bad: [[UInt8]] = [
                [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
            ]
            event.set(field, [0x22] + random.pick(bad) + [0x22])
        case .loneSurrogate:
            event.set(field, raw: random.pick([#""\ud800""#, #""\udc00x""#, #""\ud800\ud800""#, #""\ud83d""#]))
        case .controlCharacter: event.set(field, [0x22, UInt8(random.below(32)), 0x22])
        case .escapedNUL:
            event.set(field, raw: random.pick([#""a\u0000b""#, #""\u0007""#, #""\u007f""#, #""\x41""#, #""\u12""#]))
        default:
            let marks = ["\u{202E}", "\u{2066}", "\u{200F}", "\u{061C}", "\u{FEFF}", "\u{2028}"]
            let name = random.pick(["detail", "delivery_id", "id", "source", "carrier"])
            event.set(name, RawEvent.quoted("evil" + random.pick(marks) + "txt"))
        }
    }

    // MARK: Fields

    private func spoilField(_ event: inout RawEvent, _ random: inout Seeded) {
        let values = ["null", "true", "-1", "[]", "{}", "\"\"", "\"x\"", "[{}]", "1.5", #"{"latest":7}"#]
        switch self {
        case .duplicateKey: event.members.append(random.pick(event.members))
        case .wrongType: event.set(random.pick(event.members).name, raw: random.pick(values))
        case .nullField: event.set(random.pick(event.members).name, raw: "null")
        case .missingField: event.remove(random.pick(["type", "delivery_id", "occurred_at", "id"]))
        case .unknownType:
            event.set("type", raw: random.pick([#""teleported""#, #""Delivered""#, #""delivered ""#, #""""#]))
        case .future: event.set("occurred_at", RawEvent.quoted(Date().addingTimeInterval(3 * 86_400).ISO8601Format()))
        case .badTime: event.set("occurred_at", RawEvent.quoted(random.pick(Self.times)))
        case .reusedID: event.set("id", raw: "\"reused-\(random.below(20))\"")
        case .personal:
            let field = random.pick(["recipient", "name", "street", "phone", "email", "signed_by"])
            event.set(random.pick(["destination", "location"]), raw: "{\"\(field)\":\"Ada Lovelace\"}")
            if random.chance(50) { event.set(field, raw: #""Ada Lovelace""#) }
        case .otherMerchant:
            event.set("merchant", raw: random.pick([#""other""#, #""Default""#, #""../x""#, #""""#, "7"]))
        case .selfCorrection:
            event.set("type", raw: "\"correction\"")
            event.set("corrects", random.pick(event.members).value)
            event.set("why", raw: random.pick([#""did_not_occur""#, #""because""#, "null"]))
        case .badIdentifier:
            let texts = ["", " ", "a b", "ü", String(repeating: "x", count: 129), "a/../b", "%00", "\u{7F}", "a\\nb"]
            event.set(random.pick(["id", "delivery_id"]), RawEvent.quoted(random.pick(texts)))
        case .hugeETA:
            event.set(
                "eta", raw: #"{"earliest":"9999-12-31T23:59:59Z","latest":"0001-01-01T00:00:00Z","source":"psychic"}"#)
        case .badLocation:
            event.set("location", raw: random.pick([#"{"lat":91,"lon":0}"#, #"{"lat":"x"}"#, #"{"lat":1e308}"#, "[]"]))
        case .selfMade:
            event.set("type", raw: random.pick(["\"expired\"", "\"position\""]))
            event.set("after", raw: "\"nothing\"")
        default: break
        }
    }

    private static let times = [
        "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999999Z",
        "2026-01-01t00:00:00z", "2026-01-01 00:00:00Z", "1970-01-01T00:00:00+99:99", "yesterday", "1764000000",
        "2026-01-01T00:00:00.Z", "-2026-01-01T00:00:00Z", "2026-01-01T00:00:00+1:00", "٢٠٢٦-01-01T00:00:00Z",
    ]
}
