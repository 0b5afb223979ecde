/// Text that is compared, ordered and hashed as its UTF-8 bytes, never by Unicode equivalence.
///
/// `String` treats "é" and "e\u{301}" as equal; an identifier must not.
package protocol ByteComparedText: Hashable, Comparable, Sendable, CustomStringConvertible {
    var text: String { get }
}

extension ByteComparedText {
    package var description: String { text }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.text.hasSameBytes(as: rhs.text) }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.text.utf8.lexicographicallyPrecedes(rhs.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Equality of UTF-8 bytes. Never Unicode equivalence.
    package func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        // Native strings lie in one piece: one comparison of memory.
        let result = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                UnsafeRawBufferPointer(mine).elementsEqualInMemory(UnsafeRawBufferPointer(theirs))
            }
        }
        return (result ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Whether every byte is visible ASCII (0x21...0x7E), the alphabet of delivery and event ids.
    package var isVisibleASCII: Bool { hasOnly { $0 > 0x20 && $0 < 0x7F } }

    /// Whether every byte of the UTF-8 form is allowed.
    @inline(__always)
    func hasOnly(_ isAllowed: (UInt8) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            for byte in bytes where !isAllowed(byte) { return false }
            return true
        } ?? utf8.allSatisfy(isAllowed)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes at a time; both have the same count.
    fileprivate func elementsEqualInMemory(_ other: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= count {
            guard loadUnaligned(fromByteOffset: index, as: UInt64.self)
                == other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            else { return false }
            index += 8
        }
        while index < count {
            guard self[index] == other[index] else { return false }
            index += 1
        }
        return true
    }
}

/// The tenant everything belongs to: `[a-z0-9][a-z0-9_-]{0,62}`.
package struct MerchantID: ByteComparedText {
    package let text: String

    /// Nil when `text` is not a valid merchant id.
    package init?(_ text: String) {
        guard (1...Limits.merchantIDBytes).contains(text.utf8.count) else { return nil }
        let isValid = text.hasOnly { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isValid, let first = text.utf8.first, first != UInt8(ascii: "_"), first != UInt8(ascii: "-") else { return nil }
        self.text = text
    }

    /// For text that this program validated before, such as a stored row.
    package init(trusted text: String) { self.text = text }

    /// The one merchant of a single-company installation.
    package static let `default` = MerchantID(trusted: "default")
}

/// A consignment's id, unique within its merchant: 1 to 128 visible ASCII characters.
package struct DeliveryID: ByteComparedText {
    package let text: String

    package init?(_ text: String) {
        guard (1...Limits.identifierBytes).contains(text.utf8.count), text.isVisibleASCII else { return nil }
        self.text = text
    }

    /// For text that this program validated before, such as a stored row.
    package init(trusted text: String) { self.text = text }
}

/// An event's id, unique within its delivery: 1 to 128 visible ASCII characters.
package struct EventID: ByteComparedText {
    package let text: String

    package init?(_ text: String) {
        guard (1...Limits.identifierBytes).contains(text.utf8.count), text.isVisibleASCII else { return nil }
        self.text = text
    }

    /// For text that this program validated before, such as a stored row.
    package init(trusted text: String) { self.text = text }

    /// The upper half of FNV-1a over the bytes: stored with the state, so it must never change (Swift's own hashes differ
    /// per process). Short on purpose: two ids of one delivery that share it only cost a look at the history.
    package var shortHash: UInt32 { UInt32(truncatingIfNeeded: StableHash.fnv1a(text.utf8) >> 32) }
}

/// A delivery's identity, `(merchant, delivery id)`; as text it is the Kafka key `<merchant>/<delivery id>`.
package struct DeliveryKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let merchant: MerchantID
    package let deliveryID: DeliveryID

    package init(merchant: MerchantID, deliveryID: DeliveryID) {
        self.merchant = merchant
        self.deliveryID = deliveryID
    }

    /// Splits at the first `/`, as the contract says. Nil when either part is not valid.
    package init?(_ text: String) {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
            let merchant = MerchantID(String(text[..<slash])),
            let deliveryID = DeliveryID(String(text[text.utf8.index(after: slash)...]))
        else { return nil }
        self.init(merchant: merchant, deliveryID: deliveryID)
    }

    package var text: String { merchant.text + "/" + deliveryID.text }
    package var description: String { text }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.merchant, lhs.deliveryID) < (rhs.merchant, rhs.deliveryID)
    }
}

/// Hashes that are written down or agreed with others, so they never change.
package enum StableHash {
    package static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    /// Kafka's murmur2 (`org.apache.kafka.common.utils.Utils.murmur2`), seed 0x9747b28c.
    package static func murmur2(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        let count = bytes.count
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
        var offset = 0
        while offset + 4 <= count {
            var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            word = word &* multiplier
            word ^= word >> 24
            hash = (hash &* multiplier) ^ (word &* multiplier)
            offset += 4
        }
        let rest = count - offset
        if rest >= 3 { hash ^= UInt32(bytes[offset + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[offset + 1]) << 8 }
        if rest >= 1 { hash = (hash ^ UInt32(bytes[offset])) &* multiplier }
        hash ^= hash >> 13
        hash = hash &* multiplier
        return hash ^ (hash >> 15)
    }

    /// The partition the Java client's default partitioner picks for a key.
    package static func partition(ofKey key: String, count: Int) -> Int {
        var key = key
        return key.withUTF8 { Int(murmur2(UnsafeRawBufferPointer($0)) & 0x7fff_ffff) % count }
    }
}
