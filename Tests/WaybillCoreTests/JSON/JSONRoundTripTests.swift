import Foundation
import TestSupport
import Testing
import WaybillCore

/// What the writer writes, the reader and an independent parser read; canonical forms are equal where meanings are.
@Suite struct JSONRoundTripTests {
    /// U+FEFF is left out: Foundation, the independent parser here, drops it where a string begins with it.
    static func text(_ chance: inout Chance) -> String {
        let pieces = [
            "a", "\"", "\\", "/", "\u{0}", "\u{1F}", "\n", "\r", "\t", "\u{8}", "\u{7F}", "é", "e\u{301}", "\u{2028}",
            "\u{202E}", "\u{FFFD}", "\u{FFFF}", "😀", "👩‍👩‍👧", "\u{10FFFF}", "日本", " ", "abcdefgh",
        ]
        return (0..<chance.number(in: 0...20)).map { _ in chance.pick(pieces) }.joined()
    }

    @Test func stringsSurvive() throws {
        var chance = Chance(seed: Chance.seed(for: "JSON strings"))
        for _ in 0..<5_000 {
            let text = Self.text(&chance)
            var writer = JSONWriter()
            writer.value(text)
            #expect(try JSONReaderTests.string(writer.bytes).hasSameBytes(as: text))
            let other =
                try JSONSerialization.jsonObject(with: Data(writer.bytes), options: .fragmentsAllowed) as? String
            #expect(other?.hasSameBytes(as: text) == true)
        }
    }

    @Test func writerMakesOneValidValue() {
        var json = JSONWriter()
        json.object { json in
            json.member("text", "a\u{1}\"")
            json.member("number", -3)
            json.member("yes", true)
            json.member("time", Timestamp(microseconds: 1))
            json.member("none", orNull: nil as String?)
            json.key(named: "odd \"key\"")
            json.array { json in
                json.value(1.5)
                json.value(-0.0)
                json.value(1e300)
                json.value(Double.nan)
                json.value(Double.infinity)
                json.null()
                json.object { _ in }
                json.array { _ in }
            }
            json.key("raw")
            json.value(JSONFragment(trusted: "[1, 2]"))
        }
        let expected =
            #"{"text":"a\u0001\"","number":-3,"yes":true,"time":"1970-01-01T00:00:00.000001Z","none":null,"#
            + #""odd \"key\"":[1.5,0,1e+300,null,null,null,{},[]],"raw":[1, 2]}"#
        #expect(json.text == expected)
        #expect(JSONReaderTests.problem(json.bytes) == nil)
    }

    static let sameMeaning: [[String]] = [
        ["1", "1.0", "10e-1", "0.1E1", "1e0", "1.000", "100e-2", "0.00001e5"],
        ["0", "-0", "0.0", "0e9", "-0.000e-5", "0E+1"],
        ["-12.5", "-125e-1", "-0.125e2", "-12.50"],
        ["1e300", "10e299", "0.1e301"],
        ["123456789012345678901234567890", "12345678901234567890123456789e1"],
        ["\"é\"", "\"\\u00e9\"", "\"\\u00E9\""],
        ["\"/\"", "\"\\/\"", "\"\\u002f\""],
        ["\"😀\"", "\"\\ud83d\\ude00\""],
        ["{\"a\":1,\"b\":2}", "{ \"b\" : 2.0 , \"\\u0061\" : 1 }"],
        ["[1,{\"x\":[],\"y\":null}]", " [ 1.0 , { \"y\" : null , \"x\" : [ ] } ] "],
        ["{\"\":1,\"a\":{\"c\":3,\"b\":2}}", "{\"a\":{\"b\":2,\"c\":3},\"\":1}"],
    ]

    static let otherMeaning: [(String, String)] = [
        ("1", "\"1\""), ("1", "10"), ("1", "-1"), ("0.1", "0.10000000000000000000000000001"),
        ("9007199254740993", "9007199254740992"),
        ("1e300", "1e301"), ("\"é\"", "\"e\\u0301\""), ("[1,2]", "[2,1]"), ("{}", "[]"), ("null", "false"),
        ("{\"a\":null}", "{}"),
        ("\"\"", "\" \""), ("{\"a\":1}", "{\"A\":1}"), ("[[]]", "[]"), ("1.5", "15"),
    ]

    @Test func equalMeaningEqualBytes() throws {
        for group in Self.sameMeaning {
            let forms = try Set(group.map { try JSONCanonical.bytes(of: Array($0.utf8)) })
            #expect(forms.count == 1, "\(group): \(forms.map { String(decoding: $0, as: UTF8.self) })")
        }
        for (one, other) in Self.otherMeaning {
            #expect(
                try JSONCanonical.bytes(of: Array(one.utf8)) != JSONCanonical.bytes(of: Array(other.utf8)),
                "\(one), \(other)")
        }
    }

    @Test func canonicalIsIdempotentAndMeansTheSame() throws {
        var chance = Chance(seed: Chance.seed(for: "canonical JSON"))
        for _ in 0..<3_000 {
            var one = JSONWriter()
            var other = JSONWriter()
            let value = Self.value(&chance, depth: 4)
            value.write(to: &one, reordered: false)
            value.write(to: &other, reordered: true)
            let canonical = try JSONCanonical.bytes(of: one.bytes)
            #expect(try JSONCanonical.bytes(of: canonical) == canonical)
            #expect(try JSONCanonical.bytes(of: other.bytes) == canonical, "\(one.text) \(other.text)")
            let mine = try JSONSerialization.jsonObject(with: Data(one.bytes), options: .fragmentsAllowed) as? NSObject
            let theirs =
                try JSONSerialization.jsonObject(with: Data(canonical), options: .fragmentsAllowed) as? NSObject
            #expect(mine == theirs)
        }
    }

    @Test func canonicalRefusesWhatTheReaderRefuses() {
        for text in JSONReaderTests.refused {
            #expect(throws: JSONError.self, "\(text.prefix(40))") { try JSONCanonical.bytes(of: Array(text.utf8)) }
        }
    }

    /// A random value that can be written in two spellings.
    indirect enum Value {
        case text(String), number(Int), list([Value]), members([(String, Value)]), null, flag(Bool)

        func write(to json: inout JSONWriter, reordered: Bool) {
            switch self {
            case .text(let text): json.value(text)
            case .number(let number): json.raw(reordered ? "\(number).0" : "\(number)")
            case .list(let list): json.array(list) { json, value in value.write(to: &json, reordered: reordered) }
            case .members(let members):
                json.object { json in
                    for (name, value) in reordered ? members.reversed() : members {
                        json.key(named: name)
                        value.write(to: &json, reordered: reordered)
                    }
                }
            case .null: json.null()
            case .flag(let flag): json.value(flag)
            }
        }
    }

    static func value(_ chance: inout Chance, depth: Int) -> Value {
        switch chance.number(in: 0..<(depth > 0 ? 6 : 4)) {
        case 0: return .text(text(&chance))
        case 1: return .number(chance.number(in: -1000...1000) * chance.pick([1, 10, 1000]))
        case 2: return .null
        case 3: return .flag(chance.oneIn(2))
        case 4: return .list((0..<chance.number(in: 0...4)).map { _ in value(&chance, depth: depth - 1) })
        default:
            var names: [String] = []
            for _ in 0..<chance.number(in: 0...4) {
                let name = text(&chance)
                // Foundation holds canonically equivalent keys equal, so keep them apart here.
                if !names.contains(name) { names.append(name) }
            }
            return .members(names.map { ($0, value(&chance, depth: depth - 1)) })
        }
    }
}
