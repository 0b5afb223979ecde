/// How far a reader of the feed has come: opaque base64url of `{format version, feed id, position per partition}`.
///
/// It is the SSE `id:`, and valid in every API process and with any filter.
package struct FeedCursor: Hashable, Sendable {
    /// Names one numbering of updates; a restored or rebuilt store has another, which every older cursor notices.
    package var feedID: UInt64
    /// The last position seen in each partition; 0 before the first.
    package var positions: [Int64]

    private static let formatVersion: UInt8 = 1

    package init(feedID: UInt64, positions: [Int64]) {
        self.feedID = feedID
        self.positions = positions
    }

    /// Whether the update is beyond this cursor. A repeat is not.
    package func isBefore(_ position: FeedPosition) -> Bool {
        positions.indices.contains(position.partition) && position.position > positions[position.partition]
    }

    package mutating func advance(to position: FeedPosition) {
        positions[position.partition] = max(positions[position.partition], position.position)
    }

    // MARK: Text

    package var text: String {
        var bytes: [UInt8] = [Self.formatVersion]
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: feedID >> UInt64(shift)))
        }
        for position in positions {
            var rest = UInt64(position)
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return Base64URL.encode(bytes)
    }

    /// Nil for text that no cursor of this format has, or of another number of partitions.
    package init?(_ text: String, partitions: Int) {
        guard text.utf8.count <= 512, let bytes = Base64URL.decode(text), bytes.count >= 9,
            bytes[0] == Self.formatVersion
        else { return nil }
        feedID = bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }
        positions = []
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes[9...] {
            guard shift < 63 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            guard value <= UInt64(Int64.max) else { return nil }
            positions.append(Int64(value))
            value = 0
            shift = 0
        }
        guard shift == 0, positions.count == partitions else { return nil }
    }
}

/// RFC 4648 section 5, without padding.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 4 / 3 + 3) { out in
            var length = 0
            var buffer: UInt32 = 0
            var bits: UInt32 = 0
            for byte in bytes {
                buffer = buffer << 8 | UInt32(byte)
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    out[length] = alphabet[Int(buffer >> bits & 63)]
                    length += 1
                }
            }
            if bits > 0 {
                out[length] = alphabet[Int(buffer << (6 - bits) & 63)]
                length += 1
            }
            return length
        }
    }

    package static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 {
            guard let value = value(of: byte) else { return nil }
            buffer = buffer << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bits < 6 ? out : nil
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
