import Foundation
import GRDB
import Synchronization
import WaybillCore
import WaybillEngine

/// The log of the embedded profile: one SQLite table, appended to in groups that share one fsync.
///
/// An offset is the global append position: it grows within each partition, but not by one, as in a compacted topic.
/// All partitions are read in one order by one process, so a batch moves every partition's offset past its end.
package final class EmbeddedLog: EventLog, LogReader, RetainedLog {
    package let partitionCount: Int
    package let arrived = Signal()
    package var assignment: LogAssignment { LogAssignment(partitions: Set(0..<partitionCount)) }
    package var refused: [Int: String] { [:] }

    fileprivate struct End {
        var nextOffset: Int64
        var lastTimestamp: Timestamp
        /// A commit failed: the offsets it had taken are free again, unless it happened after all.
        var isUncertain = false
    }

    /// For the doctor's kind of work: everything else goes through the port.
    package let pool: DatabasePool
    /// Held, so that the lock lives as long as somebody writes.
    private let directory: StorageDirectory
    fileprivate let committer: GroupCommitter
    private let time: any TimeSource
    /// Owned by the writer's queue; the mutex only tells the compiler so.
    fileprivate let end: Mutex<End>

    private static let insertSQL = """
        INSERT INTO record (offset, partition, timestamp, key, value, checksum) VALUES (?, ?, ?, ?, ?, ?)
        """
    private static let readSQL = """
        SELECT offset, partition, timestamp, key, value, checksum FROM record WHERE offset >= ? ORDER BY offset LIMIT ?
        """

    /// - Parameter partitions: fixed when the log is made; another number is refused later.
    package init(
        _ directory: StorageDirectory, partitions: Int, time: any TimeSource, durability: Durability
    ) throws(StorageError) {
        let path = directory.logPath
        self.time = time
        self.directory = directory
        partitionCount = partitions
        do {
            pool = try DatabaseFile.open(
                path, .init(checkpointPages: 4000, cacheKilobytes: 8192, readers: 3, durability: durability),
                LogSchema.migrator)
            committer = GroupCommitter(pool: pool)
            end = Mutex(try pool.write { try Self.begin($0, partitions: partitions) })
        } catch {
            throw StorageError(error, path: path)
        }
    }

    private static func begin(_ db: Database, partitions: Int) throws -> End {
        try db.execute(
            sql: "INSERT OR IGNORE INTO setting (name, value) VALUES ('partitions', ?)", arguments: ["\(partitions)"])
        let fixed = try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = 'partitions'") ?? ""
        guard fixed == "\(partitions)" else {
            throw StorageError.damaged(
                "the log was made with \(fixed) partitions and cannot be opened with \(partitions); "
                    + "set partitions to \(fixed)"
            )
        }
        let last = try Int64.fetchOne(db, sql: "SELECT timestamp FROM record ORDER BY offset DESC LIMIT 1")
        return End(nextOffset: try nextOffset(db), lastTimestamp: Timestamp(microseconds: last ?? 0))
    }

    private static func nextOffset(_ db: Database) throws -> Int64 {
        let last = try Int64.fetchOne(db, sql: "SELECT max(offset) FROM record") ?? 0
        let resumed = try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = 'resume_offset'")
        return max(last + 1, resumed.flatMap { Int64($0) } ?? 1)
    }

    // MARK: EventLog

    package func append(_ records: [NewRecord]) async throws(StorageError) {
        let prepared = records.map { record in
            let key = record.key.text
            return (key: key, partition: StableHash.partition(ofKey: key, count: partitionCount), value: record.value)
        }
        let weight = records.reduce(0) { $0 + $1.value.count + 64 }
        try await commit(weight: weight) { db in
            let insert = try db.cachedStatement(sql: Self.insertSQL)
            let (first, timestamp) = try self.reserve(prepared.count, db)
            for (index, record) in prepared.enumerated() {
                let full = LogRecord(
                    partition: record.partition, offset: first + Int64(index), key: record.key, value: record.value,
                    timestamp: timestamp)
                try insert.run { row in
                    row.bind(1, full.offset)
                    row.bind(2, full.partition)
                    row.bind(3, timestamp.microseconds)
                    row.bind(4, full.key)
                    row.bind(5, blob: full.value)
                    row.bind(6, full.checksum)
                }
            }
        }
        arrived.fire()
    }

    private func commit(
        weight: Int, _ work: @escaping @Sendable (Database) throws -> Void
    ) async throws(StorageError) {
        do throws(StorageError) { try await committer.commit(weight: weight, work) } catch {
            end.withLock { $0.isUncertain = true }
            throw error
        }
    }

    /// Record times never run backwards, whatever the clock does. Offsets leave no gap where a commit failed, so that
    /// the lag can be told by subtraction.
    private func reserve(_ count: Int, _ db: Database) throws -> (first: Int64, timestamp: Timestamp) {
        let now = time.now()
        let stored = end.withLock(\.isUncertain) ? try Self.nextOffset(db) : nil
        return end.withLock { end in
            if let stored {
                end.nextOffset = stored
                end.isUncertain = false
            }
            defer { end.nextOffset += Int64(count) }
            end.lastTimestamp = max(end.lastTimestamp, now)
            return (end.nextOffset, end.lastTimestamp)
        }
    }

    /// One process reads all partitions, for ever.
    package func release(_ partitions: Set<Int>) {}

    package func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        let start = offsets.values.min() ?? 1
        return try await stored {
            try await self.pool.read { db in
                var batch = LogBatch(records: [], next: offsets)
                var bytes = 0
                var last: Int64?
                let statement = try db.cachedStatement(sql: Self.readSQL)
                try statement.forEachRow {
                    $0.bind(1, start)
                    $0.bind(2, Limits.trackerBatch)
                } _: { row in
                    guard bytes < Limits.trackerBatchBytes else { return }
                    let record = try Self.record(row)
                    bytes += record.value.count
                    last = record.offset
                    if record.offset >= offsets[record.partition] ?? .max { batch.records.append(record) }
                }
                if let last { batch.next = offsets.mapValues { max($0, last + 1) } }
                return batch
            }
        }
    }

    /// Reads `offset, partition, timestamp, key, value, checksum`.
    private static func record(_ row: Statement) throws -> LogRecord {
        let record = LogRecord(
            partition: Int(row.int(1)), offset: row.int(0), key: row.text(3), value: row.blob(4),
            timestamp: Timestamp(microseconds: row.int(2)))
        guard record.checksum == row.int(5) else {
            throw StorageError.damaged("record \(record.offset) of the log is not what was written")
        }
        return record
    }

    static func verifyRecords(_ db: Database) throws {
        try db.cachedStatement(sql: readSQL).forEachRow {
            $0.bind(1, 0)
            $0.bind(2, -1)
        } _: {
            _ = try record($0)
        }
    }

    package func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag {
        let start = max(1, claims.map(\.offset).min() ?? 1)
        return try await stored {
            try await self.pool.read { db in
                let last = try Int64.fetchOne(db, sql: "SELECT max(offset) FROM record") ?? 0
                let oldest = try Int64.fetchOne(
                    db, sql: "SELECT timestamp FROM record WHERE offset >= ? ORDER BY offset LIMIT 1",
                    arguments: [start])
                return LogLag(
                    records: max(0, last - start + 1), oldest: oldest.map { Timestamp(microseconds: $0) })
            }
        }
    }

    package func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError) {
        guard let next = offsets.values.min() else { return }
        try await committer.commit(weight: 64) { db in
            try db.execute(
                sql: """
                    INSERT INTO consumer_group (name, next_offset) VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET next_offset = excluded.next_offset
                    """,
                arguments: [group, next])
        }
    }

    /// The last record stays, so that the next offset is known after a restart.
    package func trim(before instant: Timestamp) async throws(StorageError) -> Int {
        let removed = Mutex(0)
        try await committer.commit(weight: 64) { db in
            try db.execute(
                sql: """
                    DELETE FROM record WHERE offset IN (
                        SELECT offset FROM record
                        WHERE timestamp < ? AND offset < (SELECT max(offset) FROM record)
                          AND offset < (SELECT coalesce(min(next_offset), 0) FROM consumer_group)
                        ORDER BY offset LIMIT ?)
                    """,
                arguments: [instant.microseconds, Limits.retentionBatch])
            removed.withLock { $0 = db.changesCount }
        }
        return removed.withLock { $0 }
    }

    fileprivate func stored<Value: Sendable>(_ body: () async throws -> Value) async throws(StorageError) -> Value {
        do { return try await body() } catch { throw StorageError(error, path: pool.path) }
    }
}

// MARK: - IdempotencyStore

extension EmbeddedLog: IdempotencyStore {
    package func claim(
        _ key: [UInt8], body: [UInt8], at now: Timestamp
    ) async throws(StorageError) -> IdempotencyClaim {
        let claim = Mutex(IdempotencyClaim.proceed)
        try await committer.commit(weight: 128) { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO kept_answer (key, body, claimed_at) VALUES (?, ?, ?)",
                arguments: [Data(key), Data(body), now.microseconds])
            let row = try Row.fetchOne(
                db, sql: "SELECT body, status, answer FROM kept_answer WHERE key = ?", arguments: [Data(key)])
            guard let row else { return }
            let known: Data = row["body"]
            let status: Int? = row["status"]
            let answer: Data? = row["answer"]
            claim.withLock { claim in
                if known != Data(body) {
                    claim = .reused
                } else if let status, let answer {
                    claim = .answered(KeptAnswer(status: status, body: Array(answer)))
                } else {
                    claim = .proceed
                }
            }
        }
        return claim.withLock { $0 }
    }

    package func answer(_ key: [UInt8], with answer: KeptAnswer) async throws(StorageError) {
        try await committer.commit(weight: 64 + answer.body.count) { db in
            try db.execute(
                sql: "UPDATE kept_answer SET status = ?, answer = ? WHERE key = ? AND status IS NULL",
                arguments: [answer.status, Data(answer.body), Data(key)])
        }
    }

    package func trimAnswers(before instant: Timestamp) async throws(StorageError) -> Int {
        let removed = Mutex(0)
        try await committer.commit(weight: 64) { db in
            try db.execute(
                sql: """
                    DELETE FROM kept_answer WHERE key IN (
                        SELECT key FROM kept_answer WHERE claimed_at < ? ORDER BY claimed_at LIMIT ?)
                    """,
                arguments: [instant.microseconds, Limits.retentionBatch])
            removed.withLock { $0 = db.changesCount }
        }
        return removed.withLock { $0 }
    }
}

extension LogRecord {
    fileprivate var checksum: Int64 {
        var checksum = RowChecksum()
        checksum.add(offset)
        checksum.add(partition)
        checksum.add(timestamp.microseconds)
        checksum.add(key)
        checksum.add(value)
        return checksum.value
    }
}

extension EmbeddedLog {
    /// The offset of the next record.
    package var nextOffset: Int64 { end.withLock { $0.nextOffset } }

    /// Goes on at `offset` after records before it were lost: they are not asked for again.
    package func resume(at offset: Int64) async throws(StorageError) {
        try await committer.commit(weight: 64) { db in
            try db.execute(
                sql: """
                    INSERT INTO setting (name, value) VALUES ('resume_offset', ?1)
                    ON CONFLICT (name) DO UPDATE SET value = ?1
                    """,
                arguments: ["\(offset)"])
        }
        end.withLock { $0.nextOffset = max($0.nextOffset, offset) }
    }

    /// Whether retention has not removed anything yet.
    package func beginsAtFirstRecord() async throws(StorageError) -> Bool {
        try await stored {
            try await self.pool.read { try Int64.fetchOne($0, sql: "SELECT min(offset) FROM record") ?? 1 } == 1
        }
    }
}
