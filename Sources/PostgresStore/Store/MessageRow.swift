import WaybillCore
import WaybillEngine

/// A row of the table `message`.
enum MessageRow {
    static let columns = """
        message.number, message.id, delivery_key, occasion, instance, party, channel, audience, template, state, reason,
        due_at, expires_at, sequence, is_ordered, corrects, payload, attempts, created_at, updated_at, sent_at,
        last_answer
        """

    static let insertSQL = Statement(
        "message_add",
        """
        INSERT INTO message (id, merchant, delivery_key, occasion, instance, party, channel, audience, template, lane,
            state, reason, is_open, due_at, expires_at, sequence, is_ordered, corrects, payload, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::int4 = 1, $14, $15, $16, $17::int4 = 1, $18,
            $19, $20, $20)
        ON CONFLICT (id) DO NOTHING
        """)

    static func bind(_ message: NewMessage, at now: Timestamp, to parameters: inout Parameters) {
        let row = message.row
        parameters.add(message.id)
        parameters.add(row.key.delivery.merchant.text)
        parameters.add(row.key.delivery.text)
        parameters.add(row.key.occasion.name)
        parameters.add(row.key.instance)
        parameters.add(Array(row.key.party.text.utf8))
        parameters.add(row.key.channel.rawValue)
        parameters.add(row.audience.rawValue)
        parameters.add(row.template)
        parameters.add(row.lane)
        parameters.add(row.state.rawValue)
        parameters.add(optional: row.reason?.rawValue)
        parameters.add(Int32(row.state.isOpen ? 1 : 0))
        parameters.add(row.dueAt)
        parameters.add(optional: row.expiresAt)
        parameters.add(row.sequence)
        parameters.add(Int32(row.isOrdered ? 1 : 0))
        parameters.add(optional: row.corrects)
        parameters.add(Array(row.payload.text.utf8))
        parameters.add(now)
    }

    /// Nil for a row that a newer version wrote, with words that this one does not know.
    static func read(_ row: QueryResult.Row) -> StoredMessage? {
        guard let delivery = DeliveryKey(row.text(2)), let occasion = Occasion.Kind(row.text(3)),
            let party = MessageParty(row.text(5)), let channel = Channel(rawValue: row.text(6)),
            let audience = Audience(rawValue: row.text(7)), let state = MessageState(rawValue: row.text(9))
        else { return nil }
        let key = MessageKey(
            delivery: delivery, occasion: occasion, instance: row.text(4), party: party, channel: channel)
        let ledger = LedgerRow(
            key: key, audience: audience, template: row.text(8), state: state,
            reason: row.optionalText(10).flatMap(SuppressionReason.init), dueAt: row.instant(11),
            expiresAt: row.optionalInstant(12), sequence: row.integer(13), isOrdered: row.bool(14),
            corrects: row.optionalText(15), payload: JSONFragment(trusted: row.text(16)))
        return StoredMessage(
            number: row.integer(0), id: row.text(1), row: ledger, attempts: Int(row.integer(17)),
            createdAt: row.instant(18), updatedAt: row.instant(19), sentAt: row.optionalInstant(20),
            lastAnswer: row.optionalText(21))
    }
}

extension Parameters {
    mutating func add(optional text: String?) { if let text { add(text) } else { addNull() } }
    mutating func add(optional instant: Timestamp?) { if let instant { add(instant) } else { addNull() } }
}

extension QueryResult.Row {
    func instant(_ column: Int32) -> Timestamp { Timestamp(microseconds: integer(column)) }
    func optionalInstant(_ column: Int32) -> Timestamp? { isNull(column) ? nil : instant(column) }
}
