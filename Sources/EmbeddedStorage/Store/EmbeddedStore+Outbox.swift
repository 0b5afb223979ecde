import GRDB
import WaybillCore
import WaybillEngine

/// Changes of cases on their way into the feed, and in it.
extension EmbeddedStore: CaseOutbox {
    private static let untoldSQL = """
        SELECT \(CaseSQL.changeColumns) FROM case_change
        WHERE feed_position IS NULL AND partition IN (SELECT value FROM json_each(?)) ORDER BY number LIMIT ?
        """

    package func untold(_ partitions: [Int], limit: Int) async throws(StorageError) -> [UntoldChange] {
        var list = JSONWriter(capacity: 64)
        list.array(partitions) { json, partition in json.value(partition) }
        let wanted = list.text
        return try await read { db in
            var changes: [UntoldChange] = []
            try db.cachedStatement(sql: Self.untoldSQL).forEachRow {
                $0.bind(1, wanted)
                $0.bind(2, limit)
            } _: {
                changes.append(try CaseSQL.change($0))
            }
            return changes
        }
    }

    // MARK: In the tracker's commit

    static func tell(_ told: [ToldChange], _ db: Database) throws {
        guard !told.isEmpty else { return }
        let place = try db.cachedStatement(
            sql: "UPDATE case_change SET feed_position = ?, sequence = ? WHERE number = ?")
        let show = try db.cachedStatement(sql: "UPDATE delivery SET open_cases = ? WHERE key = ?")
        for change in told {
            try place.run { row in
                row.bind(1, change.at.position)
                row.bind(2, change.sequence)
                row.bind(3, change.number)
            }
            guard change.at.position > 0 else { continue }
            try show.run { row in
                row.bind(1, Int64(change.open.rawValue))
                row.bind(2, change.key.text)
            }
        }
    }

    // MARK: In the feed

    private static let toldSQL = """
        SELECT c.number, c.key, c.partition, c.open, c.fragment, c.actor, c.changed_at,
            c.feed_position, c.sequence, d.number
        FROM case_change c JOIN delivery d ON d.key = c.key
        WHERE c.partition = ? AND c.feed_position > ? AND c.feed_position > 0 ORDER BY c.feed_position LIMIT ?
        """

    static func toldChanges(
        after cursor: FeedCursor, _ progress: TrackingProgress, _ limit: Int, _ db: Database
    ) throws -> [FeedEntry] {
        var entries: [FeedEntry] = []
        let statement = try db.cachedStatement(sql: toldSQL)
        for (partition, position) in cursor.positions.enumerated()
        where position < progress.claims[partition].position {
            try statement.forEachRow {
                $0.bind(1, partition)
                $0.bind(2, position)
                $0.bind(3, limit)
            } _: { row in
                let at = FeedPosition(partition: partition, position: row.int(7))
                entries.append(
                    FeedEntry(
                        at: at, number: row.int(9), sequence: row.int(8), change: try CaseSQL.change(row)))
            }
        }
        return entries
    }

    static func told(_ keys: [Int64: DeliveryKey], _ db: Database) throws -> [Int64: [ToldCases]] {
        var told: [Int64: [ToldCases]] = [:]
        let statement = try db.cachedStatement(
            sql: "SELECT feed_position, open FROM case_change WHERE key = ? AND feed_position > 0 ORDER BY number")
        for (number, key) in keys {
            try statement.forEachRow({ $0.bind(1, key.text) }) { row in
                told[number, default: []].append(ToldCases(position: row.int(0), open: CaseSQL.open(row.int(1))))
            }
        }
        return told
    }

    /// With the history of a delivery go its cases; no page of the feed goes back to where they stood.
    static func dropCases(of number: Int64, _ db: Database) throws {
        let key = "(SELECT key FROM delivery WHERE number = ?1)"
        try db.execute(
            sql: """
                UPDATE progress SET purged = max(purged, coalesce(
                    (SELECT max(feed_position) FROM case_change c WHERE c.key = \(key)
                        AND c.partition = progress.partition), 0))
                """,
            arguments: [number])
        try db.execute(sql: "DELETE FROM case_change WHERE key = \(key)", arguments: [number])
        try db.execute(sql: "DELETE FROM case_record WHERE key = \(key)", arguments: [number])
        try db.execute(
            sql: "UPDATE delivery SET open_cases = 0, due_at = NULL WHERE number = ?1", arguments: [number])
    }
}
