import WaybillCore
import WaybillEngine

extension PostgresStore: PublicationStore {
    private static let publishedSQL = Statement(
        "published",
        """
        SELECT p.partition, c.epoch, p.feed_position, p.dead_letter
        FROM publication p JOIN partition_claim c ON c.partition = p.partition WHERE p.partition = ANY ($1::int4[])
        ORDER BY p.partition
        """)

    package func published(_ partitions: [Int]) async throws(StorageError) -> [Publication] {
        let found = try await read { session throws(StorageError) in
            let result = try session.query(Self.publishedSQL) { $0.column(int4: partitions) { $0 } }
            return result.rows.map { row in
                Publication(
                    partition: Int(row.integer(0)), epoch: row.integer(1), position: row.integer(2),
                    deadLetter: row.integer(3))
            }
        }
        return partitions.compactMap { partition in found.first { $0.partition == partition } }
    }

    /// A mark says that records are on the topic: it is true whoever says it, and it never falls. The epoch keeps the
    /// late words of a former owner out all the same.
    private static let markSQL = Statement(
        "publication_mark",
        """
        UPDATE publication p
        SET feed_position = greatest(p.feed_position, m.position), dead_letter = greatest(p.dead_letter, m.letter)
        FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[]) AS m (partition, epoch, position, letter)
        JOIN partition_claim c ON c.partition = m.partition AND c.epoch = m.epoch
        WHERE p.partition = m.partition
        """)

    package func markPublished(_ marks: [Publication]) async throws(StorageError) {
        guard !marks.isEmpty else { return }
        let marks = marks.sorted { $0.partition < $1.partition }
        try await write { session throws(StorageError) in
            _ = try session.query(Self.markSQL) {
                $0.column(int4: marks, \.partition)
                $0.column(int8: marks, \.epoch)
                $0.column(int8: marks, \.position)
                $0.column(int8: marks, \.deadLetter)
            }
        }
    }

    private static let ofPartitionSQL = Statement(
        "letters_of_partition",
        "SELECT \(letterColumns) FROM dead_letter WHERE partition = $1 AND id > $2 ORDER BY id LIMIT $3")

    package func deadLetters(
        ofPartition partition: Int, after id: Int64, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        try await read { session throws(StorageError) in
            let result = try session.query(Self.ofPartitionSQL) {
                $0.add(Int32(partition))
                $0.add(id)
                $0.add(Int64(limit))
            }
            return result.rows.map(Self.letter)
        }
    }
}
