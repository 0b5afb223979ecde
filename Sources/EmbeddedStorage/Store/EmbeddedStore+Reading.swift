import GRDB
import WaybillCore
import WaybillEngine

extension EmbeddedStore: ReadStore {
    private static let deliverySQL = "SELECT \(DeliveryRow.columns) FROM delivery WHERE key = ?"

    static func delivery(_ key: DeliveryKey, _ db: Database) throws -> StoredDelivery? {
        var found: StoredDelivery?
        try db.cachedStatement(sql: deliverySQL).forEachRow({ $0.bind(1, key.text) }) {
            found = try DeliveryRow.read($0)
        }
        return found
    }

    package func delivery(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<DeliveryState?> {
        try await read { db in
            Snapshot(value: try Self.delivery(key, db)?.state, cursor: try Self.cursor(db))
        }
    }

    package func history(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<[HistoryEntry]?> {
        try await read { db in
            let delivery = try Self.delivery(key, db)
            let history = try delivery.map { delivery in
                let history = try Self.histories([delivery.number], db)[delivery.number] ?? []
                guard delivery.isSealed || Int64(history.count) == delivery.state.arrival.sequence else {
                    throw StorageError.damaged("the history of \(key) is not complete")
                }
                return history
            }
            return Snapshot(value: history, cursor: try Self.cursor(db))
        }
    }

    package func counters(_ merchant: MerchantID) async throws(StorageError) -> Snapshot<[String: Int64]> {
        try await read { db in
            var counters: [String: Int64] = [:]
            let sql = "SELECT name, value FROM counter WHERE merchant = ? AND name < '\(CounterName.firstOfMany)'"
            try db.cachedStatement(sql: sql).forEachRow({ $0.bind(1, merchant.text) }) {
                counters[$0.text(0)] = $0.int(1)
            }
            var open: Int64 = 0
            try db.cachedStatement(sql: "SELECT count(*) FROM dead_letter WHERE merchant = ? AND state = 'open'")
                .forEachRow({ $0.bind(1, merchant.text) }) { open = $0.int(0) }
            counters["dead_letters"] = open
            return Snapshot(value: counters, cursor: try Self.cursor(db))
        }
    }

    package func position(_ key: DeliveryKey) async throws(StorageError) -> PositionFix? {
        try await read { db in
            var found: PositionFix?
            try db.cachedStatement(sql: "SELECT event_id, occurred_at, location FROM position_fix WHERE key = ?")
                .forEachRow({ $0.bind(1, key.text) }) { row in
                    found = PositionFix(
                        key: key, id: EventID(trusted: row.text(0)), occurredAt: Timestamp(microseconds: row.int(1)),
                        location: JSONFragment(trusted: row.text(2)))
                }
            return found
        }
    }

    // MARK: Lists

    package func deliveries(_ query: DeliveryQuery) async throws(StorageError) -> Snapshot<DeliveryPage> {
        try await read { db in
            let search = try query.filter.search.map { try DeliverySearch($0, query.merchant, db) }
            let plan = DeliveryListPlan(query, search)
            var rows: [StoredDelivery] = []
            let statement = try db.cachedStatement(sql: plan.sql)
            try statement.forEachRow(plan.bind) { rows.append(try DeliveryRow.read($0)) }
            var next: PageMark?
            if rows.count > query.limit, let last = rows.dropLast().last {
                next = PageMark(
                    value: query.sort.isByPromise ? last.state.folded.promised?.latest.microseconds ?? 0 : 0,
                    number: last.number)
            }
            return Snapshot(
                value: DeliveryPage(deliveries: rows.prefix(query.limit).map(\.state), next: next),
                cursor: try Self.cursor(db))
        }
    }

    // MARK: The feed

    private static let startSQL = """
        SELECT position FROM history WHERE partition = ? AND feed_position > ? ORDER BY feed_position LIMIT 1
        """
    private static let feedSQL = """
        SELECT partition, feed_position, number, sequence FROM history WHERE position >= ? ORDER BY position LIMIT ?
        """

    package func feed(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> Snapshot<FeedSlice> {
        try await read { db in
            let progress = try Self.progress(db)
            var slice = FeedSlice(entries: [], keys: [:], histories: [:], purged: try Self.purged(db))
            guard progress.feedID == cursor.feedID, cursor.positions.count == progress.claims.count else {
                return Snapshot(value: slice, cursor: progress.cursor)
            }
            if let start = try Self.start(after: cursor, progress, db) {
                try db.cachedStatement(sql: Self.feedSQL).forEachRow {
                    $0.bind(1, start)
                    $0.bind(2, limit)
                } _: { row in
                    let at = FeedPosition(partition: Int(row.int(0)), position: row.int(1))
                    guard cursor.isBefore(at) else { return }
                    slice.entries.append(FeedEntry(at: at, number: row.int(2), sequence: row.int(3)))
                }
            }
            slice.add(changes: try Self.toldChanges(after: cursor, progress, limit, db), after: cursor, limit: limit)
            try Self.complete(&slice, db)
            return Snapshot(value: slice, cursor: progress.cursor)
        }
    }

    /// The first row beyond the cursor in the order of application: the smallest of the partitions' next ones.
    private static func start(after cursor: FeedCursor, _ progress: TrackingProgress, _ db: Database) throws -> Int64? {
        var start: Int64?
        let statement = try db.cachedStatement(sql: startSQL)
        for (partition, position) in cursor.positions.enumerated() where position < progress.claims[partition].position
        {
            try statement.forEachRow {
                $0.bind(1, partition)
                $0.bind(2, position)
            } _: { row in
                start = min(start ?? .max, row.int(0))
            }
        }
        return start
    }

    private static func purged(_ db: Database) throws -> [Int64] {
        var purged: [Int64] = []
        try db.cachedStatement(sql: "SELECT purged FROM progress ORDER BY partition")
            .forEachRow({ _ in }) { purged.append($0.int(0)) }
        return purged
    }

    private static func complete(_ slice: inout FeedSlice, _ db: Database) throws {
        let numbers = Set(slice.entries.map(\.number)).sorted()
        slice.histories = try histories(numbers, db)
        let statement = try db.cachedStatement(sql: "SELECT key FROM delivery WHERE number = ?")
        for number in numbers {
            try statement.forEachRow({ $0.bind(1, number) }) { slice.keys[number] = DeliveryKey($0.text(0)) }
        }
        slice.told = try told(slice.keys, db)
    }
}

extension DeliverySort {
    var isByPromise: Bool { self == .promised || self == .promisedDescending }
    var isDescending: Bool { self == .createdDescending || self == .promisedDescending }
}
