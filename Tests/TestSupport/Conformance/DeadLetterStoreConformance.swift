import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for poison events and the people who look at them.
package enum DeadLetterStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>

    package static let checks: [Check] = [
        Check("letters are listed newest first, in pages", listedInPages),
        Check("letters are found by state and merchant", foundByState),
        Check("an open letter is settled once", settledOnce),
        Check("one of racing settlements wins", racingSettlements),
        Check("old letters are deleted", oldLettersAreDeleted),
    ]

    private static func withLetters(_ home: any StoreHome, _ count: Int) async throws -> TrackedStore {
        let tracked = try await TrackingStoreConformance.tracked(home)
        for number in 0..<count {
            tracked.log.put([("default/D-\(number)", Array("poison \(number)".utf8))])
            tracked.time.advance(bySeconds: 10)
        }
        try await tracked.settle()
        return tracked
    }

    private static func listedInPages(_ home: any StoreHome) async throws {
        let tracked = try await withLetters(home, 23)
        var found: [DeadLetterRow] = []
        while true {
            let page = try await tracked.store.deadLetters(.default, state: nil, before: found.last?.id, limit: 5)
            guard !page.isEmpty else { break }
            #expect(page.count <= 5)
            found += page
        }
        #expect(found.count == 23)
        #expect(found.map(\.id) == found.map(\.id).sorted(by: >))
        for row in found {
            let same = try await tracked.store.deadLetter(row.id, .default)
            #expect(same?.letter.record.value == row.letter.record.value && same?.state == .open)
        }
    }

    private static func foundByState(_ home: any StoreHome) async throws {
        let tracked = try await withLetters(home, 6)
        let other = try #require(MerchantID("other"))
        let ids = try await tracked.store.deadLetters(.default, state: nil, before: nil, limit: 10).map(\.id)
        #expect(try await tracked.store.settle(ids[0], as: .retried))
        #expect(try await tracked.store.settle(ids[1], as: .discarded))
        func list(_ state: DeadLetterRow.State?) async throws -> [Int64] {
            try await tracked.store.deadLetters(.default, state: state, before: nil, limit: 10).map(\.id)
        }
        #expect(try await list(.open) == Array(ids[2...]))
        #expect(try await list(.retried) == [ids[0]])
        #expect(try await list(.discarded) == [ids[1]])
        #expect(try await list(nil) == ids)
        #expect(try await tracked.store.counters(.default).value["dead_letters"] == 4)
        #expect(try await tracked.store.deadLetters(other, state: nil, before: nil, limit: 10).isEmpty)
        #expect(try await tracked.store.deadLetter(ids[0], other) == nil)
        #expect(try await tracked.store.deadLetter(.max, .default) == nil)
    }

    private static func settledOnce(_ home: any StoreHome) async throws {
        let tracked = try await withLetters(home, 1)
        let id = try #require(
            try await tracked.store.deadLetters(.default, state: nil, before: nil, limit: 1).first?.id)
        #expect(try await tracked.store.settle(id, as: .retried))
        #expect(try await !tracked.store.settle(id, as: .retried))
        #expect(try await !tracked.store.settle(id, as: .discarded), "it is not open any more")
        #expect(try await tracked.store.deadLetter(id, .default)?.state == .retried)
        #expect(try await !tracked.store.settle(id + 1000, as: .discarded))
    }

    private static func racingSettlements(_ home: any StoreHome) async throws {
        let tracked = try await withLetters(home, 1)
        let id = try #require(
            try await tracked.store.deadLetters(.default, state: nil, before: nil, limit: 1).first?.id)
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for racer in 0..<20 {
                group.addTask {
                    try await tracked.store.settle(id, as: racer.isMultiple(of: 2) ? .retried : .discarded)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
    }

    private static func oldLettersAreDeleted(_ home: any StoreHome) async throws {
        let tracked = try await withLetters(home, 10)
        let start = Scenario.fixedEnd
        #expect(try await tracked.store.trimDeadLetters(before: start) == 0)
        #expect(try await tracked.store.trimDeadLetters(before: start.advanced(bySeconds: 35)) == 4)
        let left = try await tracked.store.deadLetters(.default, state: nil, before: nil, limit: 20)
        #expect(left.count == 6 && left.allSatisfy { $0.firstSeen >= start.advanced(bySeconds: 35) })
        let newest = try #require(left.first?.id)
        #expect(try await tracked.store.trimDeadLetters(before: start.advanced(bySeconds: 1000)) == 6)
        tracked.log.put([("default/D-1", Array("again".utf8))])
        try await tracked.settle()
        let fresh = try await tracked.store.deadLetters(.default, state: nil, before: nil, limit: 20).map(\.id)
        #expect(fresh.count == 1 && fresh[0] > newest, "an id that people have noted is not used again")
    }
}
