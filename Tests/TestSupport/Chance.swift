import Foundation

/// Random bits that are a pure function of a seed (SplitMix64), so that every failure can be run again.
package struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// An independent stream for the `number`-th of many runs with one seed.
    package init(seed: UInt64, number: Int) {
        var mixer = Chance(seed: seed ^ (UInt64(truncatingIfNeeded: number) &* 0xd1b5_4a32_d192_ed03))
        state = mixer.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    package mutating func number(in range: Range<Int>) -> Int { Int.random(in: range, using: &self) }
    package mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True once in `count` times.
    package mutating func oneIn(_ count: Int) -> Bool { number(in: 0..<count) == 0 }

    /// One of them; there must be one.
    package mutating func pick<Value>(_ values: [Value]) -> Value { values[number(in: 0..<values.count)] }

    /// The seed of this run: `WAYBILL_SEED`, or always the same. Printed, so that a failure can be repeated.
    package static func seed(for test: String) -> UInt64 {
        let seed = ProcessInfo.processInfo.environment["WAYBILL_SEED"].flatMap { UInt64($0) } ?? 20_261_123
        print("\(test): WAYBILL_SEED=\(seed)")
        return seed
    }
}
