/// How long to leave a server alone that could not be reached: 50 ms, doubling to 2 s, each between half and all of
/// it, so that the processes of an installation do not come back as one.
package struct ReconnectDelay {
    private var failures = 0
    private var state: UInt64

    package init(seed: UInt64) { state = seed | 1 }

    package mutating func next() -> Duration {
        let full = min(2000, 50 << min(failures, 6))
        failures += 1
        // xorshift64: jitter needs no better chance.
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return .milliseconds(full / 2 + Int(state % UInt64(full / 2)))
    }

    package mutating func reset() { failures = 0 }
}
