import GRDB
import WaybillCore
import WaybillEngine

/// A row of the table `message`.
enum MessageRow {
    static let columns = """
        number, id, delivery_key, occasion, instance, party, channel, audience, template, state, reason, due_at,
        expires_at, sequence, is_ordered, corrects, payload, attempts, created_at, updated_at, sent_at, last_answer
        """

    static let insertSQL = """
        INSERT OR IGNORE INTO message (id, merchant, delivery_key, occasion, instance, party, channel, audience,
            template, lane, state, reason, is_open, due_at, expires_at, sequence, is_ordered, corrects, payload,
            created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?20)
        """

    static func bind(_ message: NewMessage, at now: Timestamp, to statement: Statement) {
        let row = message.row
        let texts: [(Int32, String?)] = [
            (1, message.id), (2, row.key.delivery.merchant.text), (3, row.key.delivery.text),
            (4, row.key.occasion.name), (5, row.key.instance), (6, row.key.party.text), (7, row.key.channel.rawValue),
            (8, row.audience.rawValue), (9, row.template), (10, row.lane), (11, row.state.rawValue),
            (12, row.reason?.rawValue), (18, row.corrects), (19, row.payload.text),
        ]
        for (index, text) in texts { statement.bind(index, text) }
        statement.bind(13, row.state.isOpen ? 1 : 0)
        statement.bind(14, row.dueAt.microseconds)
        statement.bind(15, row.expiresAt?.microseconds)
        statement.bind(16, row.sequence)
        statement.bind(17, row.isOrdered ? 1 : 0)
        statement.bind(20, now.microseconds)
    }

    /// Nil for a row that a newer version wrote, with words that this one does not know.
    static func read(_ row: Statement) -> StoredMessage? {
        func text(_ column: Int32) -> String? { row.isNull(column) ? nil : row.text(column) }
        func instant(_ column: Int32) -> Timestamp? {
            row.isNull(column) ? nil : Timestamp(microseconds: row.int(column))
        }
        guard let delivery = DeliveryKey(row.text(2)), let occasion = Occasion.Kind(row.text(3)),
            let party = MessageParty(row.text(5)), let channel = Channel(rawValue: row.text(6)),
            let audience = Audience(rawValue: row.text(7)), let state = MessageState(rawValue: row.text(9))
        else { return nil }
        let key = MessageKey(
            delivery: delivery, occasion: occasion, instance: row.text(4), party: party, channel: channel)
        let ledger = LedgerRow(
            key: key, audience: audience, template: row.text(8), state: state,
            reason: text(10).flatMap(SuppressionReason.init), dueAt: Timestamp(microseconds: row.int(11)),
            expiresAt: instant(12), sequence: row.int(13), isOrdered: row.int(14) == 1, corrects: text(15),
            payload: JSONFragment(trusted: row.text(16)))
        return StoredMessage(
            number: row.int(0), id: row.text(1), row: ledger, attempts: Int(row.int(17)),
            createdAt: Timestamp(microseconds: row.int(18)), updatedAt: Timestamp(microseconds: row.int(19)),
            sentAt: instant(20), lastAnswer: text(21))
    }
}
