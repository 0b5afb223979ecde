/// A generator of random bits that is a pure function of its seed: SplitMix64 (Steele, Lea, Flood 2014).
///
/// It splits into independent streams by label. A stream depends on the seed and its label alone, never on how much
/// was drawn elsewhere, so that one delivery's life is the same whoever else lives and whichever service is played.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What the streams are derived from; drawing does not change it.
    private let key: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        key = Self.mix(seed)
        state = key
    }

    package mutating func next() -> UInt64 {
        state &+= Self.goldenGamma
        return Self.mix(state)
    }

    /// The stream of this label, and of this number where there are many of a kind.
    package func stream(_ label: StaticString, _ number: Int = 0) -> SeededGenerator {
        let bytes = UnsafeBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount)
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return SeededGenerator(seed: Self.mix(key ^ hash) &+ UInt64(truncatingIfNeeded: number) &* Self.goldenGamma)
    }

    /// A 64-bit number that belongs to this stream and `number`, without drawing.
    package func bits(_ number: UInt64) -> UInt64 { Self.mix(key ^ Self.mix(number &+ Self.goldenGamma)) }

    private static let goldenGamma: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// The finaliser of SplitMix64: every input bit changes about half of the output bits.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
