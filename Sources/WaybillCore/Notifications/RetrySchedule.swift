/// When an attempt that failed is made again: the table of Standard Webhooks 1.0.0, with jitter.
package enum RetrySchedule {
    /// From one attempt to the next, in seconds: ten attempts over 75 h 35 min.
    package static let delays: [Int64] = [
        5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600,
    ]
    package static var attempts: Int { delays.count + 1 }
    /// Either way, so that many messages that failed together do not come back together.
    package static let jitterPercent: Int64 = 20

    /// The moment of the next attempt, or nil after the last.
    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - id: of the message; the jitter is a function of it.
    ///   - retryAfter: what the receiver asked for, in seconds.
    package static func next(
        after attempt: Int, at now: Timestamp, id: String, retryAfter: Int64? = nil
    ) -> Timestamp? {
        guard attempt >= 1, attempt <= delays.count else { return nil }
        let base = delays[attempt - 1]
        let hash = StableHash.fnv1a(Array("\(id)/\(attempt)".utf8))
        let spread = base * 1_000_000 * jitterPercent / 100
        let jitter = Int64(hash % UInt64(2 * spread + 1)) - spread
        let own = now.advanced(byMicroseconds: base * 1_000_000 + jitter)
        guard let retryAfter else { return own }
        return max(own, now.advanced(bySeconds: min(max(retryAfter, base), 24 * 3600)))
    }
}

/// What `Retry-After` says (RFC 9110, section 10.2.3): seconds, or a date.
package enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// In seconds from now; nil for what is neither.
    package static func seconds(_ text: String, now: Timestamp) -> Int64? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return text.utf8.count > 9 ? 24 * 3600 : Int64(text)
        }
        guard let date = date(text) else { return nil }
        return max(0, (date.microseconds - now.microseconds) / 1_000_000)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`; the obsolete forms are not read.
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
