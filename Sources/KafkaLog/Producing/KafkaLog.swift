import WaybillCore
import WaybillEngine

/// The log of the cluster profile: the topic `delivery-events`.
///
/// A record has the native JSON as its value and the CloudEvents attributes as headers, and lies in the partition that
/// the Java client would choose. An append returns when all replicas in sync have its records, or throws within
/// seconds: then some may be there, and whoever tries again makes duplicates that their ids give away.
package final class KafkaLog: EventLog {
    package let partitionCount: Int
    private let producer: KafkaProducer
    private let ends: PartitionEnds

    /// Connects in the background; the topic is there already (`Topics`).
    package init(
        _ settings: KafkaSettings, partitions: Int, observe: @escaping KafkaObserver = { _ in }
    ) throws(StorageError) {
        partitionCount = partitions
        producer = try KafkaProducer(settings, topics: [.events], keepsOrder: false, observe: observe)
        ends = PartitionEnds(producer, topic: settings.name(of: .events), partitions: partitions)
    }

    package func append(_ records: [NewRecord]) async throws(StorageError) {
        let outcome = await producer.send(records.map(produced))
        if let failure = outcome.firstFailure { throw failure.storageError }
    }

    private func produced(_ record: NewRecord) -> ProducedRecord {
        let key = record.key.text
        return ProducedRecord(
            topic: .events, partition: StableHash.partition(ofKey: key, count: partitionCount), key: key,
            value: record.value, headers: Self.headers(of: record, key: key))
    }

    /// CloudEvents in binary mode (Kafka protocol binding, 3.2): what `CloudAttributes(of:)` says of the event, made
    /// from the key and the types' names that are there already.
    private static func headers(of record: NewRecord, key: String) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(8)
        if let event = record.event {
            headers.append(("ce_specversion", "1.0"))
            headers.append(("ce_id", event.id.text))
            headers.append(("ce_type", cloudTypes[event.type] ?? event.type.cloudEventType))
            headers.append(("ce_source", event.source ?? "waybill"))
            headers.append(("ce_time", event.occurredAt.rfc3339))
            headers.append(("ce_subject", key))
            headers.append(("content-type", "application/json"))
        }
        if let context = record.traceparent { headers.append(("traceparent", context.text)) }
        return headers
    }

    private static let cloudTypes = Dictionary(
        uniqueKeysWithValues: EventType.allCases.map { ($0, $0.cloudEventType) })

    /// Counted from ends that may be a second old.
    package func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag {
        let ends = try await ends.ends()
        let behind = claims.filter { $0.offset < ends[$0.partition] ?? 0 }
        let records = behind.reduce(Int64(0)) { $0 + (ends[$1.partition] ?? 0) - $1.offset }
        return LogLag(records: records, oldest: behind.map(\.consumedUntil).min())
    }

    /// Waits until what is on its way is decided.
    package func close() async { await producer.close() }
}

extension [KafkaFailure?] {
    /// The failure to tell of: one that needs a person before one that passes.
    var firstFailure: KafkaFailure? {
        let failures = lazy.compactMap { $0 }
        return failures.first(where: \.needsPerson) ?? failures.first
    }
}
