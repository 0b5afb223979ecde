/// When a delivery will arrive, by how long others like it took from the same point on.
package struct Prediction: Sendable {
    /// The share of deliveries that the window is to hold.
    package static let confidence = 0.8
    /// A promise that is kept less often than this, by what is known, is at risk.
    private static let chance = 0.1

    /// From when the durations count.
    package var anchor: Timestamp
    package var distribution: Distribution
    /// What it was based on, in words.
    package var basis: String

    package init(anchor: Timestamp, distribution: Distribution, basis: String) {
        self.anchor = anchor
        self.distribution = distribution
        self.basis = basis
    }

    package var confidence: Double { Self.confidence }
    package var samples: Int64 { Int64(distribution.total) }

    /// The shortest window that holds the arrival in so many of the cases, knowing that it has not arrived yet.
    ///
    /// Where every delivery that is known had arrived by now, the window is the hour to come: nothing better is known.
    package func window(at now: Timestamp) -> (earliest: Timestamp, latest: Timestamp) {
        guard let span = distribution.shortestSpan(Self.confidence, above: minutes(at: now)) else {
            return (now, now.advanced(bySeconds: 3600))
        }
        return (max(now, instant(span.from)), max(now, instant(span.to)))
    }

    /// The instant before which half of them arrive.
    package func median(at now: Timestamp) -> Timestamp {
        let gone = distribution.share(below: minutes(at: now))
        return max(now, instant(distribution.quantile(gone + (1 - gone) / 2)))
    }

    /// The chance that it arrives before an instant, knowing that it has not arrived yet.
    package func chance(before instant: Timestamp, at now: Timestamp) -> Double {
        let gone = distribution.share(below: minutes(at: now))
        guard gone < 1 else { return 0 }
        return max(0, distribution.share(below: minutes(at: instant)) - gone) / (1 - gone)
    }

    package func isAtRisk(_ promise: Timestamp, at now: Timestamp) -> Bool {
        chance(before: promise, at: now) <= Self.chance && window(at: now).earliest > promise
    }

    /// When to look again, if nothing is heard until then; nil where the promise passes first.
    package func riskBegins(_ promise: Timestamp, after now: Timestamp) -> Timestamp? {
        let kept = distribution.share(below: minutes(at: promise))
        let share = (kept - Self.chance) / (1 - Self.chance)
        let begins = share <= 0 ? now : instant(distribution.quantile(share))
        // Not at every moment where the two conditions differ by a bucket.
        let next = max(begins, now.advanced(bySeconds: 1800))
        return next < promise ? next : nil
    }

    private func minutes(at instant: Timestamp) -> Double {
        Double(instant.microseconds - anchor.microseconds) / 60_000_000
    }

    private func instant(_ minutes: Double) -> Timestamp {
        anchor.advanced(byMicroseconds: Int64(minutes * 60_000_000))
    }
}
