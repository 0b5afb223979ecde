import EmbeddedStorage
import GRDB
import Simulation
import TestSupport
import Testing
import WaybillEngine

/// No room: said as such, nothing half done, reads go on, and work goes on by itself once there is room.
///
/// SQLite's own bound on the pages of a file gives the error of a full disk without filling one.
@Suite(.timeLimit(.minutes(1))) struct DiskFullTests {
    /// Leaves room for so many more pages; nil: as much as there is.
    private func leave(_ pages: Int?, in pool: DatabasePool) async throws {
        try await pool.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages.map { count + $0 } ?? 1_000_000_000)")
        }
    }

    private func batch(_ name: String) -> [NewRecord] {
        (0..<20).map { number in
            NewRecord(
                key: SampleEvents.key("D-\(number)"),
                value: Array(repeating: UInt8(ascii: "x"), count: 2000) + Array("\(name)".utf8))
        }
    }

    private func claims(_ offsets: LogOffsets) -> [Claim] {
        offsets.map { Claim(partition: $0.key, epoch: 1, offset: $0.value, position: 0) }
    }

    @Test func theLogSaysFullAndGoesOnWhenThereIsRoom() async throws {
        let home = try EmbeddedStoreHome()
        let log = try EmbeddedLog(home.directory, partitions: 4, time: VirtualTime(), durability: .full)
        try await log.append(batch("first"))
        try await leave(4, in: log.pool)
        for _ in 0..<3 {
            do {
                try await log.append(batch("too much"))
                Issue.record("there was no room for this")
            } catch {
                guard case .full = error else {
                    Issue.record("\(error), not full")
                    return
                }
                #expect(error.isRetriable)
            }
        }
        let batch = try await log.read(from: [0: 1, 1: 1, 2: 1, 3: 1])
        #expect(
            batch.records.map(\.value) == self.batch("first").map(\.value), "nothing of the refused appends is there")
        try await leave(nil, in: log.pool)
        try await log.append(self.batch("second"))
        #expect(try await log.lag(behind: claims(batch.next)).records == 20, "refused appends leave no gap")
        let later = try await log.read(from: batch.next)
        #expect(later.records.map(\.value) == self.batch("second").map(\.value))
        #expect(try await log.lag(behind: claims(later.next)).records == 0)
    }

    @Test func theTrackerWaitsForRoom() async throws {
        let home = try EmbeddedStoreHome()
        let store = try home.store()
        let tracked = TrackedStore(store, partitions: EmbeddedStoreHome.partitions)
        try await tracked.take(SampleEvents.life(of: "D-0"))
        try await leave(2, in: store.pool)
        let events = SampleEvents.scenario(deliveries: 40, seed: 3)
        do {
            try await tracked.take(events)
            Issue.record("there was no room for this")
        } catch {
            guard case .full? = error as? StorageError else {
                Issue.record("\(error), not full")
                return
            }
        }
        let state = try await store.delivery(SampleEvents.key("D-0")).value
        #expect(state?.arrival.sequence == 6, "reads go on")
        #expect(try await store.stored(after: 0, limit: 100).count == 1, "nothing half done")
        try await leave(nil, in: store.pool)
        try await tracked.settle()
        #expect(try await store.stored(after: 0, limit: 100).count == 41)
        #expect(try await Rebuilding(store: store).verify().differences == [])
    }
}
