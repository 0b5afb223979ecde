import WaybillCore

extension OutgoingRecord {
    init(update: FeedUpdate) {
        self.init(
            topic: .updates, partition: update.at.partition, key: update.key.text, value: update.json,
            headers: [("content-type", "application/json")])
    }

    init(position fix: PositionFix, partitions: Int) {
        self.init(
            topic: .updates, partition: StableHash.partition(ofKey: fix.key.text, count: partitions),
            key: fix.key.text, value: fix.json, headers: [("content-type", "application/json")])
    }

    /// The original bytes under the original key, with the reason beside them.
    init(deadLetter row: DeadLetterRow) {
        let (record, rejection) = (row.letter.record, row.letter.rejection)
        self.init(
            topic: .deadLetters, partition: record.partition, key: record.key, value: record.value,
            headers: [
                ("error_code", rejection.code.rawValue), ("error_detail", rejection.detail),
                ("source_topic", "delivery-events"), ("source_partition", "\(record.partition)"),
                ("source_offset", "\(record.offset)"), ("first_seen", row.firstSeen.rfc3339),
            ])
    }
}
