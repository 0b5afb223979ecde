/// The few elementary functions that the simulation needs, from additions and multiplications alone.
///
/// The C library's may differ in their last bit from machine to machine; these do not, so that the same seed gives
/// the same bytes everywhere. They are good to about 1e-12, far more than a simulated parcel needs.
package enum Elementary {
    package static func sine(degrees: Double) -> Double { sine(degrees * .pi / 180) }
    package static func cosine(degrees: Double) -> Double { sine((degrees + 90) * .pi / 180) }
    package static func cosine(turns: Double) -> Double { sine((turns + 0.25) * 2 * .pi) }

    /// Taylor's series of the angle folded into a quarter turn on either side of zero.
    private static func sine(_ angle: Double) -> Double {
        var folded = angle - (angle / (2 * .pi)).rounded() * 2 * .pi
        if folded > .pi / 2 { folded = .pi - folded }
        if folded < -.pi / 2 { folded = -.pi - folded }
        var term = folded
        var sum = folded
        for step in 1...9 {
            term *= -folded * folded / Double(2 * step * (2 * step + 1))
            sum += term
        }
        return sum
    }

    /// Halves the angle until it is small: asin x = 2 asin(x / sqrt(2 + 2 sqrt(1 - x^2))). For -1...1.
    package static func arcSine(_ value: Double) -> Double {
        if abs(value) > 0.1 {
            return 2 * arcSine(value / (2 + 2 * (1 - min(1, value * value)).squareRoot()).squareRoot())
        }
        var power = value
        var sum = value
        for step in 1...6 {
            power *= value * value * Double(2 * step - 1) / Double(2 * step)
            sum += power / Double(2 * step + 1)
        }
        return sum
    }

    /// e^x = 2^k e^r with r within half of ln 2. For exponents that a Double can hold.
    package static func exponential(_ value: Double) -> Double {
        let twos = (value / naturalLogarithmOf2).rounded()
        let rest = value - twos * naturalLogarithmOf2
        var term = 1.0
        var sum = 1.0
        for step in 1...12 {
            term *= rest / Double(step)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: Int(twos), significand: 1)
    }

    /// ln x = k ln 2 + 2 artanh((m - 1) / (m + 1)) with m near 1. For x > 0.
    package static func logarithm(_ value: Double) -> Double {
        var twos = Double(value.exponent)
        var significand = value.significand
        if significand > 1.4142 {
            significand /= 2
            twos += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        var power = ratio
        var sum = ratio
        for step in 1...9 {
            power *= ratio * ratio
            sum += power / Double(2 * step + 1)
        }
        return twos * naturalLogarithmOf2 + 2 * sum
    }

    private static let naturalLogarithmOf2 = 0.693_147_180_559_945_3
}
