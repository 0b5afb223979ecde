import Dispatch
import EmbeddedStorage
import GRDB
import Simulation
import Synchronization
import TestSupport
import Testing
import WaybillEngine

/// Many waiting appends share one commit, and share its failure.
@Suite(.timeLimit(.minutes(10))) struct GroupCommitTests {
    /// Counts commits, as SQLite tells of them.
    private final class CommitCounter: TransactionObserver, Sendable {
        private let commits = Mutex(0)
        var count: Int { commits.withLock { $0 } }

        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidCommit(_ db: Database) { commits.withLock { $0 += 1 } }
        func databaseDidRollback(_ db: Database) {}
    }

    @Test func waitingAppendsShareOneCommit() async throws {
        let home = try EmbeddedStoreHome()
        let log = try EmbeddedLog(
            home.directory, partitions: 4, time: VirtualTime(), durability: .full)
        let counter = CommitCounter()
        log.pool.add(transactionObserver: counter, extent: .databaseLifetime)
        // The writer is busy until all have come: what a slow disk does.
        let release = DispatchSemaphore(value: 0)
        log.pool.asyncWriteWithoutTransaction { _ in release.wait() }
        let writers = 300
        let (arrivals, arrive) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    arrive.yield()
                    try await log.append([
                        NewRecord(key: SampleEvents.key("D-\(writer)"), value: Array("\(writer)".utf8))
                    ])
                }
            }
            var arrived = 0
            for await _ in arrivals {
                arrived += 1
                if arrived == writers { break }
            }
            release.signal()
            try await group.waitForAll()
        }
        #expect(try await log.read(from: [0: 1, 1: 1, 2: 1, 3: 1]).records.count == writers)
        #expect(counter.count >= 1 && counter.count < writers / 4, "\(counter.count) commits for \(writers) appends")
    }

    @Test func oneAppendIsOneCommit() async throws {
        let home = try EmbeddedStoreHome()
        let log = try EmbeddedLog(
            home.directory, partitions: 4, time: VirtualTime(), durability: .full)
        let counter = CommitCounter()
        log.pool.add(transactionObserver: counter, extent: .databaseLifetime)
        for number in 0..<5 {
            try await log.append([NewRecord(key: SampleEvents.key("D-1"), value: Array("\(number)".utf8))])
            #expect(counter.count == number + 1, "durable before the caller hears of it")
        }
    }

    @Test func aFailedCommitFailsForAllWhoSharedIt() async throws {
        let home = try EmbeddedStoreHome()
        let log = try EmbeddedLog(
            home.directory, partitions: 4, time: VirtualTime(), durability: .full)
        let release = DispatchSemaphore(value: 0)
        log.pool.asyncWriteWithoutTransaction { db in
            release.wait()
            let count = (try? Int.fetchOne(db, sql: "PRAGMA page_count")) ?? nil
            _ = try? Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count ?? 0)")
        }
        let big = Array(repeating: UInt8(ascii: "x"), count: 20_000)
        let accepted = await withTaskGroup(of: String?.self) { group in
            for writer in 0..<50 {
                group.addTask {
                    let key = SampleEvents.key("D-\(writer)")
                    do { try await log.append([NewRecord(key: key, value: big)]) } catch { return nil }
                    return key.text
                }
            }
            release.signal()
            return await group.reduce(into: Set<String>()) { if let key = $1 { $0.insert(key) } }
        }
        let stored = Set(try await log.read(from: [0: 1, 1: 1, 2: 1, 3: 1]).records.map(\.key))
        #expect(stored == accepted, "what was accepted is there, and nothing else")
        #expect(accepted.count < 50)
    }
}
