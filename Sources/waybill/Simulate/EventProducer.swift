import KafkaLog
import WaybillCore
import WaybillEngine

/// Produces batches of events to Kafka, as a service that knows nothing of Waybill's API would.
///
/// Events that the tracker will refuse are produced all the same, and told of here.
struct EventProducer: EventTaker {
    private let log: KafkaLog
    private let clock = ContinuousClock()
    /// How long brokers may be away.
    private static let patience: Duration = .seconds(30)

    init(_ settings: KafkaSettings, partitions: Int) throws(StorageError) {
        log = try KafkaLog(settings, partitions: partitions)
    }

    func close() async throws { await log.close() }

    func post(_ bytes: [UInt8]) async throws -> (answer: EventPoster.Answer, retries: Int) {
        var records: [NewRecord] = []
        var rejected: [EventPoster.Answer.Rejection] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let value = Array(line)
            do throws(EventRejection) {
                let event = try EventDecoder().decode(value).event
                records.append(NewRecord(key: event.key, value: value, event: event))
            } catch {
                rejected.append(.init(index: records.count, code: error.code.rawValue, detail: error.detail))
                records.append(NewRecord(key: Self.unreadable, value: value))
            }
        }
        let retries = try await append(records)
        return (.init(accepted: records.count - rejected.count, rejected: rejected), retries)
    }

    private func append(_ records: [NewRecord]) async throws -> Int {
        let began = clock.now
        var retries = 0
        while true {
            let problem: StorageError
            do throws(StorageError) {
                try await log.append(records)
                return retries
            } catch { problem = error }
            guard problem.isRetriable, clock.now - began < Self.patience else { throw problem }
            retries += 1
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static let unreadable = DeliveryKey(merchant: .default, deliveryID: DeliveryID(trusted: "unreadable"))
}
