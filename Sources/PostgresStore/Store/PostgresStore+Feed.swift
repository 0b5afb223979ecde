import WaybillCore
import WaybillEngine

extension PostgresStore {
    private static let purgedSQL = Statement(
        "feed_purged", "SELECT feed_position FROM history_purge ORDER BY partition")

    /// The histories of all deliveries that the page tells of, each row with its place in the page where it has one.
    ///
    /// Each partition that has more gives its share of the page, so that none waits for another; positions of a
    /// partition are consecutive, so a share is a range of its index. Across partitions the order is that of record
    /// times: a delivery lives in one, and nobody can tell.
    private static let pageSQL = Statement(
        "feed_page",
        """
        WITH behind AS (
            SELECT c.partition, r.seen, c.feed_position AS last
            FROM unnest($1::int4[], $2::int8[]) AS r (partition, seen)
            JOIN partition_claim c ON c.partition = r.partition AND c.feed_position > r.seen
            WHERE (SELECT feed_id FROM installation) = $3::int8
        ), share AS (
            SELECT partition, seen, least(last, seen + greatest(1, $4::int8 / (SELECT count(*) FROM behind))) AS upto
            FROM behind
        ), found AS (
            SELECT h.number, h.sequence, h.partition, h.feed_position, h.received_at
            FROM share s CROSS JOIN LATERAL (
                SELECT * FROM history h
                WHERE h.partition = s.partition AND h.feed_position > s.seen AND h.feed_position <= s.upto
                ORDER BY h.feed_position LIMIT $4
            ) AS h
        ), page AS (
            SELECT number, sequence, row_number() OVER (ORDER BY latest, partition, feed_position) AS place
            FROM (SELECT *, max(received_at) OVER (PARTITION BY partition ORDER BY feed_position) AS latest
                FROM found) AS found
            ORDER BY place LIMIT $4
        )
        SELECT h.number, h.sequence, h.received_at, h.event, h.partition, h.feed_position, p.place,
            d.merchant, d.delivery_id
        FROM (SELECT DISTINCT number FROM page) AS n
        JOIN delivery d ON d.number = n.number
        CROSS JOIN LATERAL (SELECT * FROM history h WHERE h.number = n.number OFFSET 0) AS h
        LEFT JOIN page p ON p.number = h.number AND p.sequence = h.sequence
        ORDER BY h.number, h.sequence
        """)

    /// The page of events, the changes of cases between them, and what is needed to tell both.
    package func feed(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> Snapshot<FeedSlice> {
        let (page, changes) = try await page(after: cursor, limit)
        var slice = page.value
        guard page.cursor.feedID == cursor.feedID, cursor.positions.count == partitionCount else { return page }
        slice.add(changes: changes, after: cursor, limit: limit)
        try await complete(&slice)
        return Snapshot(value: slice, cursor: page.cursor)
    }

    private static let changesSQL = Statement(
        "feed_changes",
        """
        SELECT \(CaseRows.changeColumns), c.feed_position, c.sequence, d.number
        FROM unnest($1::int4[], $2::int8[]) AS r (partition, seen)
        CROSS JOIN LATERAL (
            SELECT * FROM case_change c
            WHERE c.partition = r.partition AND c.feed_position > r.seen AND c.feed_position > 0
            ORDER BY c.feed_position LIMIT $3
        ) AS c
        JOIN delivery d ON d.merchant = c.merchant AND d.delivery_id = c.delivery_id
        """)
    private static let toldSQL = Statement(
        "feed_told",
        """
        SELECT d.number, c.feed_position, c.open FROM unnest($1::int8[]) AS n (number)
        JOIN delivery d ON d.number = n.number
        JOIN case_change c ON c.merchant = d.merchant AND c.delivery_id = d.delivery_id
        WHERE c.feed_position > 0 ORDER BY c.number
        """)

    /// What is read here was there before the page: histories and told changes only grow at their ends.
    private func complete(_ slice: inout FeedSlice) async throws(StorageError) {
        let numbers = Array(Set(slice.entries.map(\.number))).sorted()
        guard !numbers.isEmpty else { return }
        for entry in slice.entries where slice.keys[entry.number] == nil {
            slice.keys[entry.number] = entry.change?.key
        }
        let missing = numbers.filter { slice.histories[$0] == nil }
        typealias Found = (told: [Int64: [ToldCases]], histories: [Int64: [HistoryEntry]])
        let found = try await read { session throws(StorageError) -> Found in
            var told: [Int64: [ToldCases]] = [:]
            for row in try session.query(Self.toldSQL, { $0.column(int8: numbers) { $0 } }).rows {
                told[row.integer(0), default: []].append(
                    ToldCases(position: row.integer(1), open: CaseRows.open(row.integer(2))))
            }
            guard !missing.isEmpty else { return (told, [:]) }
            let result = try session.query(Self.historiesSQL) { $0.column(int8: missing) { $0 } }
            return (told, try HistoryRow.readAll(result))
        }
        slice.told = found.told
        slice.histories.merge(found.histories) { known, _ in known }
    }

    private func page(
        after cursor: FeedCursor, _ limit: Int
    ) async throws(StorageError) -> (Snapshot<FeedSlice>, [FeedEntry]) {
        // A cursor of another number of partitions is of another feed: it has seen nothing of this one.
        let seen = cursor.positions.count == partitionCount ? Array(cursor.positions.enumerated()) : []
        var pipeline = Pipeline()
        pipeline.add(Self.purgedSQL)
        pipeline.add(Self.pageSQL) {
            $0.column(int4: seen, \.offset)
            $0.column(int8: seen, \.element)
            $0.add(Int64(bitPattern: cursor.feedID))
            $0.add(Int64(limit))
        }
        pipeline.add(Self.changesSQL) {
            $0.column(int4: seen, \.offset)
            $0.column(int8: seen, \.element)
            $0.add(Int64(limit))
        }
        let found = try await snapshot(pipeline) { results, _ throws(StorageError) in
            let purged = results[0].rows.map { $0.integer(0) }
            var slice = FeedSlice(entries: [], keys: [:], histories: [:], purged: purged)
            slice.histories = try HistoryRow.readAll(results[1])
            var places: [(place: Int64, entry: FeedEntry)] = []
            for row in results[1].rows {
                let number = row.integer(0)
                if slice.keys[number] == nil {
                    slice.keys[number] = DeliveryKey(
                        merchant: MerchantID(trusted: row.text(7)), deliveryID: DeliveryID(trusted: row.text(8)))
                }
                guard !row.isNull(6) else { continue }
                let at = FeedPosition(partition: Int(row.integer(4)), position: row.integer(5))
                places.append((row.integer(6), FeedEntry(at: at, number: number, sequence: row.integer(1))))
            }
            slice.entries = places.sorted { $0.place < $1.place }.map(\.entry)
            let changes = results[2].rows.map { row in
                let change = CaseRows.change(row)
                return FeedEntry(
                    at: FeedPosition(partition: change.partition, position: row.integer(8)), number: row.integer(10),
                    sequence: row.integer(9), change: change)
            }
            return (slice, changes)
        }
        return (Snapshot(value: found.value.0, cursor: found.cursor), found.value.1)
    }
}
