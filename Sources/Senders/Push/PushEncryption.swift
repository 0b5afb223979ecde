import Crypto
import Foundation

/// RFC 8291 over RFC 8188's `aes128gcm`: one record, a key of its own for each message.
package enum PushEncryption {
    private static let recordSize: UInt32 = 4096

    enum Fault: Error { case tooLong }

    static func encrypt(_ plain: [UInt8], for subscription: PushSubscription) throws -> [UInt8] {
        // One byte of padding mark and 16 of tag must fit into the record.
        guard plain.count + 17 <= Int(recordSize) else { throw Fault.tooLong }
        let own = P256.KeyAgreement.PrivateKey()
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        let (key, nonce) = try keys(own, subscription, salt)
        let sealed = try AES.GCM.seal(plain + [2], using: key, nonce: AES.GCM.Nonce(data: nonce))
        let point = own.publicKey.x963Representation
        var bytes = salt
        withUnsafeBytes(of: recordSize.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(point.count))
        bytes.append(contentsOf: point)
        bytes.append(contentsOf: sealed.ciphertext)
        bytes.append(contentsOf: sealed.tag)
        return bytes
    }

    private static func keys(
        _ own: P256.KeyAgreement.PrivateKey, _ subscription: PushSubscription, _ salt: [UInt8]
    ) throws -> (key: SymmetricKey, nonce: [UInt8]) {
        let shared = try own.sharedSecretFromKeyAgreement(with: subscription.publicKey)
        let info =
            Array("WebPush: info\0".utf8) + Array(subscription.publicKey.x963Representation)
            + Array(own.publicKey.x963Representation)
        let input = shared.hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: subscription.authentication, sharedInfo: info, outputByteCount: 32)
        func derive(_ label: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: input, salt: salt, info: Array("Content-Encoding: \(label)\0".utf8),
                outputByteCount: count)
        }
        return (derive("aes128gcm", 16), derive("nonce", 12).withUnsafeBytes { Array($0) })
    }
}
