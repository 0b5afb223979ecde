import WaybillCore
import WaybillEngine

/// The ledger's side of deciding, claiming and settling; what people ask of it is in a file of its own.
extension PostgresStore: MessageStore {
    private static let cursorSQL = Statement("notifier_cursor", "SELECT cursor FROM notifier")

    package func notifierCursor() async throws(StorageError) -> FeedCursor? {
        let text = try await read { session throws(StorageError) in
            try session.query(Self.cursorSQL).first?.optionalText(0)
        }
        return text.flatMap { FeedCursor($0, partitions: partitionCount) }
    }

    // MARK: Deciding

    private static let advanceSQL = Statement("notifier_advance", "SELECT waybill_notifier_advance($1, $2)")
    /// What is being sent is not touched: its outcome is looked at by whatever takes it back.
    private static let supersedeSQL = Statement(
        "message_supersede",
        """
        UPDATE message SET state = 'suppressed', reason = 'superseded', is_open = false, updated_at = $4
        WHERE delivery_key = $1 AND party = $2 AND channel = $3 AND state IN ('scheduled', 'available', 'retryable')
        """)
    private static let cancelSQL = Statement(
        "message_cancel",
        """
        UPDATE message SET state = 'cancelled', reason = 'not_true', is_open = false, updated_at = $3
        WHERE delivery_key = $1 AND instance = $2 AND channel <> 'webhook'
            AND state IN ('scheduled', 'available', 'retryable')
        """)

    package func commit(_ commit: NotificationCommit) async throws(StorageError) {
        var pipeline = Pipeline()
        pipeline.add(Self.advanceSQL) {
            $0.add(optional: commit.expected?.text)
            $0.add(commit.next.text)
        }
        for step in commit.steps { Self.add(step, at: commit.at, to: &pipeline) }
        try await write { [pipeline] session throws(StorageError) in _ = try session.run(pipeline) }
    }

    private static func add(_ step: NotificationCommit.Step, at now: Timestamp, to pipeline: inout Pipeline) {
        switch step {
        case .add(let message): pipeline.add(MessageRow.insertSQL) { MessageRow.bind(message, at: now, to: &$0) }
        case .supersede(let delivery, let party, let channel):
            pipeline.add(supersedeSQL) {
                $0.add(delivery.text)
                $0.add(Array(party.text.utf8))
                $0.add(channel.rawValue)
                $0.add(now)
            }
        case .cancel(let delivery, let instance):
            pipeline.add(cancelSQL) {
                $0.add(delivery.text)
                $0.add(instance)
                $0.add(now)
            }
        }
    }

    // MARK: Claiming

    /// Steps from lane to lane by the index, takes some of each, and waits for nobody.
    private static let claimSQL = Statement(
        "message_claim",
        """
        WITH RECURSIVE lanes (lane) AS (
            (SELECT lane FROM message WHERE is_open ORDER BY lane LIMIT 1)
            UNION ALL
            SELECT (SELECT lane FROM message WHERE is_open AND message.lane > lanes.lane ORDER BY lane LIMIT 1)
            FROM lanes WHERE lanes.lane IS NOT NULL),
        due AS MATERIALIZED (
            SELECT found.number FROM lanes CROSS JOIN LATERAL (
                SELECT number, due_at FROM message
                WHERE is_open AND message.lane = lanes.lane AND due_at <= $1
                    AND (NOT is_ordered OR NOT EXISTS (
                        SELECT 1 FROM message earlier
                        WHERE earlier.is_open AND earlier.is_ordered AND earlier.lane = message.lane
                            AND earlier.delivery_key = message.delivery_key AND earlier.number < message.number))
                ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) found
            WHERE lanes.lane IS NOT NULL AND lanes.lane <> ALL ($3::text[])
            ORDER BY found.due_at LIMIT $4)
        UPDATE message SET state = 'executing', due_at = $5, lease_token = $6, updated_at = $1
        FROM due WHERE message.number = due.number
        RETURNING \(MessageRow.columns)
        """)

    package func claimDue(_ claim: MessageClaim) async throws(StorageError) -> [StoredMessage] {
        let lanes = Array(claim.excludedLanes)
        let messages = try await write { session throws(StorageError) in
            try session.query(Self.claimSQL) {
                $0.add(claim.now)
                $0.add(Int64(claim.limitPerLane))
                $0.column(text: lanes) { $0 }
                $0.add(Int64(claim.limit))
                $0.add(claim.leaseUntil)
                $0.add(claim.token)
            }.rows.compactMap(MessageRow.read)
        }
        return messages.sorted { $0.number < $1.number }
    }

    // MARK: Settling

    /// The attempt is written by the same statement: only where the lease was still held.
    private static let settleSQL = Statement(
        "message_settle",
        """
        WITH settled AS (
            UPDATE message SET state = $3, reason = $4, is_open = $5::int4 = 1, due_at = $6, lease_token = NULL,
                updated_at = $7, attempts = attempts + $8, last_answer = coalesce($9, last_answer),
                sent_at = CASE WHEN $3 = 'sent' THEN $7 ELSE sent_at END
            WHERE number = $1 AND lease_token = $2 AND state = 'executing' RETURNING number),
        tried AS (
            INSERT INTO attempt (message, number, at, milliseconds, result, detail)
            SELECT number, $10::int4, $11::int8, $12::int8, $9, $13::bytea FROM settled WHERE $8::int4 = 1
            ON CONFLICT (message, number) DO UPDATE
            SET at = excluded.at, milliseconds = excluded.milliseconds, result = excluded.result,
                detail = excluded.detail)
        SELECT count(*) FROM settled
        """)

    package func settle(_ settlements: [Settlement], at now: Timestamp) async throws(StorageError) {
        guard !settlements.isEmpty else { return }
        // In one order everywhere, so that two workers never wait for each other in a circle.
        let ordered = settlements.sorted { $0.number < $1.number }
        var pipeline = Pipeline()
        for settlement in ordered { pipeline.add(Self.settleSQL) { Self.bind(settlement, at: now, to: &$0) } }
        for settlement in ordered { Self.addNotes(settlement, at: now, to: &pipeline) }
        try await write { [pipeline] session throws(StorageError) in _ = try session.run(pipeline) }
        for case let (merchant, endpoint, why)? in ordered.map(\.disables) {
            try await disable(merchant, endpoint, why, at: now)
        }
    }

    private static func bind(_ settlement: Settlement, at now: Timestamp, to parameters: inout Parameters) {
        let attempt = settlement.attempt
        parameters.add(settlement.number)
        parameters.add(settlement.token)
        parameters.add(settlement.state.rawValue)
        parameters.add(optional: settlement.reason?.rawValue)
        parameters.add(Int32(settlement.state.isOpen ? 1 : 0))
        parameters.add(settlement.dueAt)
        parameters.add(now)
        parameters.add(Int32(attempt == nil ? 0 : 1))
        parameters.add(optional: attempt?.result)
        parameters.add(Int32(attempt?.number ?? 0))
        parameters.add(attempt?.at ?? now)
        parameters.add(Int64(attempt?.milliseconds ?? 0))
        parameters.add(Array((attempt?.detail ?? "").utf8))
    }

    private static let refuseSQL = Statement(
        "refusal_add",
        "INSERT INTO refusal (merchant, recipient, channel, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
    private static let healthSQL = Statement(
        "endpoint_health_set",
        """
        INSERT INTO endpoint_health (lane, failing_since, told) VALUES ($1, $2, $3)
        ON CONFLICT (lane) DO UPDATE SET failing_since = excluded.failing_since, told = excluded.told
        """)

    /// Consent and the endpoint's health; a worker that lost its lease learnt them all the same.
    private static func addNotes(_ settlement: Settlement, at now: Timestamp, to pipeline: inout Pipeline) {
        if let (mark, channel) = settlement.refusal {
            pipeline.add(refuseSQL) {
                $0.add(mark.merchant.text)
                $0.add(Array(mark.id.utf8))
                $0.add(channel.rawValue)
                $0.add(now)
            }
        }
        if let (lane, health) = settlement.health {
            pipeline.add(healthSQL) {
                $0.add(lane)
                $0.add(optional: health.failingSince)
                $0.add(Int32(health.told))
            }
        }
    }

    private func disable(
        _ merchant: MerchantID, _ id: String, _ why: String, at now: Timestamp
    ) async throws(StorageError) {
        let stored = try await settings(.endpoint, of: merchant).first { $0.id == id }
        guard let stored, var endpoint = WebhookEndpoint(id: id, stored: stored.data) else { return }
        endpoint.isDisabled = true
        endpoint.disabledBecause = why
        _ = try await save(
            NotificationSetting(
                merchant: merchant, kind: .endpoint, id: id, data: endpoint.stored, updatedAt: now), most: .max)
    }
}
