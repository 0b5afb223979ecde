import GRDB
import WaybillCore
import WaybillEngine

/// The ledger's side of deciding, claiming and settling; what people ask of it is in a file of its own.
extension EmbeddedStore: MessageStore {
    package func notifierCursor() async throws(StorageError) -> FeedCursor? {
        let partitions = partitionCount
        return try await read { db in
            try Self.notifierCursor(db).flatMap { FeedCursor($0, partitions: partitions) }
        }
    }

    private static func notifierCursor(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT cursor FROM notifier WHERE one = 1")
    }

    // MARK: Deciding

    package func commit(_ commit: NotificationCommit) async throws(StorageError) {
        try await write { db in
            guard try Self.notifierCursor(db) == commit.expected?.text else {
                throw StorageError.superseded("another notifier has decided on these updates")
            }
            try db.execute(
                sql: "INSERT INTO notifier (one, cursor) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET cursor = ?1",
                arguments: [commit.next.text])
            for step in commit.steps { try Self.carryOut(step, at: commit.at, db) }
        }
    }

    /// What is being sent is not touched: its outcome is looked at by whatever takes it back.
    private static let supersedeSQL = """
        UPDATE message SET state = 'suppressed', reason = 'superseded', is_open = 0, updated_at = ?4
        WHERE delivery_key = ?1 AND party = ?2 AND channel = ?3 AND state IN ('scheduled', 'available', 'retryable')
        """
    private static let cancelSQL = """
        UPDATE message SET state = 'cancelled', reason = 'not_true', is_open = 0, updated_at = ?3
        WHERE delivery_key = ?1 AND instance = ?2 AND channel <> 'webhook'
            AND state IN ('scheduled', 'available', 'retryable')
        """

    private static func carryOut(_ step: NotificationCommit.Step, at now: Timestamp, _ db: Database) throws {
        switch step {
        case .add(let message):
            try db.cachedStatement(sql: MessageRow.insertSQL).run { MessageRow.bind(message, at: now, to: $0) }
        case .supersede(let delivery, let party, let channel):
            try db.cachedStatement(sql: supersedeSQL).run {
                $0.bind(1, delivery.text)
                $0.bind(2, party.text)
                $0.bind(3, channel.rawValue)
                $0.bind(4, now.microseconds)
            }
        case .cancel(let delivery, let instance):
            try db.cachedStatement(sql: cancelSQL).run {
                $0.bind(1, delivery.text)
                $0.bind(2, instance)
                $0.bind(3, now.microseconds)
            }
        }
    }

    // MARK: Claiming

    /// Steps from lane to lane by the index, however many messages wait in each.
    private static let lanesSQL = """
        WITH RECURSIVE lanes(lane) AS (
            SELECT min(lane) FROM message WHERE is_open = 1
            UNION ALL
            SELECT (SELECT min(lane) FROM message WHERE is_open = 1 AND lane > lanes.lane) FROM lanes
            WHERE lane IS NOT NULL)
        SELECT lane FROM lanes WHERE lane IS NOT NULL
        """
    private static let dueSQL = """
        SELECT \(MessageRow.columns) FROM message
        WHERE is_open = 1 AND lane = ?1 AND due_at <= ?2
            AND (is_ordered = 0 OR NOT EXISTS (
                SELECT 1 FROM message AS earlier
                WHERE earlier.is_open = 1 AND earlier.is_ordered = 1 AND earlier.lane = message.lane
                    AND earlier.delivery_key = message.delivery_key AND earlier.number < message.number))
        ORDER BY due_at LIMIT ?3
        """
    private static let leaseSQL = """
        UPDATE message SET state = 'executing', due_at = ?2, lease_token = ?3, updated_at = ?4 WHERE number = ?1
        """

    package func claimDue(_ claim: MessageClaim) async throws(StorageError) -> [StoredMessage] {
        // A reader's look first: an idle queue costs no transaction of the one writer.
        let isIdle = try await read { db in try Self.due(claim, db).isEmpty }
        if isIdle { return [] }
        return try await write { db in
            let messages = try Self.due(claim, db)
            let lease = try db.cachedStatement(sql: Self.leaseSQL)
            for message in messages {
                try lease.run {
                    $0.bind(1, message.number)
                    $0.bind(2, claim.leaseUntil.microseconds)
                    $0.bind(3, claim.token)
                    $0.bind(4, claim.now.microseconds)
                }
            }
            return messages
        }
    }

    private static func due(_ claim: MessageClaim, _ db: Database) throws -> [StoredMessage] {
        var lanes: [String] = []
        try db.cachedStatement(sql: lanesSQL).forEachRow({ _ in }) { lanes.append($0.text(0)) }
        var messages: [StoredMessage] = []
        let statement = try db.cachedStatement(sql: dueSQL)
        for lane in lanes where !claim.excludedLanes.contains(lane) {
            try statement.forEachRow {
                $0.bind(1, lane)
                $0.bind(2, claim.now.microseconds)
                $0.bind(3, claim.limitPerLane)
            } _: {
                if let message = MessageRow.read($0) { messages.append(message) }
            }
        }
        return Array(messages.sorted { $0.row.dueAt < $1.row.dueAt }.prefix(claim.limit))
    }

    // MARK: Settling

    private static let settleSQL = """
        UPDATE message SET state = ?3, reason = ?4, is_open = ?5, due_at = ?6, lease_token = NULL, updated_at = ?7,
            attempts = attempts + ?8, last_answer = coalesce(?9, last_answer),
            sent_at = CASE WHEN ?3 = 'sent' THEN ?7 ELSE sent_at END
        WHERE number = ?1 AND lease_token = ?2 AND state = 'executing'
        """

    package func settle(_ settlements: [Settlement], at now: Timestamp) async throws(StorageError) {
        try await write { db in
            for settlement in settlements {
                try db.cachedStatement(sql: Self.settleSQL).run {
                    $0.bind(1, settlement.number)
                    $0.bind(2, settlement.token)
                    $0.bind(3, settlement.state.rawValue)
                    $0.bind(4, settlement.reason?.rawValue)
                    $0.bind(5, settlement.state.isOpen ? 1 : 0)
                    $0.bind(6, settlement.dueAt.microseconds)
                    $0.bind(7, now.microseconds)
                    $0.bind(8, settlement.attempt == nil ? 0 : 1)
                    $0.bind(9, settlement.attempt?.result)
                }
                guard db.changesCount > 0 else { continue }
                try Self.note(settlement, at: now, db)
            }
        }
    }

    private static let attemptSQL = """
        INSERT OR REPLACE INTO attempt (message, number, at, milliseconds, result, detail) VALUES (?, ?, ?, ?, ?, ?)
        """

    /// What else came of an attempt: its own row, consent, the endpoint's health.
    private static func note(_ settlement: Settlement, at now: Timestamp, _ db: Database) throws {
        if let attempt = settlement.attempt {
            try db.cachedStatement(sql: attemptSQL).run {
                $0.bind(1, settlement.number)
                $0.bind(2, attempt.number)
                $0.bind(3, attempt.at.microseconds)
                $0.bind(4, attempt.milliseconds)
                $0.bind(5, attempt.result)
                $0.bind(6, attempt.detail)
            }
        }
        if let (mark, channel) = settlement.refusal {
            try db.execute(
                sql: "INSERT OR IGNORE INTO refusal (merchant, recipient, channel, at) VALUES (?, ?, ?, ?)",
                arguments: [mark.merchant.text, mark.id, channel.rawValue, now.microseconds])
        }
        if let (lane, health) = settlement.health {
            try db.execute(
                sql: "INSERT OR REPLACE INTO endpoint_health (lane, failing_since, told) VALUES (?, ?, ?)",
                arguments: [lane, health.failingSince?.microseconds, health.told])
        }
        if let (merchant, id, why) = settlement.disables { try disable(merchant, id, why, at: now, db) }
    }

    private static func disable(
        _ merchant: MerchantID, _ id: String, _ why: String, at now: Timestamp, _ db: Database
    ) throws {
        let stored = try settings(.endpoint, of: merchant, db).first { $0.id == id }
        guard let stored, var endpoint = WebhookEndpoint(id: id, stored: stored.data) else { return }
        endpoint.isDisabled = true
        endpoint.disabledBecause = why
        try save(
            NotificationSetting(
                merchant: merchant, kind: .endpoint, id: id, data: endpoint.stored, updatedAt: now), db)
    }
}
