import Foundation
import GRDB
import WaybillCore
import WaybillEngine

/// How a database file is opened: WAL, an fsync with every commit, bounded caches, and migrations that only go forward.
enum DatabaseFile {
    struct Settings {
        /// Pages of WAL before they are moved into the file: few for a log that is read once, many for a state that is rewritten.
        var checkpointPages: Int
        var cacheKilobytes: Int
        var readers: Int
        var durability: Durability
    }

    static func open(_ path: String, _ settings: Settings, _ migrator: DatabaseMigrator) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = settings.readers
        configuration.busyMode = .timeout(5)
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(settings.checkpointPages)")
            try db.execute(sql: "PRAGMA cache_size = -\(settings.cacheKilobytes)")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        let wasLeftOpen = size(path + "-wal") > 0
        let pool = try DatabasePool(path: path, configuration: configuration)
        // After opening: GRDB chooses NORMAL for a database in WAL mode, which syncs only at checkpoints.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(settings.durability.rawValue)") }
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw StorageError.damaged("\(path) was written by a newer version of Waybill; run that version")
        }
        if wasLeftOpen { try pool.read { try check($0, path) } }
        try migrator.migrate(pool)
        return pool
    }

    /// After a process that did not close the file: is it in one piece? As thoroughly as its size allows in about a second;
    /// `waybill doctor` always looks at all of it.
    private static func check(_ db: Database, _ path: String) throws {
        let bytes = size(path)
        guard bytes <= Limits.quickCheckBytes else { return }
        let pragma = bytes <= Limits.integrityCheckBytes ? "integrity_check" : "quick_check"
        let answers = try String.fetchAll(db, sql: "PRAGMA \(pragma)(3)")
        guard answers == ["ok"] else { throw StorageError.damaged("\(path): \(answers.joined(separator: "; "))") }
    }

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

/// Whether a commit waits for the disk. Anything but `full` is for tests that prove that it matters.
package enum Durability: String, Sendable {
    case full = "FULL"
    /// Loses accepted events when the machine stops: `serve` warns, and only `WAYBILL_UNSAFE_SYNCHRONOUS=off` chooses it.
    case unsafe = "OFF"
}

extension StorageError {
    /// What an error of SQLite means to a caller.
    init(_ error: any Error, path: String) {
        if let known = error as? StorageError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unavailable("\(error)")
            return
        }
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(detail)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged("\(path): \(detail)")
        case .SQLITE_IOERR where Self.isOutOfRoom(path): self = .full(detail)
        default: self = .unavailable(detail)
        }
    }

    private static func isOutOfRoom(_ path: String) -> Bool {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { return false }
        return UInt64(info.f_bavail) * UInt64(info.f_frsize) < 1 << 20
    }
}
