import WaybillCore
import WaybillEngine

/// What deciding and sending must know: one pipeline, so one snapshot.
extension PostgresStore {
    private static let recipientsSQL = Statement(
        "background_recipients",
        """
        SELECT r.merchant, r.id, r.data FROM unnest($1::text[], $2::bytea[]) AS w (merchant, id)
        JOIN recipient r ON r.merchant = w.merchant AND r.id = w.id
        """)
    private static let refusalsSQL = Statement(
        "background_refusals",
        """
        SELECT r.merchant, r.recipient, r.channel FROM unnest($1::text[], $2::bytea[]) AS w (merchant, id)
        JOIN refusal r ON r.merchant = w.merchant AND r.recipient = w.id
        """)
    private static let recentSQL = Statement(
        "background_recent",
        """
        SELECT m.merchant, w.id, m.channel, count(*)
        FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS w (merchant, id, party)
        JOIN message m ON m.merchant = w.merchant AND m.party = w.party
        WHERE m.created_at >= $4 AND m.state IN ('available', 'executing', 'retryable', 'sent')
        GROUP BY m.merchant, w.id, m.channel
        """)
    private static let entriesSQL = Statement(
        "background_ledger",
        """
        SELECT delivery_key, occasion, instance, party, channel, state, sequence FROM message
        WHERE delivery_key = ANY ($1::text[]) ORDER BY number
        """)
    private static let settingsSQL = Statement(
        "background_settings",
        """
        SELECT merchant, kind, id, data, updated_at FROM notification_setting WHERE merchant = ANY ($1::text[])
        ORDER BY merchant, kind, id
        """)
    private static let healthSQL = Statement(
        "background_health", "SELECT lane, failing_since, told FROM endpoint_health")

    package func background(_ query: BackgroundQuery) async throws(StorageError) -> MessageBackground {
        let marks = Array(query.recipients)
        var pipeline = Pipeline()
        for statement in [Self.recipientsSQL, Self.refusalsSQL] {
            pipeline.add(statement) {
                $0.column(text: marks, \.merchant.text)
                $0.column(freeText: marks, \.id)
            }
        }
        pipeline.add(Self.recentSQL) {
            $0.column(text: marks, \.merchant.text)
            $0.column(freeText: marks, \.id)
            $0.column(freeText: marks) { MessageParty.recipient($0.id).text }
            $0.add(query.recentSince)
        }
        pipeline.add(Self.entriesSQL) { $0.column(text: Array(query.deliveries), \.text) }
        pipeline.add(Self.settingsSQL) { $0.column(text: Array(query.merchants), \.text) }
        pipeline.add(Self.healthSQL)
        return try await read { [pipeline] session throws(StorageError) in
            Self.background(try session.run(pipeline))
        }
    }

    private static func background(_ results: [QueryResult]) -> MessageBackground {
        func mark(_ row: QueryResult.Row) -> RecipientMark {
            RecipientMark(merchant: MerchantID(trusted: row.text(0)), id: row.text(1))
        }
        var background = MessageBackground()
        for row in results[0].rows { background.recipients[mark(row)] = JSONFragment(trusted: row.text(2)) }
        for row in results[1].rows {
            guard let channel = Channel(rawValue: row.text(2)) else { continue }
            background.refusals[mark(row), default: []].insert(channel)
        }
        for row in results[2].rows {
            guard let channel = Channel(rawValue: row.text(2)) else { continue }
            background.recent[mark(row), default: [:]][channel] = Int(row.integer(3))
        }
        for entry in results[3].rows.compactMap(entry) {
            background.ledger[entry.key.delivery, default: []].append(entry)
        }
        for setting in results[4].rows.compactMap(setting) {
            background.settings[setting.merchant, default: []].append(setting)
        }
        for row in results[5].rows {
            background.health[row.text(0)] = EndpointHealth(
                failingSince: row.optionalInstant(1), told: Int(row.integer(2)))
        }
        return background
    }

    private static func entry(_ row: QueryResult.Row) -> LedgerEntry? {
        guard let delivery = DeliveryKey(row.text(0)), let occasion = Occasion.Kind(row.text(1)),
            let party = MessageParty(row.text(3)), let channel = Channel(rawValue: row.text(4)),
            let state = MessageState(rawValue: row.text(5))
        else { return nil }
        let key = MessageKey(
            delivery: delivery, occasion: occasion, instance: row.text(2), party: party, channel: channel)
        return LedgerEntry(key: key, state: state, sequence: row.integer(6))
    }

    static func setting(_ row: QueryResult.Row) -> NotificationSetting? {
        guard let kind = NotificationSetting.Kind(rawValue: row.text(1)) else { return nil }
        return NotificationSetting(
            merchant: MerchantID(trusted: row.text(0)), kind: kind, id: row.text(2),
            data: JSONFragment(trusted: row.text(3)), updatedAt: row.instant(4))
    }
}
