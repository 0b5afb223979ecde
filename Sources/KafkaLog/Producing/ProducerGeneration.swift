import Synchronization
import WaybillEngine

/// One client of the producer, from its making to its failure or end, with the thread that takes its reports.
final class ProducerGeneration: Sendable {
    let handle: KafkaHandle
    private let topics: [KafkaTopic: KafkaTopicHandle]
    private let pending = PendingBatches()
    private let health: ProducerHealth
    private let thread = PollingThread()

    /// Whether nothing may be handed over any more. Held while a batch is handed over, where order is kept.
    private let isShut = Mutex(false)
    private let keepsOrder: Bool

    init(_ plan: ProducerPlan, _ observe: @escaping KafkaObserver) throws(KafkaFailure) {
        keepsOrder = plan.keepsOrder
        health = ProducerHealth(observe)
        handle = try KafkaHandle(.producer, plan.properties, listener: health)
        var topics: [KafkaTopic: KafkaTopicHandle] = [:]
        for (topic, name) in plan.topics { topics[topic] = try KafkaTopicHandle(handle, name) }
        self.topics = topics
    }

    func send(_ records: [ProducedRecord]) async -> [KafkaFailure?] {
        await withCheckedContinuation { continuation in
            guard let number = pending.open(records.count, at: Monotonic.milliseconds(), continuation) else { return }
            let refused = keepsOrder ? handOverInOrder(records, number) : handOver(records, number)
            if !refused.isEmpty { pending.close(refused) }
        }
    }

    private func handOver(_ records: [ProducedRecord], _ number: UInt) -> [DeliveryReport] {
        records.enumerated().compactMap { index, record in produce(record, PendingBatches.tag(number, index)) }
    }

    /// After a record that is refused, no other of its partition is handed over.
    private func handOverInOrder(_ records: [ProducedRecord], _ number: UInt) -> [DeliveryReport] {
        isShut.withLock { isShut in
            var refusals: [ProducedRecord.Place: KafkaFailure] = [:]
            return records.enumerated().compactMap { index, record in
                let tag = PendingBatches.tag(number, index)
                if isShut { return DeliveryReport(tag: tag, failure: .gone) }
                if let failure = refusals[record.place] { return DeliveryReport(tag: tag, failure: failure) }
                let refused = produce(record, tag)
                if let failure = refused?.failure { refusals[record.place] = failure }
                return refused
            }
        }
    }

    /// The report of a record that the client does not take; nil when it will report by itself.
    private func produce(_ record: ProducedRecord, _ tag: UInt) -> DeliveryReport? {
        guard let topic = topics[record.topic] else { preconditionFailure("\(record.topic) was not announced") }
        do throws(KafkaFailure) {
            try topic.produce(
                partition: record.partition, key: record.key, value: record.value, headers: record.headers, tag: tag)
            return nil
        } catch {
            if error.isFatal { health.clientFailed(error) }
            return DeliveryReport(tag: tag, failure: error)
        }
    }

    /// Takes reports until stopped, or until the client has failed for good and everything it held is reported.
    func run(whenFailed: @escaping @Sendable (ProducerGeneration, String) -> Void) {
        thread.start(name: "kafka-reports") { [self] thread in
            let reports = KafkaQueue(mainOf: handle)
            var end: Int64?
            while end.map({ Monotonic.milliseconds() < $0 && handle.waitingRecords > 0 }) ?? true {
                if let taken = reports.pollReports(milliseconds: KafkaLimits.pollMilliseconds), !taken.isEmpty {
                    pending.close(taken)
                }
                guard end == nil else { continue }
                let failure = health.fatalReason ?? overdue()
                guard failure != nil || thread.isStopping else { continue }
                // Every record is reported within its delivery timeout; at once, where the client has failed.
                end = Monotonic.milliseconds() + 2 * Int64(KafkaLimits.deliveryMilliseconds)
                if let failure { giveUp(failure, whenFailed) }
            }
            pending.abandon(.gone)
        }
    }

    /// Where order is kept, the library must not give up single records: one behind them might still get through.
    private func overdue() -> String? {
        guard keepsOrder, let oldest = pending.oldest,
            Monotonic.milliseconds() - oldest > Int64(KafkaLimits.deliveryMilliseconds)
        else { return nil }
        return "nothing was taken for \(KafkaLimits.deliveryMilliseconds) ms"
    }

    private func giveUp(_ reason: String, _ whenFailed: (ProducerGeneration, String) -> Void) {
        isShut.withLock { $0 = true }
        whenFailed(self, reason)
        handle.purge()
    }

    func requestStop() { thread.requestStop() }

    func close() async {
        requestStop()
        await thread.join()
    }
}

/// What a producing client is made from.
struct ProducerPlan: Sendable {
    var properties: [String: String]
    var topics: [KafkaTopic: String]
    /// Whether what is on the topics must always be an unbroken beginning of what was sent.
    var keepsOrder: Bool
}

/// What a producing client says of itself.
private final class ProducerHealth: ClientListener {
    private let observe: KafkaObserver
    private let fatal = Mutex<String?>(nil)

    init(_ observe: @escaping KafkaObserver) { self.observe = observe }

    /// Why the client is of no more use.
    var fatalReason: String? { fatal.withLock { $0 } }

    func clientFailed(_ failure: KafkaFailure) {
        if failure.isFatal { fatal.withLock { $0 = $0 ?? failure.description } }
        observe(.failed(failure.description))
    }

    func clientLogged(_ line: String, severity: Int) { observe(.logged(line, severity: severity)) }

    func clientCounted(_ statistics: [UInt8]) {
        guard let counts = KafkaStatistics(statistics) else { return }
        observe(.brokers(up: counts.brokersUp, known: counts.brokers))
        observe(.producing(records: counts.waitingRecords, bytes: counts.waitingBytes))
    }
}
