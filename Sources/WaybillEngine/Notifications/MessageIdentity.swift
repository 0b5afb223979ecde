import Crypto
import WaybillCore

extension MessageKey {
    /// `msg_` and 22 characters of base64url: 128 bits of SHA-256 over the key. The same key has the same
    /// id for ever, so a message that is decided twice is one.
    package var id: String {
        "msg_" + Base64URL.encode(Array(SHA256.hash(data: Array(text.utf8)).prefix(16)))
    }
}
