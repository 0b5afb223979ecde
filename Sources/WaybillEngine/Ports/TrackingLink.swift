import Crypto

/// The link of a public tracking page. Stores keep only a hash of its token: who reads a store cannot follow it.
package enum TrackingLink {
    /// SHA-256 as 64 hexadecimal digits.
    ///
    /// Unsalted and fast on purpose: the token is 128 random bits, which nobody guesses, and the hash is looked up.
    package static func hash(_ token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
