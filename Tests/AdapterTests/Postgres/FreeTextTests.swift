import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// What people write may hold anything, be of any length, and must neither stop a partition nor be changed.
@Suite(
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed: apt-get install postgresql"),
    .timeLimit(.minutes(10)))
struct FreeTextTests {
    private func tracked(_ home: PostgresStoreHome) throws -> TrackedStore {
        TrackedStore(try home.store(), partitions: PostgresStoreHome.partitions)
    }

    /// `\u0000` is JSON, and no text of PostgreSQL's.
    @Test func escapedNULInFragments() async throws {
        let home = try await PostgresStoreHome()
        let tracked = try tracked(home)
        let fragment = JSONFragment(trusted: #"{"note":"a\u0000b"}"#)
        try await tracked.store.saveRecipient("r", .default, fragment, at: SampleEvents.start)
        try await tracked.take([
            SampleEvents.event(.created, "c") { $0.details = [.metadata(fragment), .recipientID("r")] },
            SampleEvents.event(.position, "p", minute: 1) {
                $0.location = JSONFragment(trusted: #"{"lat":1,"lon":2,"name":"\u0000"}"#)
            },
        ])
        #expect(try await tracked.store.delivery(SampleEvents.key("D-1")).value?.folded.metadata == fragment)
        let position = try await tracked.store.position(SampleEvents.key("D-1"))
        #expect(position?.location.text == #"{"lat":1,"lon":2,"name":"\u0000"}"#)
        #expect(try await tracked.store.recipients(after: nil, limit: 5).map(\.data) == [fragment])
        await home.close()
    }

    /// The decoder refuses NUL in texts; a state that has one all the same (an older fold's, another version's) is
    /// stored, found and read like any other.
    @Test(arguments: ["a\u{0}b", "\u{0}", "\u{FFFD}\u{10FFFF}", "%_\\x00", ""])
    func rawNULInIndexedTexts(_ text: String) async throws {
        let home = try await PostgresStoreHome()
        let tracked = try tracked(home)
        var commit = try #require(
            try await tracked.decision(
                on: [SampleEvents.event(.created, "c"), SampleEvents.event(.created, "c", of: "D-2")])
        )
        for index in commit.changes.indices where commit.changes[index].state.key == SampleEvents.key("D-1") {
            commit.changes[index].state.folded.carrier = text
            commit.changes[index].state.folded.trackingNumber = text
            commit.changes[index].state.folded.orderReference = text + "/o"
        }
        try await tracked.store.commit(commit)
        var query = DeliveryQuery(merchant: .default)
        query.filter.carrier = text
        let byCarrier = try await tracked.store.deliveries(query).value.deliveries
        #expect(byCarrier.map(\.key) == [SampleEvents.key("D-1")])
        #expect(byCarrier.first?.folded.trackingNumber?.hasSameBytes(as: text) == true)
        query.filter.carrier = nil
        query.filter.search = text
        let found = try await tracked.store.deliveries(query).value.deliveries.map(\.key.deliveryID.text)
        #expect(found == (text.isEmpty ? ["D-1", "D-2"] : ["D-1"]))
        await home.close()
    }

    /// Longer than an index entry may be, and alike for longer than the index looks.
    @Test func longTexts() async throws {
        let home = try await PostgresStoreHome()
        let tracked = try tracked(home)
        var dice = SeededGenerator(seed: RunSeed.value(of: "long texts"))
        // What compresses would fit after all.
        let stem = String((0..<4000).map { _ in Character(Unicode.Scalar(UInt8(0x21 + dice.integer(below: 94)))) })
        let texts = ["a", "b"].map { stem + $0 }
        try await tracked.take(
            texts.enumerated().map { index, text in
                SampleEvents.event(.created, "c", of: "D-\(index)") {
                    $0.details = [.carrier(text), .trackingNumber(text), .orderReference(text)]
                }
            })
        for (index, text) in texts.enumerated() {
            for isSearch in [true, false] {
                var query = DeliveryQuery(merchant: .default)
                if isSearch { query.filter.search = text } else { query.filter.carrier = text }
                let found = try await tracked.store.deliveries(query).value.deliveries
                #expect(found.map(\.key.deliveryID.text) == ["D-\(index)"])
            }
        }
        var query = DeliveryQuery(merchant: .default)
        query.filter.search = String(stem.prefix(300))
        #expect(try await tracked.store.deliveries(query).value.deliveries.count == 2)
        await home.close()
    }

    @Test func lettersOfAnything() async throws {
        let home = try await PostgresStoreHome()
        let tracked = try tracked(home)
        let keys = ["default/\u{0}", "\u{FFFD}\u{FFFD}", "", String(repeating: "k\u{0}", count: 4000)]
        tracked.log.put(keys.map { ($0, [0xFF, 0xFE, 0x00]) })
        try await tracked.settle()
        let letters = try await tracked.store.deadLetters(.default, state: nil, before: nil, limit: 10)
        #expect(Set(letters.map(\.letter.record.key)) == Set(keys))
        #expect(letters.allSatisfy { $0.letter.record.value == [0xFF, 0xFE, 0x00] })
        await home.close()
    }
}
