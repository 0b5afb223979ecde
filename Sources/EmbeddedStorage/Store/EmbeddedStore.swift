import GRDB
import Synchronization
import WaybillCore
import WaybillEngine

/// The store of the embedded profile: every port of the engine over one SQLite file, `state.db`.
///
/// This file opens it; each port has a file of its own beside it.
package final class EmbeddedStore: Sendable {
    /// For the doctor's kind of work: everything else goes through the ports.
    package let pool: DatabasePool
    /// Held, so that the lock lives as long as somebody writes.
    private let directory: StorageDirectory
    let partitionCount: Int
    /// The greatest number that was ever taken for a delivery.
    let lastNumber: Mutex<Int64>

    /// - Parameter feedID: names the numbering of updates where the store is new; random.
    package init(
        _ directory: StorageDirectory, partitions: Int, feedID: UInt64, durability: Durability
    ) throws(StorageError) {
        partitionCount = partitions
        self.directory = directory
        let path = directory.statePath
        do {
            pool = try DatabaseFile.open(
                path, .init(checkpointPages: 16_000, cacheKilobytes: 65_536, readers: 4, durability: durability),
                StateSchema.migrator)
            lastNumber = Mutex(
                try pool.write { db in
                    try Self.begin(db, partitions: partitions, feedID: feedID)
                    return try Self.lastNumber(db)
                })
        } catch {
            throw StorageError(error, path: path)
        }
    }

    private static func begin(_ db: Database, partitions: Int, feedID: UInt64) throws {
        let known = try Int.fetchOne(db, sql: "SELECT count(*) FROM progress") ?? 0
        guard known == 0 || known == partitions else {
            throw StorageError.damaged(
                "the store was made with \(known) partitions and cannot be opened with \(partitions); "
                    + "set partitions to \(known)"
            )
        }
        guard known == 0 else { return }
        for partition in 0..<partitions {
            try db.execute(
                sql: "INSERT INTO progress (partition, next_offset, feed_position, purged) VALUES (?, 0, 0, 0)",
                arguments: [partition])
        }
        try db.execute(
            sql: "INSERT INTO setting (name, value) VALUES ('feed_id', ?), ('seal_position', 0)",
            arguments: [Int64(bitPattern: feedID)])
    }

    static func lastNumber(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(number) FROM delivery") ?? 0
    }

    // MARK: Access

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StorageError) -> Value {
        do { return try await pool.read(body) } catch { throw StorageError(error, path: pool.path) }
    }

    /// One immediate transaction: its commit is on the disk when this returns.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StorageError) -> Value {
        do { return try await pool.write(body) } catch { throw StorageError(error, path: pool.path) }
    }

    // MARK: What every snapshot carries

    static func progress(_ db: Database) throws -> TrackingProgress {
        var progress = TrackingProgress(claims: [], feedID: 0)
        try db.cachedStatement(sql: claimsSQL).forEachRow({ _ in }) { progress.claims.append(claim($0)) }
        progress.feedID = UInt64(bitPattern: try setting("feed_id", db))
        return progress
    }

    static let claimsSQL = """
        SELECT partition, epoch, next_offset, feed_position, consumed_until FROM progress ORDER BY partition
        """

    private static func claim(_ row: Statement) -> Claim {
        Claim(
            partition: Int(row.int(0)), epoch: row.int(1), offset: row.int(2), position: row.int(3),
            consumedUntil: Timestamp(microseconds: row.int(4)))
    }

    static func cursor(_ db: Database) throws -> FeedCursor { try progress(db).cursor }

    static func setting(_ name: String, _ db: Database) throws -> Int64 {
        var value: Int64 = 0
        try db.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?")
            .forEachRow({ $0.bind(1, name) }) { value = $0.int(0) }
        return value
    }
}
