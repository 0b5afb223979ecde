import Foundation
import TestSupport
import Testing
import WaybillCore

@Suite struct IdentifierTests {
    @Test(arguments: ["a", "0", "default", "a-b_c", "9-", String(repeating: "m", count: 63)])
    func merchantIsAccepted(text: String) { #expect(MerchantID(text)?.text == text) }

    @Test(arguments: [
        "", "A", "-a", "_a", "a b", "a.b", "a/b", "é", "ａ", "a\u{0}", "a\n", String(repeating: "m", count: 64),
    ])
    func merchantIsRefused(text: String) { #expect(MerchantID(text) == nil) }

    @Test(arguments: ["!", "~", "D-1001", "a/b", "{\"}", String(repeating: "x", count: 128)])
    func idIsAccepted(text: String) {
        #expect(DeliveryID(text)?.text == text)
        #expect(EventID(text)?.text == text)
    }

    @Test(arguments: ["", " ", "a b", "a\t", "a\u{7F}", "a\u{0}", "é", "e\u{301}", String(repeating: "x", count: 129)])
    func idIsRefused(text: String) {
        #expect(DeliveryID(text) == nil)
        #expect(EventID(text) == nil)
    }

    /// Swift holds these strings equal; as ids they are two, and their order is that of their bytes.
    @Test func idsAreBytes() {
        let composed = EventID(trusted: "\u{E9}")
        let decomposed = EventID(trusted: "e\u{301}")
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(decomposed < composed)
        #expect(!(composed < decomposed))
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed.shortHash != decomposed.shortHash)
        #expect(decomposed < EventID(trusted: "z") && EventID(trusted: "z") < composed)
        #expect(EventID(trusted: "a") < EventID(trusted: "aa"))
        #expect(EventID(trusted: "Z") < EventID(trusted: "a"))
        #expect(!"\u{E9}".hasSameBytes(as: "e\u{301}"))
    }

    @Test func keysSplitAtTheFirstSlash() throws {
        let key = try #require(DeliveryKey("acme/a/b/"))
        #expect(key.merchant.text == "acme")
        #expect(key.deliveryID.text == "a/b/")
        #expect(key.text == "acme/a/b/")
        for text in ["", "/", "acme", "acme/", "/D", "ACME/D", "acme/D 1", "acme/é"] {
            #expect(DeliveryKey(text) == nil, "\(text)")
        }
        #expect(try #require(DeliveryKey("a/z")) < #require(DeliveryKey("b/a")))
    }

    /// FNV-1a's published vectors: the hash is stored, so it must never change.
    @Test func stableHashIsFNV1a() {
        #expect(StableHash.fnv1a("".utf8) == 0xcbf2_9ce4_8422_2325)
        #expect(StableHash.fnv1a("a".utf8) == 0xaf63_dc4c_8601_ec8c)
        #expect(StableHash.fnv1a("foobar".utf8) == 0x8594_4171_f739_67e8)
    }

    @Test func partitionsAreThoseOfTheJavaClient() throws {
        struct Vector: Decodable {
            var key: String
            var murmur2: Int32
            var partitionOf12: Int
            var partitionOf7: Int

            enum CodingKeys: String, CodingKey {
                case key, murmur2
                case partitionOf12 = "partition_of_12"
                case partitionOf7 = "partition_of_7"
            }
        }
        let vectors = try JSONDecoder().decode([Vector].self, from: Fixture.data("murmur2.json"))
        #expect(vectors.count > 30)
        for vector in vectors {
            let hash = Array(vector.key.utf8).withUnsafeBytes { StableHash.murmur2($0) }
            #expect(Int32(bitPattern: hash) == vector.murmur2, "\(vector.key)")
            #expect(StableHash.partition(ofKey: vector.key, count: 12) == vector.partitionOf12)
            #expect(StableHash.partition(ofKey: vector.key, count: 7) == vector.partitionOf7)
        }
    }
}
