import WaybillCore
import WaybillEngine

extension PostgresStore: IdempotencyStore {
    private static let claimSQL = Statement(
        "answer_claim",
        "INSERT INTO answer (key, body, claimed_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING")
    private static let knownSQL = Statement("answer_known", "SELECT body, status, content FROM answer WHERE key = $1")

    package func claim(
        _ key: [UInt8], body: [UInt8], at now: Timestamp
    ) async throws(StorageError) -> IdempotencyClaim {
        var pipeline = Pipeline()
        pipeline.add(Self.claimSQL) {
            $0.add(key)
            $0.add(body)
            $0.add(now)
        }
        // A statement of its own: it sees what another request committed while the claim waited for it.
        pipeline.add(Self.knownSQL) { $0.add(key) }
        return try await write { [pipeline] session throws(StorageError) in
            guard let row = try session.run(pipeline)[1].first else { return .proceed }
            if row.bytes(0) != body { return .reused }
            return row.isNull(1)
                ? .proceed : .answered(KeptAnswer(status: Int(row.integer(1)), body: row.bytes(2)))
        }
    }

    private static let answerSQL = Statement(
        "answer_give", "UPDATE answer SET status = $2, content = $3 WHERE key = $1 AND status IS NULL")

    package func answer(_ key: [UInt8], with answer: KeptAnswer) async throws(StorageError) {
        try await write { session throws(StorageError) in
            _ = try session.query(Self.answerSQL) {
                $0.add(key)
                $0.add(Int32(answer.status))
                $0.add(answer.body)
            }
        }
    }

    private static let trimSQL = Statement(
        "answers_trim",
        """
        DELETE FROM answer WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM answer WHERE claimed_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
        """)

    package func trimAnswers(before instant: Timestamp) async throws(StorageError) -> Int {
        try await write { session throws(StorageError) in
            try session.query(Self.trimSQL) {
                $0.add(instant)
                $0.add(Int64(Limits.retentionBatch))
            }.affected
        }
    }
}
