import Hummingbird
import WaybillCore

/// What a route knows of its request beside the request itself.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The merchant this call works inside; set by the gateway.
    package var merchant = MerchantID.default

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// A path parameter, percent-decoded.
    func identifier(_ name: String) throws(APIProblem) -> String {
        guard let raw = coreContext.parameters.get(name), let text = PercentEncoding.decode(raw) else {
            throw .validation("The path is not valid.")
        }
        return text
    }

    func deliveryKey() throws(APIProblem) -> DeliveryKey {
        guard let id = DeliveryID(try identifier("id")) else {
            throw .validation("A delivery id is 1 to 128 visible ASCII characters.", parameter: "id")
        }
        return DeliveryKey(merchant: merchant, deliveryID: id)
    }
}

/// RFC 3986 percent-encoding of path segments and query values.
enum PercentEncoding {
    /// Nil for a broken escape or bytes that are not UTF-8.
    static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Everything but unreserved characters is escaped: right in a segment of a path.
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
