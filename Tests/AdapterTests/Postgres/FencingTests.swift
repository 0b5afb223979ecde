import PostgresStore
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Two owners at once: the later one wins, and the former writes nothing.
@Suite(
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed: apt-get install postgresql"),
    .timeLimit(.minutes(10)))
struct FencingTests {
    private static func superseded(_ body: () async throws -> Void) async -> Bool {
        do { try await body() } catch StorageError.superseded { return true } catch { return false }
        return false
    }

    /// A decision of a tracker whose store is another object over the same database: another process.
    private func decision(
        _ home: PostgresStoreHome, _ events: [Event], log: WorldLog? = nil
    ) async throws -> TrackingCommit {
        let tracked = TrackedStore(try home.store(), partitions: PostgresStoreHome.partitions, log: log)
        return try #require(try await tracked.decision(on: events))
    }

    @Test func aZombieWritesNothing() async throws {
        let home = try await PostgresStoreHome()
        let late = try await decision(home, SampleEvents.life(of: "D-1"))
        let successor = try home.store()
        _ = try await successor.claim(Array(0..<PostgresStoreHome.partitions))
        let before = try await TrackingStoreConformance.picture(successor)
        let zombie = try home.store()
        #expect(await Self.superseded { try await zombie.commit(late) })
        #expect(try await TrackingStoreConformance.picture(successor) == before)
        await home.close()
    }

    @Test func halfOfThePartitionsLostIsAllOfTheBatchLost() async throws {
        let home = try await PostgresStoreHome()
        let events = (1...12).flatMap { SampleEvents.life(of: "D-\($0)") }
        let late = try await decision(home, events)
        #expect(late.expected.count == PostgresStoreHome.partitions)
        let store = try home.store()
        _ = try await store.claim([1, 3])
        let before = try await TrackingStoreConformance.picture(store)
        #expect(await Self.superseded { try await store.commit(late) })
        #expect(try await TrackingStoreConformance.picture(store) == before)
        await home.close()
    }

    @Test func anOffsetThatMovedIsNotMovedAgain() async throws {
        let home = try await PostgresStoreHome()
        let commit = try await decision(home, SampleEvents.life(of: "D-1"))
        let store = try home.store()
        try await store.commit(commit)
        let before = try await TrackingStoreConformance.picture(store)
        #expect(await Self.superseded { try await store.commit(commit) }, "the epoch is right, the offset is not")
        #expect(try await TrackingStoreConformance.picture(store) == before)
        await home.close()
    }

    /// A commit and a claim race for the same rows, many times: either the commit is there and the claim begins behind
    /// it, or the claim was first and the commit is not there.
    @Test func claimsAndCommitsAreInOneOrder() async throws {
        let home = try await PostgresStoreHome()
        let store = try home.store()
        let log = WorldLog(partitions: PostgresStoreHome.partitions, time: VirtualTime())
        var seen: Set<Bool> = []
        for round in 0..<40 {
            let key = "D-\(round)"
            let commit = try await decision(home, SampleEvents.life(of: key), log: log)
            let rival = try home.store()
            let partitions = commit.expected.map(\.partition)
            async let claims = rival.claim(partitions)
            let isIn = await !Self.superseded { try await store.commit(commit) }
            let offsets = try await claims.map(\.offset)
            #expect(offsets == (isIn ? commit.next : commit.expected).map(\.offset))
            #expect(try await store.delivery(SampleEvents.key(key)).value?.arrival.sequence == (isIn ? 6 : nil))
            seen.insert(isIn)
            await rival.close()
        }
        await home.close()
        #expect(!seen.isEmpty)
    }

    /// Each tracker has partitions of its own, and all of them move the same counters, recipients and merchants.
    @Test func trackersWithManyCountersNeverWaitInACircle() async throws {
        let home = try await PostgresStoreHome()
        let rounds = 60
        let names = (0..<40).map { "counter-\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for partition in 0..<PostgresStoreHome.partitions {
                let store = try home.store()
                group.addTask {
                    var claim = try #require(try await store.claim([partition]).first)
                    for _ in 0..<rounds {
                        var commit = TrackingCommit(expected: [claim], next: [claim])
                        commit.next[0].offset += 1
                        for name in names { commit.counters[CounterKey(merchant: .default, name: name)] = 1 }
                        try await store.commit(commit)
                        claim = commit.next[0]
                    }
                }
            }
            try await group.waitForAll()
        }
        let counters = try await home.store().allCounters()
        #expect(counters.count == names.count)
        #expect(counters.values.allSatisfy { $0 == Int64(rounds * PostgresStoreHome.partitions) })
        await home.close()
    }
}
