import TestSupport
import Testing
import WaybillCore

@Suite struct FeedCursorTests {
    @Test func roundTrip() throws {
        var chance = Chance(seed: Chance.seed(for: "cursors"))
        for _ in 0..<2_000 {
            let count = chance.number(in: 1...24)
            let positions = (0..<count).map { _ in
                Int64(truncatingIfNeeded: chance.next() >> UInt64(chance.number(in: 1...63)))
            }
            let cursor = FeedCursor(feedID: chance.next(), positions: positions)
            #expect(FeedCursor(cursor.text, partitions: count) == cursor)
            #expect(FeedCursor(cursor.text, partitions: count + 1) == nil)
            #expect(
                cursor.text.utf8.allSatisfy {
                    Array("-_".utf8).contains($0) || Character(Unicode.Scalar($0)).isLetter
                        || Character(Unicode.Scalar($0)).isNumber
                })
        }
        let extreme = FeedCursor(feedID: .max, positions: [0, 1, 127, 128, .max])
        #expect(FeedCursor(extreme.text, partitions: 5) == extreme)
    }

    @Test func garbageIsRefused() {
        let good = FeedCursor(feedID: 7, positions: [1, 300]).text
        for text in [
            "", "A", "AA", "!", good + "=", good + "A", String(good.dropLast()), " " + good, good + " ",
            "Ag" + good.dropFirst(2),
            good.replacing("A", with: "+"), "é", String(repeating: "A", count: 600),
            "AQAAAAAAAAAH" + "__________________8B",
        ] {
            #expect(FeedCursor(text, partitions: 2) == nil, "\(text)")
        }
        var chance = Chance(seed: Chance.seed(for: "damaged cursors"))
        for _ in 0..<5_000 {
            var bytes = Array(good.utf8)
            bytes[chance.number(in: bytes.indices)] = UInt8(chance.number(in: 0x20...0x7E))
            guard let read = FeedCursor(String(decoding: bytes, as: UTF8.self), partitions: 2) else { continue }
            #expect(read.positions.count == 2 && read.positions.allSatisfy { $0 >= 0 })
        }
    }

    @Test func aRepeatIsRecognised() {
        var cursor = FeedCursor(feedID: 1, positions: [5, 0])
        #expect(!cursor.isBefore(FeedPosition(partition: 0, position: 5)))
        #expect(cursor.isBefore(FeedPosition(partition: 0, position: 6)))
        #expect(cursor.isBefore(FeedPosition(partition: 1, position: 1)))
        #expect(!cursor.isBefore(FeedPosition(partition: 2, position: 1)))
        cursor.advance(to: FeedPosition(partition: 0, position: 9))
        cursor.advance(to: FeedPosition(partition: 0, position: 2))
        #expect(cursor.positions == [9, 0])
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64IsRFC4648(plain: String, text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test func base64RefusesWhatItIsNot() {
        for text in ["A", "AAAAA", "A=", "AA==", "A+", "A/", " AA", "é"] {
            #expect(Base64URL.decode(text) == nil, "\(text)")
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }
}
