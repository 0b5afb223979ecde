/// The merchant's name and colour on the tracking page. From the one colour all others are derived, and none that
/// could not be read is used.
package struct Brand: Sendable {
    package var name: String
    private let css: String

    package static let standardColour = "#1c5a45"

    /// WCAG 2.2, success criterion 1.4.3.
    private static let legible = 4.5

    /// - Parameter colour: `#rrggbb`.
    /// - Returns: nil when the colour is not written like that.
    package init?(name: String, colour: String = Brand.standardColour) {
        guard let given = Colour(colour) else { return nil }
        self.name = name
        let soft = given.mixed(with: .white, 0.12).asWritten
        let fill = given.shifted(towards: .black, until: { $0.contrast(with: .white) >= Self.legible })
        let ink = fill.shifted(towards: .black, until: { $0.contrast(with: soft) >= Self.legible })
        let night = Colour(red: 0.086, green: 0.094, blue: 0.114)
        let darkSoft = given.mixed(with: night, 0.25).asWritten
        let light = given.shifted(towards: .white) {
            $0.contrast(with: night) >= Self.legible && $0.contrast(with: darkSoft) >= Self.legible
        }
        css = """
            :root { --brand: \(ink.text); --brand-fill: \(fill.text); --on-brand: #fff; --brand-soft: \(soft.text); }
            @media (prefers-color-scheme: dark) { :root { --brand: \(light.text); --brand-soft: \(darkSoft.text); } }

            """
    }

    /// Follows the page's own style and wins over its colours.
    package var bytes: [UInt8] { Array(css.utf8) }
}

/// A colour in sRGB, each part from 0 to 1.
package struct Colour: Hashable, Sendable {
    var red: Double
    var green: Double
    var blue: Double

    package static let white = Colour(red: 1, green: 1, blue: 1)
    package static let black = Colour(red: 0, green: 0, blue: 0)

    package init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    package init?(_ text: String) {
        guard text.utf8.count == 7, text.hasPrefix("#"), let value = UInt32(text.dropFirst(), radix: 16) else {
            return nil
        }
        self.init(
            red: Double(value >> 16 & 255) / 255, green: Double(value >> 8 & 255) / 255, blue: Double(value & 255) / 255
        )
    }

    var text: String {
        let parts = [red, green, blue].map { part in
            let hex = String(Int((part * 255).rounded()), radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }
        return "#" + parts.joined()
    }

    /// With the parts that `text` has: 1 in 255 can decide whether a text is legible.
    var asWritten: Colour {
        func part(_ part: Double) -> Double { (part * 255).rounded() / 255 }
        return Colour(red: part(red), green: part(green), blue: part(blue))
    }

    func mixed(with other: Colour, _ share: Double) -> Colour {
        func part(_ one: Double, _ two: Double) -> Double { one * share + two * (1 - share) }
        return Colour(red: part(red, other.red), green: part(green, other.green), blue: part(blue, other.blue))
    }

    /// The first colour on the way to `end` that is good enough; `end` itself in the last resort.
    func shifted(towards end: Colour, until isGood: (Colour) -> Bool) -> Colour {
        for step in 0...40 {
            let colour = mixed(with: end, 1 - Double(step) / 40).asWritten
            if isGood(colour) { return colour }
        }
        return end
    }

    /// WCAG's contrast ratio, 1 to 21.
    package func contrast(with other: Colour) -> Double {
        let (one, two) = (luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    private var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    /// `((x + 0.055) / 1.055) ^ 2.4`, with the exponent 2.375 that square roots give: a little too bright, by less than
    /// a hundredth.
    private static func linear(_ part: Double) -> Double {
        if part <= 0.04045 { return part / 12.92 }
        let base = (part + 0.055) / 1.055
        let quarter = base.squareRoot().squareRoot()
        return base * base * quarter * quarter.squareRoot()
    }
}
