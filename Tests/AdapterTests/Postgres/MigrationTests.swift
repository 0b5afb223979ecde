import PostgresStore
import TestSupport
import Testing
import WaybillEngine

/// The schema: made once, by whoever comes first, and never silently another.
@Suite(
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed: apt-get install postgresql"),
    .timeLimit(.minutes(10)))
struct MigrationTests {
    private func fresh() async throws -> (settings: PostgresSettings, sql: @Sendable (String) async throws -> String) {
        let (server, name) = try await SharedPostgres.database(isMigrated: false)
        return (PostgresSettings(uri: server.uri(name)), { try await server.sql($0, in: name) })
    }

    private func sentence(_ body: () async throws -> Void) async -> String {
        do { try await body() } catch { return "\(error)" }
        return ""
    }

    @Test func appliedOnceAndThenFoundDone() async throws {
        let (settings, sql) = try await fresh()
        let migrations = try PostgresMigrations(settings)
        #expect(await sentence { try await migrations.check() }.contains("run `waybill migrate`"))
        let names = try await migrations.migrate(partitions: 4, feedID: 9)
        #expect(names == Migration.all.map(\.name))
        #expect(try await migrations.migrate(partitions: 4, feedID: 10).isEmpty)
        try await migrations.check()
        let progress = try await PostgresStore(settings, partitions: 4).progress()
        #expect(progress.feedID == 9 && progress.claims.count == 4, "what is there stays")
        #expect(try await sql("SELECT count(*) FROM schema_migration") == "\(Migration.all.count)")
    }

    @Test func manyAtOnce() async throws {
        let (settings, sql) = try await fresh()
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask { try await PostgresMigrations(settings).migrate(partitions: 4, feedID: 9) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == Migration.all.map(\.name).sorted(), "each by one of them")
        #expect(try await sql("SELECT count(*) FROM partition_claim") == "4")
    }

    @Test func aChangedMigrationIsRefused() async throws {
        let (settings, _) = try await fresh()
        try await PostgresMigrations(settings).migrate(partitions: 4, feedID: 9)
        var tampered = Migration.all
        tampered[1] = Migration(number: 2, name: tampered[1].name, sql: tampered[1].sql + "\n")
        let migrations = try PostgresMigrations(settings, tampered)
        for text in [
            await sentence { try await migrations.migrate(partitions: 4, feedID: 9) },
            await sentence { try await migrations.check() },
        ] {
            #expect(text.contains("is not the text that was applied"))
        }
    }

    @Test func olderAndNewerAreRefusedWithWhatToDo() async throws {
        let (settings, sql) = try await fresh()
        let old = try PostgresMigrations(settings, Array(Migration.all.dropLast()))
        _ = try await old.migrate(partitions: 4, feedID: 9)
        let store = try PostgresStore(settings, partitions: 4)
        #expect(await sentence { try await store.check() }.contains("older version"))
        try await PostgresMigrations(settings).migrate(partitions: 4, feedID: 9)
        _ = try await sql("INSERT INTO schema_migration (number, name, checksum) VALUES (99, 'from the future', 1)")
        let later = try PostgresStore(settings, partitions: 4)
        #expect(await sentence { try await later.check() }.contains("newer version (migration 99)"))
    }

    /// A failed migration leaves nothing of itself.
    @Test func aMigrationIsWholeOrNotThere() async throws {
        let (settings, sql) = try await fresh()
        let next = (Migration.all.map(\.number).max() ?? 0) + 1
        let broken = Migration.all + [Migration(number: next, name: "broken", sql: "CREATE TABLE half (); SELECT 1/0")]
        await #expect(throws: StorageError.self) {
            try await PostgresMigrations(settings, broken).migrate(partitions: 4, feedID: 9)
        }
        #expect(try await sql("SELECT to_regclass('half') IS NULL") == "t")
        try await PostgresMigrations(settings).migrate(partitions: 4, feedID: 9)
        #expect(try await PostgresStore(settings, partitions: 4).progress().claims.count == 4)
    }

    @Test func anotherNumberOfPartitionsIsRefused() async throws {
        let (settings, _) = try await fresh()
        let migrations = try PostgresMigrations(settings)
        try await migrations.migrate(partitions: 4, feedID: 9)
        #expect(
            await sentence { try await migrations.migrate(partitions: 12, feedID: 9) }.contains("set partitions to 4"))
        let store = try PostgresStore(settings, partitions: 12)
        #expect(await sentence { try await store.check() }.contains("set partitions to 4"))
    }

    @Test func aServerThatMayForgetIsRefused() async throws {
        let home = try await PostgresStoreHome()
        try await home.sql("ALTER DATABASE \(home.database) SET synchronous_commit = off")
        let store = try home.store()
        #expect(await sentence { try await store.check() }.contains("synchronous_commit is off"))
        await home.close()
    }
}
