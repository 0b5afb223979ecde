import CSQLite
import Foundation
import Glibc

/// What the disk and SQLite alone can do with the same bytes: nothing above them can be faster.
struct RawLimits {
    let directory: String

    /// Appends of one block, each followed by `fdatasync`.
    func syncsPerSecond(seconds: Double) -> Double {
        let path = directory + "/syncs"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 7, count: 4096)
        let start = MonotonicClock.microseconds
        var count = 0
        while MonotonicClock.microseconds - start < seconds * 1e6 {
            pwrite(descriptor, block, block.count, off_t(count % 1024 * block.count))
            fdatasync(descriptor)
            count += 1
        }
        return Double(count) / ((MonotonicClock.microseconds - start) / 1e6)
    }

    /// Rows a second into a plain log table, with `synchronous=FULL` and so many rows in each transaction.
    func appendsPerSecond(rowsPerCommit: Int, seconds: Double) throws -> Double {
        let path = directory + "/appends.db"
        defer { for end in ["", "-wal", "-shm"] { unlink(path + end) } }
        var database: OpaquePointer?
        guard sqlite3_open(path, &database) == SQLITE_OK else { throw Server.CannotStart(path: path) }
        defer { sqlite3_close(database) }
        let schema = """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000;
            CREATE TABLE record (place INTEGER PRIMARY KEY, partition INTEGER, at INTEGER, key TEXT, value BLOB) STRICT;
            """
        sqlite3_exec(database, schema, nil, nil, nil)
        var statement: OpaquePointer?
        sqlite3_prepare_v2(
            database, "INSERT INTO record (partition, at, key, value) VALUES (?, ?, ?, ?)", -1, &statement, nil)
        defer { sqlite3_finalize(statement) }

        var source = EventSource(deliveries: 5000, run: 0)
        var event: [UInt8] = []
        var number = 0
        let start = MonotonicClock.microseconds
        while MonotonicClock.microseconds - start < seconds * 1e6 {
            sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil)
            for _ in 0..<rowsPerCommit {
                event.removeAll(keepingCapacity: true)
                source.append(number, to: &event)
                let key = "default/" + EventSource.deliveryID(number % 5000)
                sqlite3_bind_int64(statement, 1, Int64(number % 12))
                sqlite3_bind_int64(statement, 2, 1_760_000_000_000_000 + Int64(number))
                sqlite3_bind_text(statement, 3, key, Int32(key.utf8.count), transient)
                sqlite3_bind_blob(statement, 4, event, Int32(event.count), transient)
                sqlite3_step(statement)
                sqlite3_reset(statement)
                number += 1
            }
            guard sqlite3_exec(database, "COMMIT", nil, nil, nil) == SQLITE_OK else {
                throw Server.CannotStart(path: path)
            }
        }
        return Double(number) / ((MonotonicClock.microseconds - start) / 1e6)
    }

    /// `SQLITE_TRANSIENT`: the bytes are copied at once.
    private var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
