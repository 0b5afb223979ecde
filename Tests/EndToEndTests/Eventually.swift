import Foundation
import Glibc

/// Something that was waited for did not come.
struct TimedOut: Error, CustomStringConvertible {
    let description: String
}

/// Looks again and again for something that can be seen from outside, and gives up loudly.
func eventually<Found>(
    _ what: @autoclosure () throws -> String, within seconds: Double = 30, _ look: () throws -> Found?
) throws -> Found {
    let deadline = Deadline(seconds: seconds)
    while true {
        if let found = try look() { return found }
        guard !deadline.hasPassed else { throw TimedOut(description: "not within \(seconds) s: \(try what())") }
        // The gap between two looks leaves the processor to the program under test.
        _ = poll(nil, 0, 5)
    }
}

/// A moment on the monotonic clock.
struct Deadline: Sendable {
    private let end: Double

    init(seconds: Double) { end = Self.now + seconds }

    var hasPassed: Bool { Self.now >= end }
    var milliseconds: Int32 { Int32(max(0, min((end - Self.now) * 1000, 1_000_000))) }

    /// Seconds of the monotonic clock.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
