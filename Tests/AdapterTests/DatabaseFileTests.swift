import EmbeddedStorage
import Foundation
import GRDB
import Simulation
import TestSupport
import Testing
import WaybillEngine

/// How the files are opened: durably, at the right version, with the partitions they were made with.
@Suite(.timeLimit(.minutes(10))) struct DatabaseFileTests {
    private let home: EmbeddedStoreHome

    init() throws { home = try EmbeddedStoreHome() }

    private func log(partitions: Int = 4, durability: Durability = .full) throws -> EmbeddedLog {
        try EmbeddedLog(home.directory, partitions: partitions, time: VirtualTime(), durability: durability)
    }

    private func pragma(_ name: String, _ pool: DatabasePool) async throws -> String? {
        try await pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    @Test func everyCommitWaitsForTheDisk() async throws {
        let (log, store) = (try log(), try home.store())
        for pool in [log.pool, store.pool] {
            #expect(try await pragma("synchronous", pool) == "2", "2 is FULL")
            #expect(try await pragma("journal_mode", pool) == "wal")
        }
        let other = try EmbeddedStoreHome()
        let unsafe = try EmbeddedLog(
            other.directory, partitions: 4, time: VirtualTime(), durability: .unsafe)
        #expect(try await pragma("synchronous", unsafe.pool) == "0", "the check can fail")
    }

    @Test func migrationsAreRecorded() async throws {
        let (log, store) = (try log(), try home.store())
        let sql = "SELECT identifier FROM grdb_migrations ORDER BY rowid"
        #expect(try await log.pool.read { try String.fetchAll($0, sql: sql) }.first == "1 log")
        let applied = try await store.pool.read { try String.fetchAll($0, sql: sql) }
        #expect(applied.count >= 3 && applied[0] == "1 deliveries")
        #expect(applied == applied.sorted(), "migrations are only ever added")
    }

    @Test func filesOfANewerVersionAreRefused() async throws {
        let (log, store) = (try log(), try home.store())
        for pool in [log.pool, store.pool] {
            try await pool.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999 of the future')")
            }
        }
        #expect(
            throws: StorageError.damaged(
                "\(home.directory.logPath) was written by a newer version of Waybill; run that version")
        ) {
            _ = try self.log()
        }
        #expect(
            throws: StorageError.damaged(
                "\(home.directory.statePath) was written by a newer version of Waybill; run that version")
        ) {
            _ = try home.store()
        }
    }

    @Test func anotherNumberOfPartitionsIsRefused() async throws {
        _ = try log(partitions: 4)
        _ = try home.store()
        #expect(throws: StorageError.self) { _ = try log(partitions: 5) }
        do {
            _ = try EmbeddedStore(home.directory, partitions: 12, feedID: 1, durability: .full)
            Issue.record("the store was opened with another number of partitions")
        } catch {
            guard case .damaged(let detail) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(detail.contains("made with 4") && detail.contains("12"))
        }
        #expect(try log(partitions: 4).partitionCount == 4, "the refusal changed nothing")
        #expect(EmbeddedDoctor.partitions(of: home.directory.path) == 4)
        #expect(EmbeddedDoctor.partitions(of: home.directory.path + "/nowhere") == nil)
    }

    @Test func theFeedKeepsItsIDAcrossRestarts() async throws {
        let first = try EmbeddedStore(home.directory, partitions: 4, feedID: .max, durability: .full)
        #expect(try await first.progress().feedID == .max)
        let second = try EmbeddedStore(home.directory, partitions: 4, feedID: 2, durability: .full)
        #expect(try await second.progress().feedID == .max)
    }

    @Test(arguments: ["log.db", "state.db"])
    func aFileThatIsNoDatabaseIsDamage(name: String) throws {
        let path = home.directory.path + "/" + name
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
        do {
            if name == "log.db" { _ = try log() } else { _ = try home.store() }
            Issue.record("nonsense was opened")
        } catch let error as StorageError {
            guard case .damaged = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!error.isRetriable)
        }
    }
}
