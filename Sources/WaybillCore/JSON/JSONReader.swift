/// What is wrong with a piece of JSON, and where (a byte offset).
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problem: String
    package let offset: Int

    package init(problem: String, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    package var description: String { "\(problem) at byte \(offset)" }
}

/// A strict pull parser (RFC 8259) over bytes it does not own: no tree, no allocation per value.
///
/// Refused: invalid UTF-8, duplicate keys (compared as bytes after unescaping), lone surrogates, unescaped controls,
/// nesting beyond `Limits.jsonDepth`, numbers beyond `Limits.jsonNumberBytes`, anything after the value.
/// It must not outlive the buffer.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Offset of the next byte to read.
    package private(set) var position = 0
    private var depth = 0
    /// Keys of the objects that are open, innermost last.
    private var keys: [JSONKey] = []
    /// Where the keys of the object at each depth begin; of no meaning at the depth of an array.
    private var firstKey = SIMD32<UInt16>(repeating: 0)
    /// Keys that were written with escapes; none in almost every text.
    private var unescapedKeys: UnescapedKeys?

    /// - Parameter depth: how deep the value already stands in another.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, depth: Int = 0) {
        self.bytes = bytes
        self.depth = depth
        keys.reserveCapacity(24)
    }

    // MARK: Structure

    /// Enters an object; call `nextKey()` until it answers nil, reading or skipping one value after each key.
    package mutating func beginObject() throws(JSONError) {
        try open(UInt8(ascii: "{"), "an object")
        firstKey[depth - 1] = UInt16(keys.count)
    }

    /// The next key of the innermost object, or nil at its end, which leaves the object.
    package mutating func nextKey() throws(JSONError) -> JSONKey? {
        guard depth > 0 else { throw fail("no object is open") }
        let first = Int(firstKey[depth - 1])
        skipSpace()
        if take(UInt8(ascii: "}")) {
            keys.removeLast(keys.count - first)
            depth -= 1
            return nil
        }
        if keys.count > first {
            guard take(UInt8(ascii: ",")) else { throw fail("expected ',' or '}'") }
            skipSpace()
        }
        guard take(UInt8(ascii: "\"")) else { throw fail("expected a key") }
        let token = try scanString()
        var name = UnsafeBufferPointer(rebasing: bytes[token.range])
        if token.escaped {
            let kept = unescapedKeys ?? UnescapedKeys()
            unescapedKeys = kept
            name = kept.keep(try unescape(token))
        } else if token.nonASCII {
            _ = try text(of: token)
        }
        let key = JSONKey(name)
        guard keys.count - first < Limits.jsonMembers else { throw fail("too many members in one object") }
        for index in first..<keys.count where keys[index] == key { throw fail("duplicate key") }
        keys.append(key)
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw fail("expected ':'") }
        return key
    }

    /// Enters an array; call `nextElement(first:)` before each element.
    package mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "["), "an array") }

    /// Whether another element follows; false leaves the array.
    package mutating func nextElement(first: Bool) throws(JSONError) -> Bool {
        skipSpace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return false
        }
        if !first {
            guard take(UInt8(ascii: ",")) else { throw fail("expected ',' or ']'") }
        }
        return true
    }

    /// Demands that nothing but white space is left.
    package mutating func expectEnd() throws(JSONError) {
        skipSpace()
        guard position == bytes.count else { throw fail("unexpected text after the value") }
    }

    /// The first byte of the next value, white space skipped, or nil at the end.
    package mutating func peek() -> UInt8? {
        skipSpace()
        return position < bytes.count ? bytes[position] : nil
    }

    // MARK: Values

    package mutating func readString() throws(JSONError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw fail("expected a string") }
        position += 1
        let token = try scanString()
        return token.escaped ? try unescape(token) : try text(of: token)
    }

    /// A string without escapes as its bytes, for values that are parsed in place; nil when it has escapes (then read it as a string).
    package mutating func readPlainString() throws(JSONError) -> UnsafeBufferPointer<UInt8>? {
        guard peek() == UInt8(ascii: "\"") else { throw fail("expected a string") }
        let start = position
        position += 1
        let token = try scanString()
        if token.escaped {
            position = start
            return nil
        }
        return UnsafeBufferPointer(rebasing: bytes[token.range])
    }

    /// Consumes `null` where it is the next value.
    package mutating func readNull() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    package mutating func readBool() throws(JSONError) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"): try literal("true"); return true
        case UInt8(ascii: "f"): try literal("false"); return false
        default: throw fail("expected true or false")
        }
    }

    /// A finite number. `1e400` is refused here, since no known field can mean it.
    package mutating func readDouble() throws(JSONError) -> Double {
        _ = peek()
        let start = position
        try scanNumber()
        if let value = plainDecimal(start..<position) { return value }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw JSONError(problem: "number out of range", offset: start) }
        return value
    }

    /// A decimal of 15 digits at most without an exponent, exactly: both its digits and its power of ten are doubles.
    private func plainDecimal(_ range: Range<Int>) -> Double? {
        var digits: Int64 = 0
        var scale = 1.0
        var isFraction = false
        guard range.count <= 16 else { return nil }
        for index in range {
            switch bytes[index] {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
                if isFraction { scale *= 10 }
            default: return nil
            }
        }
        let value = Double(digits) / scale
        return bytes[range.lowerBound] == UInt8(ascii: "-") ? -value : value
    }

    package mutating func readInt64() throws(JSONError) -> Int64 {
        _ = peek()
        let start = position
        try scanNumber()
        guard let value = Int64(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw JSONError(problem: "expected an integer", offset: start)
        }
        return value
    }

    /// Validates the next value, whatever it is, and returns where it stands.
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        guard let first = peek() else { throw fail("unexpected end") }
        let start = position
        switch first {
        case UInt8(ascii: "{"):
            try beginObject()
            while try nextKey() != nil { _ = try skipValue() }
        case UInt8(ascii: "["):
            try beginArray()
            var isFirst = true
            while try nextElement(first: isFirst) {
                _ = try skipValue()
                isFirst = false
            }
        case UInt8(ascii: "\""):
            position += 1
            let token = try scanString()
            if token.escaped { _ = try unescape(token) } else if token.nonASCII { _ = try text(of: token) }
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try scanNumber()
        }
        return start..<position
    }

    /// The next value kept as it was written.
    package mutating func readFragment() throws(JSONError) -> JSONFragment { fragment(try skipValue()) }

    /// Bytes that were read before, kept as they were written.
    package func fragment(_ range: Range<Int>) -> JSONFragment {
        JSONFragment(trusted: String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
    }

    package func fail(_ problem: String) -> JSONError { JSONError(problem: problem, offset: position) }

    // MARK: Scanning

    private struct StringToken {
        var range: Range<Int>
        var escaped = false
        var nonASCII = false
    }

    private mutating func open(_ byte: UInt8, _ what: String) throws(JSONError) {
        guard peek() == byte else { throw fail("expected \(what)") }
        guard depth < Limits.jsonDepth else { throw fail("nested deeper than \(Limits.jsonDepth)") }
        depth += 1
        position += 1
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Reads to the closing quote, eight bytes at a time while nothing special is among them.
    @inline(__always)
    private mutating func scanString() throws(JSONError) -> StringToken {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var token = StringToken(range: position..<position)
        let start = position
        let raw = UnsafeRawBufferPointer(bytes)
        while true {
            while position + 8 <= bytes.count {
                let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                let quote = word ^ (ones &* 0x22)
                let slash = word ^ (ones &* 0x5C)
                let special = ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- ones &* 0x20) & ~word)
                guard (special | word) & highs == 0 else { break }
                position += 8
            }
            guard position < bytes.count else { throw fail("unterminated string") }
            let byte = bytes[position]
            switch byte {
            case 0x22:
                token.range = start..<position
                position += 1
                return token
            case 0x5C:
                token.escaped = true
                guard position + 1 < bytes.count else { throw fail("unterminated string") }
                position += 2
            case 0..<0x20: throw fail("control character in a string")
            case 0x80...: token.nonASCII = true; position += 1
            default: position += 1
            }
        }
    }

    private func text(of token: StringToken) throws(JSONError) -> String {
        let slice = UnsafeBufferPointer(rebasing: bytes[token.range])
        guard token.nonASCII else { return String(decoding: slice, as: UTF8.self) }
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(problem: "invalid UTF-8", offset: token.range.lowerBound)
        }
        return text
    }

    private func unescape(_ token: StringToken) throws(JSONError) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(token.range.count)
        var index = token.range.lowerBound
        while index < token.range.upperBound {
            let byte = bytes[index]
            guard byte == 0x5C else {
                out.append(byte)
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "\""): out.append(0x22)
            case UInt8(ascii: "\\"): out.append(0x5C)
            case UInt8(ascii: "/"): out.append(0x2F)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = try unicodeEscape(at: &index, end: token.range.upperBound)
                out.append(contentsOf: String(Character(scalar)).utf8)
                continue
            default: throw JSONError(problem: "unknown escape", offset: index)
            }
            index += 2
        }
        guard let text = String(validating: out, as: UTF8.self) else {
            throw JSONError(problem: "invalid UTF-8", offset: token.range.lowerBound)
        }
        return text
    }

    /// Reads `\uXXXX`, or a surrogate pair of two, and moves past it.
    private func unicodeEscape(at index: inout Int, end: Int) throws(JSONError) -> Unicode.Scalar {
        let high = try hexadecimal(at: index + 2, end: end)
        index += 6
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), index + 6 <= end, bytes[index] == 0x5C,
            bytes[index + 1] == UInt8(ascii: "u"),
            case let low = try hexadecimal(at: index + 2, end: end), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw JSONError(problem: "lone surrogate", offset: index) }
        index += 6
        return scalar
    }

    private func hexadecimal(at start: Int, end: Int) throws(JSONError) -> UInt32 {
        guard start + 4 <= end else { throw JSONError(problem: "short escape", offset: start) }
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue, bytes[index] < 0x80 else {
                throw JSONError(problem: "not a hexadecimal digit", offset: index)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw fail("unexpected end") }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] {
            throw fail("expected \(word)")
        }
        position += count
    }

    private mutating func scanNumber() throws(JSONError) {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        var hasExponent = false
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            hasExponent = true
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard position - start <= Limits.jsonNumberBytes else {
            throw JSONError(problem: "number too long", offset: start)
        }
        if position - start > 15 || hasExponent { try demandFinite(start) }
    }

    /// Other readers hold numbers as doubles: what overflows one is passed on to nobody.
    private func demandFinite(_ start: Int) throws(JSONError) {
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw JSONError(problem: "number out of range", offset: start)
        }
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw fail("expected a value") }
    }
}
