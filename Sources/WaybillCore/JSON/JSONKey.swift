/// A key of an object that is being read: valid as long as the reader and the bytes it was read from.
package struct JSONKey: Equatable {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The first eight bytes, so that most comparisons end with one instruction.
    private let start: UInt64

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        if bytes.count >= 8 {
            start = UnsafeRawBufferPointer(bytes).loadUnaligned(as: UInt64.self)
        } else {
            start = bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Its length in bytes, to choose among known names before comparing.
    package var count: Int { bytes.count }

    @inline(__always)
    package static func ~= (name: StaticString, key: JSONKey) -> Bool {
        let count = name.utf8CodeUnitCount
        guard key.bytes.count == count else { return false }
        for index in 0..<count where key.bytes[index] != name.utf8Start[index] { return false }
        return true
    }

    @inline(__always)
    package static func == (lhs: JSONKey, rhs: JSONKey) -> Bool {
        guard lhs.start == rhs.start, lhs.bytes.count == rhs.bytes.count else { return false }
        return lhs.bytes.count <= 8 || lhs.bytes.elementsEqual(rhs.bytes)
    }
}

/// Owns the bytes of keys that were written with escapes, for as long as a reader needs them.
final class UnescapedKeys {
    private var kept: [UnsafeMutableBufferPointer<UInt8>] = []

    deinit { for buffer in kept { buffer.deallocate() } }

    func keep(_ text: String) -> UnsafeBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
        _ = buffer.initialize(from: text.utf8)
        kept.append(buffer)
        return UnsafeBufferPointer(buffer)
    }
}
