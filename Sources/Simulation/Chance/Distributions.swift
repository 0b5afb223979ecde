extension SeededGenerator {
    /// Uniform in `0..<1`.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True with this probability.
    package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// Uniform in `0..<bound`; the bias of the multiplication is below 2^-32 for the small bounds used here.
    package mutating func integer(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Uniform over a collection that is not empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[integer(below: elements.count)] }

    /// The standard normal distribution (Box and Muller; the second value is not used, so that no state is kept).
    package mutating func normal() -> Double {
        (-2 * Elementary.logarithm(1 - unit())).squareRoot() * Elementary.cosine(turns: unit())
    }

    /// Times of human and transport work: never negative, a long right tail. Half of the draws lie below the median.
    package mutating func logNormal(median: Double, sigma: Double) -> Double {
        median * Elementary.exponential(sigma * normal())
    }

    /// Time until something that happens at a constant rate.
    package mutating func exponential(mean: Double) -> Double { -mean * Elementary.logarithm(1 - unit()) }
}

/// One of several things, each with its weight.
package struct WeightedChoice<Element: Sendable>: Sendable {
    private let elements: [Element]
    /// Running sums of the weights; the last is their total.
    private let bounds: [Double]

    /// Weights must not be negative, and their sum must be more than zero.
    package init(_ weighted: [(Element, Double)]) {
        var total = 0.0
        elements = weighted.map(\.0)
        bounds = weighted.map { _, weight in
            total += weight
            return total
        }
        precondition(total > 0, "a choice needs something to choose from")
    }

    package func draw(_ dice: inout SeededGenerator) -> Element {
        let point = dice.unit() * bounds[bounds.count - 1]
        return elements[bounds.firstIndex { point < $0 } ?? bounds.count - 1]
    }
}
