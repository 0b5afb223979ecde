/// How many short messages a text takes (3GPP TS 23.038): 160 characters of GSM-7 or 70 units of UCS-2 in one, 153 or
/// 67 in each of several.
package struct SMSSegments: Hashable, Sendable {
    package enum Encoding: String, Sendable { case gsm7 = "gsm-7", ucs2 = "ucs-2" }

    package var encoding: Encoding
    /// Septets or UTF-16 units.
    package var units: Int
    package var segments: Int

    private static let basic = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
            + "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
    /// Two septets each.
    private static let extended = Set("\u{0C}^{}\\[~]|€".unicodeScalars)

    package init(_ text: String) {
        var sizes: [Int] = []
        var isGSM = true
        for scalar in text.unicodeScalars {
            guard Self.basic.contains(scalar) || Self.extended.contains(scalar) else {
                isGSM = false
                break
            }
            sizes.append(Self.basic.contains(scalar) ? 1 : 2)
        }
        if !isGSM { sizes = text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 } }
        encoding = isGSM ? .gsm7 : .ucs2
        units = sizes.reduce(0, +)
        segments = Self.count(sizes, single: isGSM ? 160 : 70, each: isGSM ? 153 : 67)
    }

    /// An escape and its letter, and the two halves of a surrogate pair, stay together.
    private static func count(_ sizes: [Int], single: Int, each: Int) -> Int {
        guard sizes.reduce(0, +) > single else { return 1 }
        var (segments, room) = (1, each)
        for size in sizes {
            if size > room { (segments, room) = (segments + 1, each) }
            room -= size
        }
        return segments
    }
}
