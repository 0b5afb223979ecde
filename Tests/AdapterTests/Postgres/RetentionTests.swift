import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Partitions of the history: made ahead, dropped when nothing is left, and never in the way of a commit.
@Suite(
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed: apt-get install postgresql"),
    .timeLimit(.minutes(10)))
struct RetentionTests {
    private static let namesSQL = """
        SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
        WHERE relkind = 'r' AND relname ~ '^history_([0-9]|rest)'
        """

    private func home(width: Int) async throws -> (PostgresStoreHome, TrackedStore) {
        let home = try await PostgresStoreHome()
        try await home.sql(
            "DROP TABLE history_0, history_1, history_2; UPDATE installation SET history_width = \(width)")
        return (home, TrackedStore(try home.store(), partitions: PostgresStoreHome.partitions))
    }

    @Test func partitionsComeAndGo() async throws {
        let (home, tracked) = try await home(width: 10)
        let instant = tracked.time.now().advanced(bySeconds: 1000)
        _ = try await tracked.store.seal(before: SampleEvents.start)
        for delivery in 0..<60 {
            try await tracked.take(SampleEvents.life(of: "D-\(delivery)"))
            _ = try await tracked.store.seal(before: SampleEvents.start)
        }
        #expect(try await home.sql("SELECT count(*) FROM history_rest") == "0", "made ahead of the numbers")
        #expect(try await home.sql("SELECT count(DISTINCT tableoid) FROM history") == "7")
        while try await tracked.store.seal(before: instant) > 0 {}
        for _ in 0..<10 { _ = try await tracked.store.seal(before: instant) }
        let names = try await home.sql(Self.namesSQL)
        #expect(names == "history_5 history_6 history_7 history_8 history_rest", "\(names)")
        #expect(try await tracked.store.delivery(SampleEvents.key("D-3")).value?.folded.status == .delivered)
        await home.close()
    }

    /// Numbers that were taken long ago, or for which no partition was made, find a place all the same.
    @Test func whatHasNoPartitionIsTakenAllTheSame() async throws {
        let (home, tracked) = try await home(width: 10)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        #expect(try await home.sql("SELECT count(*) FROM history_rest") == "6")
        _ = try await tracked.store.seal(before: SampleEvents.start)
        #expect(try await tracked.store.history(SampleEvents.key("D-1")).value?.count == 6)
        try await tracked.take([SampleEvents.event(.note, "n", minute: 600)])
        #expect(try await tracked.store.history(SampleEvents.key("D-1")).value?.count == 7)
        await home.close()
    }

    /// Deliveries that never end do not keep the others from being sealed.
    @Test func sealingGoesRoundByRound() async throws {
        let (home, tracked) = try await home(width: 1000)
        let open = (0..<30).map { SampleEvents.event(.created, "c", of: "O-\($0)") }
        try await tracked.take(open)
        try await tracked.take((0..<30).flatMap { SampleEvents.life(of: "D-\($0)") })
        let instant = tracked.time.now().advanced(bySeconds: 1)
        var removed = 0
        for _ in 0..<60 { removed += Int(try await home.sql("SELECT waybill_seal(\(instant.microseconds), 7)")) ?? 0 }
        #expect(removed == 180)
        #expect(try await home.sql("SELECT count(*) FROM history") == "30")
        await home.close()
    }

    /// Commits, sealing and partitions that come and go, all at once: nobody fails for another.
    @Test func sealingBesideCommits() async throws {
        let (home, tracked) = try await home(width: 20)
        let events = (0..<150).flatMap { SampleEvents.life(of: "D-\($0)") }
        let keeper = try home.store()
        let sealing = Task {
            let end = Scenario.fixedEnd.advanced(bySeconds: 1 << 30)
            while !Task.isCancelled { _ = try await keeper.seal(before: end) }
        }
        for start in stride(from: 0, to: events.count, by: 30) {
            tracked.log.put(events[start..<start + 30].map { ($0.key.text, EventEncoder.bytes(of: $0)) })
            while true {
                do { if try await tracked.tracking.step() != .worked { break } } catch is StorageError {}
            }
        }
        sealing.cancel()
        try await sealing.value
        for delivery in 0..<150 {
            let state = try await tracked.store.delivery(SampleEvents.key("D-\(delivery)")).value
            #expect(state?.arrival.sequence == 6 && state?.folded.status == .delivered, "\(delivery)")
        }
        await home.close()
    }
}
