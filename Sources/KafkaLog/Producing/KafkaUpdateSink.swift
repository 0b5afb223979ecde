import WaybillEngine

/// Writes `delivery-updates` and `delivery-events-dead-letters`.
///
/// Within a partition nothing is ever written behind something that failed, so what is on the topic is an unbroken
/// beginning of what was sent; sending again from the first failure repeats records, in order, and skips none.
package final class KafkaUpdateSink: UpdateSink {
    private let producer: KafkaProducer

    package init(_ settings: KafkaSettings, observe: @escaping KafkaObserver = { _ in }) throws(StorageError) {
        producer = try KafkaProducer(settings, topics: [.updates, .deadLetters], keepsOrder: true, observe: observe)
    }

    package func send(_ records: [OutgoingRecord]) async -> [StorageError?] {
        await producer.send(records.map(Self.produced)).map { $0?.storageError }
    }

    private static func produced(_ record: OutgoingRecord) -> ProducedRecord {
        let topic: KafkaTopic =
            switch record.topic {
            case .updates: .updates
            case .deadLetters: .deadLetters
            }
        return ProducedRecord(
            topic: topic, partition: record.partition, key: record.key, value: record.value, headers: record.headers)
    }

    /// Waits until what is on its way is decided.
    package func close() async { await producer.close() }
}
