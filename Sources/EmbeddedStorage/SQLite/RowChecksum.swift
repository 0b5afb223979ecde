/// A checksum kept with each row that matters: SQLite checks its pages' structure, not their content, so a flipped bit
/// on the disk would be served as if it were true.
///
/// Multiply and mix, eight bytes at a time: it finds accidents, not attackers, and costs little beside the row itself.
struct RowChecksum {
    private var hash: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// As SQLite stores it.
    var value: Int64 { Int64(bitPattern: hash ^ (hash >> 29)) }

    mutating func add(_ number: some BinaryInteger) { mix(UInt64(truncatingIfNeeded: number)) }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add($0) }
    }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { add($0) } }

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        mix(UInt64(raw.count))
        var index = 0
        while index + 8 <= raw.count {
            mix(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < raw.count {
            rest = rest << 8 | UInt64(raw[index])
            index += 1
        }
        mix(rest)
    }

    private mutating func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
        hash ^= hash >> 32
    }
}
