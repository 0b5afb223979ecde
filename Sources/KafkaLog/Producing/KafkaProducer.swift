import Synchronization
import WaybillCore
import WaybillEngine

/// A record on its way to a topic.
struct ProducedRecord: Sendable {
    var topic: KafkaTopic
    var partition: Int
    var key: String
    var value: [UInt8]
    var headers: [(name: String, value: String)]

    struct Place: Hashable {
        var topic: KafkaTopic
        var partition: Int
    }

    var place: Place { Place(topic: topic, partition: partition) }
}

/// An idempotent producer that is made anew when the library gives it up for good (an idempotence error: the broker
/// lost what it had acknowledged, or forgot the producer). What was on its way is reported as failed then; whoever sent
/// it tries again, and ids make the repetition harmless.
final class KafkaProducer: Sendable {
    private struct State {
        var current: ProducerGeneration
        var isClosed = false
    }

    private let plan: ProducerPlan
    private let observe: KafkaObserver
    private let state: Mutex<State>

    /// - Parameter keepsOrder: a record that fails fails everything behind it as well, so that what is on the topic is
    ///   always an unbroken beginning of what was sent.
    init(
        _ settings: KafkaSettings, topics: [KafkaTopic], keepsOrder: Bool, observe: @escaping KafkaObserver
    ) throws(StorageError) {
        plan = ProducerPlan(
            properties: settings.properties(Self.properties.merging(keepsOrder ? Self.ordered : [:]) { $1 }),
            topics: Dictionary(uniqueKeysWithValues: topics.map { ($0, settings.name(of: $0)) }),
            keepsOrder: keepsOrder)
        self.observe = observe
        do throws(KafkaFailure) {
            state = Mutex(State(current: try ProducerGeneration(plan, observe)))
        } catch {
            throw error.storageError
        }
        current.run(whenFailed: { [weak self] in self?.replace($0, $1) })
    }

    private static let properties = [
        "acks": "all",
        "enable.idempotence": "true",
        "compression.codec": KafkaHandle.fault(of: "compression.codec", "lz4") == nil ? "lz4" : "none",
        "linger.ms": "\(KafkaLimits.lingerMilliseconds)",
        "message.timeout.ms": "\(KafkaLimits.deliveryMilliseconds)",
        "queue.buffering.max.messages": "\(KafkaLimits.producerRecords)",
        "queue.buffering.max.kbytes": "\(Limits.waitingAppendBytes / 1024)",
        // A topic that is missing is said to be missing before the sender gives up.
        "topic.metadata.propagation.max.ms": "\(KafkaLimits.deliveryMilliseconds / 2)",
        "retry.backoff.ms": "50",
        "statistics.interval.ms": "\(KafkaLimits.reportMilliseconds)",
    ]

    /// The library never gives up a single record, and gives up itself rather than leave one out.
    private static let ordered = ["message.timeout.ms": "0", "enable.gapless.guarantee": "true"]

    private var current: ProducerGeneration { state.withLock { $0.current } }

    /// One failure or nil for each record, once all of them are decided. Bounded by the delivery timeout.
    func send(_ records: [ProducedRecord]) async -> [KafkaFailure?] {
        guard !records.isEmpty else { return [] }
        return await current.send(records)
    }

    private func replace(_ failed: ProducerGeneration, _ reason: String) {
        do throws(KafkaFailure) {
            let fresh = try ProducerGeneration(plan, observe)
            let isWanted = state.withLock { state in
                guard state.current === failed, !state.isClosed else { return false }
                state.current = fresh
                return true
            }
            fresh.run(whenFailed: { [weak self] in self?.replace($0, $1) })
            guard isWanted else { return fresh.requestStop() }
            observe(.producerReplaced(reason: reason))
        } catch {
            observe(.failed(error.description))
        }
    }

    /// Waits until all is reported, and ends the producer's thread.
    func close() async {
        let last = state.withLock { state in
            state.isClosed = true
            return state.current
        }
        await last.close()
    }

    deinit { current.requestStop() }

    /// Asks the brokers on this producer's connections.
    func ask<Value>(_ question: (KafkaHandle) throws(KafkaFailure) -> Value) throws(KafkaFailure) -> Value {
        try question(current.handle)
    }
}
