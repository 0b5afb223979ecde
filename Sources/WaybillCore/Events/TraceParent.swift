/// The trace that a request belongs to, as W3C Trace Context writes it in the header `traceparent`:
/// `<version>-<trace id>-<parent id>-<flags>` in lower-case hexadecimal.
package struct TraceParent: Hashable, Sendable {
    package let text: String

    private static let widths = [2, 32, 16, 2]

    /// Nil for a text that the standard tells receivers to ignore: another shape, version `ff`, or ids of zeros only.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == Self.widths, parts.allSatisfy({ $0.allSatisfy(Self.isLowerHexadecimal) }),
            !parts[0].elementsEqual("ff".utf8),
            !parts[1...2].contains(where: { $0.allSatisfy { $0 == UInt8(ascii: "0") } })
        else { return nil }
        self.text = text
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
