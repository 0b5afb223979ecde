import Foundation
import Testing

/// Everything in this target drives the real program from outside: its own process, its own directory, its own ports.
/// One test at a time, since they count system calls, kills and bytes on two cores.
@Suite("End to end", .serialized)
enum EndToEnd {}

/// How much to do: `make test` is small, `make soak` (`WAYBILL_SOAK=1`) holds the sizes that are promised.
enum Scale {
    static let environment = ProcessInfo.processInfo.environment
    static let isSoak = environment["WAYBILL_SOAK"] == "1"
    /// In continuous integration a missing tool is a failure, never a skip.
    static let isCI = environment["CI"] != nil

    static func pick(test: Int, soak: Int) -> Int { isSoak ? soak : test }

    /// Fixed in `make test`, fresh in a soak; `WAYBILL_SEED` repeats a run. Every failure prints it.
    static func seed(_ fallback: UInt64) -> UInt64 {
        if let given = environment["WAYBILL_SEED"], let seed = UInt64(given) { return seed }
        var system = SystemRandomNumberGenerator()
        return isSoak ? system.next() : fallback
    }
}

/// SplitMix64: the same seed makes the same choices on every machine.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}
