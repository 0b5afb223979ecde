/// Counts of durations in buckets that grow with the duration, 16 to each doubling: quantiles to within 3 percent.
///
/// Merging adds counts, and taking a sample out subtracts one, so a sketch is a fold like everything else: it can be
/// kept by counters, and counted again. Integers alone, so every machine has the same buckets.
package struct QuantileSketch: Hashable, Sendable {
    /// By bucket; none of them 0.
    package private(set) var counts: [Int: Int64] = [:]
    package private(set) var total: Int64 = 0

    package init() {}

    // MARK: Buckets

    /// - Parameter value: in whole minutes; may be negative.
    package static func bucket(of value: Int64) -> Int {
        guard value >= 0 else { return -1 - bucket(of: -1 - value) }
        guard value >= 16 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 3) * 16 + Int(value >> (exponent - 4) & 15)
    }

    /// The values of a bucket.
    package static func range(of bucket: Int) -> Range<Int64> {
        guard bucket >= 0 else {
            let mirrored = range(of: -1 - bucket)
            return -mirrored.upperBound..<(-mirrored.lowerBound)
        }
        guard bucket >= 16 else { return Int64(bucket)..<Int64(bucket) + 1 }
        let exponent = bucket / 16 + 3
        let lower = Int64(16 + bucket % 16) << (exponent - 4)
        return lower..<lower + 1 << (exponent - 4)
    }

    // MARK: Counting

    package mutating func add(_ value: Int64, times: Int64 = 1) { add(bucket: Self.bucket(of: value), times: times) }

    package mutating func add(bucket: Int, times: Int64) {
        let count = (counts[bucket] ?? 0) + times
        counts[bucket] = count == 0 ? nil : count
        total += times
    }

    package mutating func merge(_ other: QuantileSketch) {
        for (bucket, count) in other.counts { add(bucket: bucket, times: count) }
    }

    // MARK: Asking

    /// The value below which this share of the samples lies, between the bounds of its bucket; nil without samples.
    package func quantile(_ share: Double) -> Double? { Distribution(self)?.quantile(share) }
}

/// A sketch made ready for many questions: buckets in order, with what lies below each.
package struct Distribution: Sendable {
    private struct Step: Sendable {
        var range: Range<Int64>
        var below: Double
        var count: Double
    }

    private let steps: [Step]
    package let total: Double
    /// The mean distance from the median: by how much a forecast from it is off.
    package private(set) var spread = 0.0

    /// Nil for a sketch without samples.
    package init?(_ sketch: QuantileSketch) {
        guard sketch.total > 0 else { return nil }
        var steps: [Step] = []
        var below = 0.0
        for (bucket, count) in sketch.counts.sorted(by: { $0.key < $1.key }) where count > 0 {
            steps.append(Step(range: QuantileSketch.range(of: bucket), below: below, count: Double(count)))
            below += Double(count)
        }
        self.steps = steps
        total = below
        let median = quantile(0.5)
        spread =
            steps.reduce(0) { sum, step in
                let middle = Double(step.range.lowerBound) + Double(step.range.count) / 2
                return sum + step.count * abs(middle - median)
            } / below
    }

    /// The share of the samples below a value.
    package func share(below value: Double) -> Double {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if Double(steps[middle].range.lowerBound) < value { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        let step = steps[low - 1]
        let part = (value - Double(step.range.lowerBound)) / Double(step.range.count)
        return (step.below + step.count * min(part, 1)) / total
    }

    package func quantile(_ share: Double) -> Double {
        let rank = min(max(share, 0), 1) * total
        let step = steps.first { $0.below + $0.count >= rank } ?? steps[steps.count - 1]
        let part = step.count > 0 ? max(0, rank - step.below) / step.count : 0
        return Double(step.range.lowerBound) + part * Double(step.range.count)
    }

    /// The shortest span of whole buckets that holds this share of the samples above `floor`.
    package func shortestSpan(_ share: Double, above floor: Double) -> (from: Double, to: Double)? {
        let left = steps.filter { Double($0.range.upperBound) > floor }
        guard let first = left.first else { return nil }
        let start = self.share(below: floor) * total
        let wanted = (total - start) * share
        var best: (from: Double, to: Double)?
        var end = 0
        for begin in left.indices {
            let below = begin == 0 ? max(start, first.below) : left[begin].below
            while end < left.count, left[end].below + left[end].count - below < wanted { end += 1 }
            guard end < left.count else { break }
            let span = (max(floor, Double(left[begin].range.lowerBound)), Double(left[end].range.upperBound))
            if best.map({ span.1 - span.0 < $0.to - $0.from }) ?? true { best = span }
        }
        return best
    }
}
