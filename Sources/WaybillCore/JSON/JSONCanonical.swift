/// One text for each JSON value: keys sorted by their bytes, no white space, numbers by value, strings minimally
/// escaped.
///
/// Two texts that mean the same have the same canonical form, so that content can be compared and hashed as bytes.
/// Numbers are compared exactly, as decimals: `1.0`, `1` and `10e-1` are one number, and no digit is lost to a
/// `Double`.
package enum JSONCanonical {
    /// The canonical form of one JSON value.
    package static func bytes(of json: UnsafeBufferPointer<UInt8>) throws(JSONError) -> [UInt8] {
        var reader = JSONReader(json)
        var out: [UInt8] = []
        out.reserveCapacity(json.count)
        try write(&reader, json, into: &out)
        try reader.expectEnd()
        return out
    }

    package static func bytes(of json: [UInt8]) throws(JSONError) -> [UInt8] {
        var reader: Result<[UInt8], JSONError> = .success([])
        json.withUnsafeBufferPointer { buffer in
            do throws(JSONError) { reader = .success(try bytes(of: buffer)) } catch { reader = .failure(error) }
        }
        return try reader.get()
    }

    private static func write(
        _ reader: inout JSONReader, _ json: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]
    ) throws(JSONError) {
        switch reader.peek() {
        case UInt8(ascii: "{"): try writeObject(&reader, json, into: &out)
        case UInt8(ascii: "["):
            try reader.beginArray()
            out.append(UInt8(ascii: "["))
            var isFirst = true
            while try reader.nextElement(first: isFirst) {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                try write(&reader, json, into: &out)
                isFirst = false
            }
            out.append(UInt8(ascii: "]"))
        case UInt8(ascii: "\""):
            var writer = JSONWriter(capacity: 32)
            writer.value(try reader.readString())
            out.append(contentsOf: writer.bytes)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            out.append(contentsOf: json[try reader.skipValue()])
        default:
            let range = try reader.skipValue()
            out.append(contentsOf: number(json[range]))
        }
    }

    private static func writeObject(
        _ reader: inout JSONReader, _ json: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]
    ) throws(JSONError) {
        try reader.beginObject()
        var members: [(key: String, value: [UInt8])] = []
        while let key = try reader.nextKey() {
            var value: [UInt8] = []
            try write(&reader, json, into: &value)
            members.append((key.text, value))
        }
        members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        out.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            var writer = JSONWriter(capacity: 32)
            writer.key(named: member.key)
            out.append(contentsOf: writer.bytes)
            out.append(contentsOf: member.value)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// `[-]digits[e exponent]` with no leading or trailing zero among the digits; zero is `0`.
    private static func number(_ literal: some Collection<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        var exponent = 0
        var afterPoint = false
        var rest = literal[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative { rest = rest.dropFirst() }
        while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: ".") {
                afterPoint = true
            } else {
                digits.append(byte)
                if afterPoint { exponent -= 1 }
            }
        }
        if !rest.isEmpty {
            let written = String(decoding: rest.dropFirst(), as: UTF8.self)
            exponent = exponent.addingReportingOverflow(clampedExponent(written)).partialValue
        }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        guard !significant.isEmpty else { return [UInt8(ascii: "0")] }
        let zeros = significant.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        var out = negative ? [UInt8(ascii: "-")] : []
        out.append(contentsOf: significant.dropLast(zeros))
        exponent += zeros
        if exponent != 0 { out.append(contentsOf: Array("e\(exponent)".utf8)) }
        return out
    }

    /// An exponent of 60 digits is no number anybody means; clamped, so that arithmetic cannot overflow.
    private static func clampedExponent(_ text: String) -> Int {
        let limit = Int(Int32.max)
        if let value = Int(text) { return min(max(value, -limit), limit) }
        return text.hasPrefix("-") ? -limit : limit
    }
}
