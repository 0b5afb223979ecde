import Crypto
import Synchronization
import WaybillCore

/// Makes ids for events that come without one.
package final class EventIDs: Sendable {
    private struct State {
        var random: UInt64
        var lastMillisecond: Int64 = 0
        var counter: UInt64 = 0
    }

    private let time: any TimeSource
    private let state: Mutex<State>

    /// - Parameter seed: different in every process, so that ids do not collide; they need not be unguessable.
    package init(time: any TimeSource, seed: UInt64) {
        self.time = time
        state = Mutex(State(random: seed))
    }

    /// A UUIDv7 (RFC 9562): milliseconds, a counter that keeps ids of one process in order, random bits.
    package func next() -> EventID {
        let now = time.now().microseconds / 1000
        let (millisecond, counter, random) = state.withLock { state in
            if now > state.lastMillisecond {
                state.lastMillisecond = now
                state.counter = 0
            } else {
                state.counter += 1
                if state.counter > 0xFFF {
                    state.lastMillisecond += 1
                    state.counter = 0
                }
            }
            state.random &+= 0x9E37_79B9_7F4A_7C15
            return (state.lastMillisecond, state.counter, Self.mix(state.random))
        }
        let high = UInt64(bitPattern: millisecond) << 16 | 0x7000 | counter
        return EventID(trusted: Self.text(high: high, low: random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000))
    }

    /// The UUIDv8 of SHA-256(merchant, key, index): a retry with the same `Idempotency-Key` gives the same ids, and so
    /// duplicates.
    package static func derived(merchant: MerchantID, idempotencyKey: String, index: Int) -> EventID {
        var hash = SHA256()
        hash.update(data: Array("\(merchant.text)\0\(idempotencyKey)\0\(index)".utf8))
        let words = hash.finalize().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return EventID(
            trusted: text(
                high: words.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
                low: words.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000))
    }

    /// SplitMix64's finalizer.
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private static func text(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { out in
            var index = 0
            for word in [high, low] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    if index == 8 || index == 13 || index == 18 || index == 23 {
                        out[index] = UInt8(ascii: "-")
                        index += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift) & 15)
                    out[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    index += 1
                }
            }
            return index
        }
    }
}
