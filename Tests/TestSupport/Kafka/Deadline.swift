import Glibc

/// A moment on the monotonic clock.
package struct Deadline: Sendable {
    private let end: Double

    package init(seconds: Double) { end = Self.seconds + seconds }

    package var hasPassed: Bool { Self.seconds >= end }

    /// Seconds of the monotonic clock.
    package static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Something that was waited for did not come.
package struct NotInTime: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Looks again and again for something that can be seen from outside, and gives up loudly.
@discardableResult
package func eventually<Found>(
    _ what: String, within seconds: Double = 20, _ look: () async throws -> Found?
) async throws -> Found {
    let deadline = Deadline(seconds: seconds)
    while true {
        if let found = try await look() { return found }
        guard !deadline.hasPassed else { throw NotInTime(description: "not within \(seconds) s: \(what)") }
        // The gap between two looks leaves the processor to what is looked at.
        _ = poll(nil, 0, 5)
        await Task.yield()
    }
}
