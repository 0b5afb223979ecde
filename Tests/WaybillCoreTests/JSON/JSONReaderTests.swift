import TestSupport
import Testing
import WaybillCore

/// What is JSON and what is not, after the corner cases of RFC 8259.
@Suite struct JSONReaderTests {
    static func problem(_ bytes: [UInt8]) -> JSONError? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                _ = try reader.skipValue()
                try reader.expectEnd()
                return nil
            } catch { return error }
        }
    }

    /// Reads one string value.
    static func string(_ bytes: [UInt8]) throws(JSONError) -> String {
        var result: Result<String, JSONError> = .success("")
        bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                result = .success(try reader.readString())
                try reader.expectEnd()
            } catch { result = .failure(error) }
        }
        return try result.get()
    }

    static func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> String {
        String(repeating: open, count: depth) + (open == "[" ? "" : "1") + String(repeating: close, count: depth)
    }

    static let accepted: [String] = [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "0.5", "-0.0", "1e5", "1E+5", "1e-5", "0e0",
        "0e+00",
        "1e308", "1e-400", "123456789012345678901234567890", "1.0000000000000000000000000001",
        String(repeating: "9", count: 64), "\"\"", "\"a\"", "\" \"", "\"/\"", "\"\\/\"", "\"\\\\\"", "\"\\\"\"",
        "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u001f\"", "\"\\uD834\\uDD1E\"", "\"\\ud834\\udd1e\"", "\"\\uFFFF\"",
        "\"\u{7F}\"", "\"\u{2028}\"", "\"\u{202E}\"", "\"\u{10FFFF}\"", "\"\u{FEFF}\"", "\"\u{0}\"".replacingNUL,
        "[]", "[ ]", "[1]", "[1,2]", "[1 , 2]", "[[]]", "[\"]\"]", "[null,true,false]", "{}", "{ }", "{\"\":0}",
        "{\"a\":1}", "{\"a\":1,\"b\":2}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]",
        "{\"a\":1,\"A\":2}", "{\"é\":1,\"e\\u0301\":2}", "\r\n\t 1 \r\n\t", nested(32), nested(32, "{\"a\":", "}"),
    ]

    static let refused: [String] = [
        "", " ", "nul", "nulll", "NULL", "True", "truefalse", "tru", "NaN", "-NaN", "Infinity", "-Infinity", "inf",
        "1e400", "-1e400", "0.1e310", "1e999999999999",
        "00", "01", "-01", "+1", "-", "--1", "1.", ".5", "-.5", "1e", "1e+", "1e1.5", "1.e5", "0x10", "1_000", "1,5",
        "１",
        "1 2", "1a", "0e", "- 1", "1.5.5", String(repeating: "9", count: 65), "0." + String(repeating: "0", count: 63),
        "\"", "\"a", "a\"", "'a'", "\"\\\"", "\"\\", "\"\\x41\"", "\"\\a\"", "\"\\'\"", "\"\\0\"", "\"\\u\"",
        "\"\\u12\"",
        "\"\\u123\"", "\"\\u12G4\"", "\"\\U0041\"", "\"\\u 041\"", "\"\\u+041\"", "\"\\u１２３４\"", "\"\\uD834\"",
        "\"\\uDD1E\"", "\"\\uDD1E\\uD834\"", "\"\\uD834a\"", "\"\\uD834\\n\"", "\"\\uD834\\u0041\"",
        "\"\\uD834\\uD834\"",
        "\"\\uD834\\uDD1\"", "\"\\uD834\\\"", "\"\n\"", "\"\t\"", "\"\r\"", "\"\u{1}\"", "\"\u{1F}\"", "\"a\" \"b\"",
        "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1}", "[\"a\": 1]", "[]]", "[[]",
        "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}",
        "{1:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{\"a\"}", "{null:1}", "{\"a\":1;}", "{}{}", "{}x",
        "{}\u{0}",
        "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"\\u0061\":1,\"a\":2}", "{\"é\":1,\"\\u00e9\":2}",
        "{\"\":1,\"\":2}", "{\"x\":{\"a\":1,\"a\":2}}", "[{\"a\":1,\"b\":2,\"a\":3}]", "{\"\\uD834\":1}",
        "// c\n1", "1 // c", "/* c */ 1", "# c\n1", "\u{FEFF}1", "\u{FEFF}{}", "\u{A0}1", "\u{85}1", "1\u{C}", "\u{B}1",
        nested(33), nested(33, "{\"a\":", "}"), nested(10_000), nested(10_000, "{\"a\":", "}"),
        String(repeating: "[", count: 10_000), String(repeating: "{\"a\":", count: 10_000),
        String(repeating: "[{\"a\":", count: 10_000),
    ]

    @Test func acceptsWhatIsJSON() {
        for text in Self.accepted { #expect(Self.problem(Array(text.utf8)) == nil, "\(text)") }
    }

    @Test func refusesWhatIsNot() {
        for text in Self.refused { #expect(Self.problem(Array(text.utf8)) != nil, "\(text.prefix(60))") }
    }

    /// A string or a key with these bytes in it, at every place of the eight-byte steps of the scanner.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0x81], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
            [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func refusesInvalidUTF8(sequence: [UInt8]) {
        for before in 0...9 {
            for after in [0, 1, 7, 8, 9] {
                let inner =
                    Array(repeating: UInt8(ascii: "x"), count: before) + sequence
                    + Array(repeating: UInt8(ascii: "y"), count: after)
                let quoted = [0x22] + inner + [0x22]
                let escaped = [0x22] + inner + Array("\\n\"".utf8)
                for text in [quoted, escaped, [0x5B] + quoted + [0x5D]] {
                    #expect(Self.problem(text) != nil, "\(text)")
                    #expect(Self.problem(Array("{".utf8) + text + Array(":1}".utf8)) != nil)
                }
                #expect(throws: JSONError.self) { try Self.string(quoted) }
            }
        }
        #expect(Self.problem(sequence) != nil)
        #expect(Self.problem(Array("1".utf8) + sequence) != nil)
        #expect(Self.problem(sequence + Array("1".utf8)) != nil)
    }

    /// Control characters, quotes and backslashes are seen at every place of a long string.
    @Test func findsSpecialBytesAnywhere() throws {
        for length in 0..<40 {
            for place in 0..<length {
                var bytes = Array(repeating: UInt8(ascii: "a"), count: length)
                for control in [0x00, 0x01, 0x0A, 0x1F] as [UInt8] {
                    bytes[place] = control
                    #expect(throws: JSONError.self) { try Self.string([0x22] + bytes + [0x22]) }
                }
                bytes[place] = 0x22
                #expect(throws: JSONError.self) { try Self.string([0x22] + bytes + [0x22]) }
                bytes[place] = 0x20
                #expect(try Self.string([0x22] + bytes + [0x22]).utf8.elementsEqual(bytes))
            }
        }
    }

    @Test func escapesAreRead() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\uD834\uDD1E\u0000é""#
        let expected = "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1D11E}\u{0}\u{E9}"
        #expect(try Self.string(Array(text.utf8)).hasSameBytes(as: expected))
    }

    @Test func numbersHaveBounds() throws {
        func read<Value>(_ text: String, _ body: (inout JSONReader) throws -> Value) throws -> Value {
            try Array(text.utf8).withUnsafeBufferPointer { buffer in
                var reader = JSONReader(buffer)
                return try body(&reader)
            }
        }
        #expect(try read("-1.25e2") { reader in try reader.readDouble() } == -125)
        #expect(try read("9223372036854775807") { reader in try reader.readInt64() } == .max)
        for text in ["1e400", "-1e400", "\"1\"", "null"] {
            #expect(throws: JSONError.self) { try read(text) { reader in try reader.readDouble() } }
        }
        for text in ["9223372036854775808", "1.5", "1e3", "true"] {
            #expect(throws: JSONError.self) { try read(text) { reader in try reader.readInt64() } }
        }
    }

    @Test func anObjectHasABoundOfMembers() {
        func object(_ count: Int) -> [UInt8] {
            Array(("{" + (0..<count).map { "\"k\($0)\":1" }.joined(separator: ",") + "}").utf8)
        }
        #expect(Self.problem(object(Limits.jsonMembers)) == nil)
        #expect(Self.problem(object(Limits.jsonMembers + 1)) != nil)
    }
}

extension String {
    /// Swift's literal has a NUL; JSON writes it as an escape.
    fileprivate var replacingNUL: String {
        split(separator: "\u{0}", omittingEmptySubsequences: false).joined(separator: "\\u0000")
    }
}
