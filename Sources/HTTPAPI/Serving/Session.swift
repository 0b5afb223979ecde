import Crypto
import HTTPTypes
import Hummingbird

/// The dashboard's cookie: whoever knew the token once has it; it says nothing about the token.
enum Session {
    static let name = "__Host-waybill"

    static func value(for token: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("waybill session 1".utf8), using: SymmetricKey(data: Array(token.utf8)))
        return code.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    static func cookie(in headers: HTTPFields) -> String? {
        for field in headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name { return String(parts[1]) }
            }
        }
        return nil
    }
}
