import Foundation
import GRDB
import WaybillCore
import WaybillEngine

/// Looks an installation over without changing it; works beside a running server.
package enum EmbeddedDoctor {
    package struct Finding: Sendable {
        package var isFault: Bool
        package var text: String
    }

    package static func examine(_ path: String) -> [Finding] {
        var findings: [Finding] = []
        for name in ["log.db", "state.db"] {
            findings.append(contentsOf: examine(file: path + "/" + name, name))
        }
        if !findings.contains(where: \.isFault) { findings.append(contentsOf: compare(path)) }
        if let holder = StorageDirectory.holder(of: path) {
            findings.append(Finding(isFault: false, text: "in use by \(holder)"))
        }
        return findings
    }

    private static func examine(file: String, _ name: String) -> [Finding] {
        guard FileManager.default.fileExists(atPath: file) else {
            return [Finding(isFault: true, text: "\(name) is missing")]
        }
        do {
            return try open(file).read { db in
                try verifyRows(name, db)
                let answers = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
                let migrations = try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid")
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
                let state = answers == ["ok"] ? "ok" : answers.joined(separator: "; ")
                return [
                    Finding(
                        isFault: answers != ["ok"],
                        text: "\(name): integrity \(state), \(size) bytes, schema \"\(migrations.last ?? "none")\"")
                ]
            }
        } catch {
            return [Finding(isFault: true, text: "\(name): \(StorageError(error, path: file))")]
        }
    }

    /// Reads every row that carries a checksum, and demands that no delivery misses a part of its history.
    private static func verifyRows(_ name: String, _ db: Database) throws {
        if name == "log.db" { return try EmbeddedLog.verifyRecords(db) }
        try db.cachedStatement(sql: "SELECT \(DeliveryRow.columns) FROM delivery")
            .forEachRow({ _ in }) { _ = try DeliveryRow.read($0) }
        try EmbeddedStore.verifyHistory(db)
        let gap = try String.fetchOne(
            db,
            sql: """
                SELECT key FROM delivery WHERE is_sealed = 0
                  AND sequence <> (SELECT count(*) FROM history WHERE history.number = delivery.number) LIMIT 1
                """)
        if let gap { throw StorageError.damaged("the history of \(gap) is not complete") }
    }

    /// What must agree between the files, and what a person may want to look at.
    private static func compare(_ path: String) -> [Finding] {
        do {
            let last = try open(path + "/log.db").read { try Int64.fetchOne($0, sql: "SELECT max(offset) FROM record") ?? 0 }
            return try open(path + "/state.db").read { db in
                let next = try Int64.fetchOne(db, sql: "SELECT min(next_offset) FROM progress") ?? 1
                let deliveries = try Int64.fetchOne(db, sql: "SELECT count(*) FROM delivery") ?? 0
                let events = try Int64.fetchOne(db, sql: "SELECT count(*) FROM history") ?? 0
                let letters = try Int64.fetchOne(db, sql: "SELECT count(*) FROM dead_letter WHERE state = 'open'") ?? 0
                var findings = [
                    Finding(isFault: false, text: "\(deliveries) deliveries, \(events) events in history"),
                    Finding(isFault: false, text: "\(max(0, last - next + 1)) records wait for the tracker"),
                    Finding(isFault: false, text: "\(letters) open dead letters"),
                ]
                if next > last + 1 {
                    findings.append(
                        Finding(
                            isFault: true,
                            text: "state.db has consumed up to offset \(next - 1), but log.db ends at \(last): "
                                + "they are not of one backup"))
                }
                return findings
            }
        } catch {
            return [Finding(isFault: true, text: "\(StorageError(error, path: path))")]
        }
    }

    private static func open(_ file: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: file, configuration: configuration)
    }
}

extension EmbeddedDoctor {
    /// One hash over the folded state of all deliveries: equal for equal sets of events.
    package static func stateHash(_ path: String) throws -> String {
        try open(path + "/state.db").read { db in
            var hash = StateHash()
            try db.cachedStatement(sql: "SELECT \(DeliveryRow.columns) FROM delivery")
                .forEachRow({ _ in }) { hash.add(try DeliveryRow.read($0).state) }
            return hash.text
        }
    }

    /// The number of partitions the installation was made with; nil where there is none yet.
    package static func partitions(of path: String) -> Int? {
        guard FileManager.default.fileExists(atPath: path + "/log.db") else { return nil }
        let value = try? open(path + "/log.db").read {
            try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'partitions'")
        }
        return (value ?? nil).flatMap { Int($0) }
    }
}
