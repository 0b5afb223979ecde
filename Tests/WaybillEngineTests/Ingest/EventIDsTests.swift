import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Ids that this program makes: UUIDv7 in order, UUIDv8 derived.
@Suite(.timeLimit(.minutes(10))) struct EventIDsTests {
    private let time = VirtualTime()

    private func words(_ id: EventID) throws -> (UInt64, UInt64) {
        let parts = id.text.split(separator: "-", omittingEmptySubsequences: false)
        #expect(parts.map(\.count) == [8, 4, 4, 4, 12] && id.text == id.text.lowercased())
        let hex = parts.joined()
        return (try #require(UInt64(hex.prefix(16), radix: 16)), try #require(UInt64(hex.suffix(16), radix: 16)))
    }

    @Test func theLayoutIsThatOfVersion7() throws {
        let ids = EventIDs(time: time, seed: 7)
        for _ in 0..<100 {
            time.advance(bySeconds: 1)
            let (high, low) = try words(ids.next())
            #expect(Int64(high >> 16) == time.now().microseconds / 1000, "48 bits of milliseconds")
            #expect(high >> 12 & 0xF == 7 && low >> 62 == 0b10, "version and variant of RFC 9562")
        }
    }

    @Test func theyGrowWhateverTheClockDoes() {
        let ids = EventIDs(time: time, seed: 1)
        var last = ids.next()
        for number in 0..<20_000 {
            if number.isMultiple(of: 3000) { time.advance(bySeconds: number.isMultiple(of: 2) ? -60 : 1) }
            let next = ids.next()
            if next <= last {
                Issue.record("\(next) after \(last)")
                return
            }
            last = next
        }
    }

    @Test func theyAreUniqueAcrossTasksAndProcesses() async {
        let sources = [EventIDs(time: time, seed: 1), EventIDs(time: time, seed: 2)]
        let made = await withTaskGroup(of: [EventID].self) { group in
            for source in sources {
                for _ in 0..<8 { group.addTask { (0..<2000).map { _ in source.next() } } }
            }
            return await group.reduce(into: Set<EventID>()) { $0.formUnion($1) }
        }
        #expect(made.count == 2 * 8 * 2000)
    }

    /// Computed with another language's SHA-256.
    @Test func derivedIDsAreStable() throws {
        let other = try #require(MerchantID("other"))
        let known: [(MerchantID, String, Int, String)] = [
            (.default, "key-1", 0, "e4e4cc6f-dd1e-836f-8b9b-91b6c73bd214"),
            (.default, "key-1", 1, "68aec65b-1b2c-8308-85dd-a775a477b1e1"),
            (other, "ключ", 4999, "1c2e6b65-1753-8ca0-b367-6475d38e90fd"),
        ]
        for (merchant, key, index, text) in known {
            let id = EventIDs.derived(merchant: merchant, idempotencyKey: key, index: index)
            #expect(id.text == text)
            let (high, low) = try words(id)
            #expect(high >> 12 & 0xF == 8 && low >> 62 == 0b10)
        }
    }
}
