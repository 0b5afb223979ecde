import Foundation

/// The seed of a run: `WAYBILL_SEED`, or always the same. Printed, so that a failure can be run again.
package enum RunSeed {
    package static func value(of test: String) -> UInt64 {
        let seed = isGiven ? UInt64(given ?? "") ?? 1 : 20_261_123
        print("\(test): WAYBILL_SEED=\(seed)")
        return seed
    }

    /// Whether one seed is to be run again: then many-seed tests run that one alone.
    package static var isGiven: Bool { given != nil }

    private static var given: String? { ProcessInfo.processInfo.environment["WAYBILL_SEED"] }
}
