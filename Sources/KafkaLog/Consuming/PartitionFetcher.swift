import Synchronization
import WaybillCore
import WaybillEngine

/// Fetches partitions of one topic from where it is told, as a member of no group.
///
/// Its thread moves records from the library's queue into buffers. When these are full it takes no more, the library's
/// own queue fills, and the library asks the brokers for nothing more: back-pressure without pausing partitions, which
/// throws away what was fetched, and in librdkafka before 2.1 can skip offsets.
final class PartitionFetcher: Sendable {
    fileprivate enum Order {
        case start(Int, at: Int64)
        case stop(Int)
    }

    private struct State {
        var buffers = FetchBuffers()
        var orders: [Order] = []
        var isWaiting = false
        var failure: KafkaFailure?
    }

    /// Fires when there is something to read.
    let arrived: Signal
    private let topic: KafkaTopicHandle
    private let queue: KafkaQueue
    private let main: KafkaQueue
    private let questions = BlockingQueue("kafka-offsets")
    private let thread = PollingThread()
    private let state = Mutex(State())
    private let time: any TimeSource
    private let observe: KafkaObserver

    init(
        _ settings: KafkaSettings, topic: KafkaTopic, arrived: Signal, time: any TimeSource,
        observe: @escaping KafkaObserver
    ) throws(StorageError) {
        self.arrived = arrived
        self.time = time
        self.observe = observe
        do throws(KafkaFailure) {
            let handle = try KafkaHandle(.consumer, settings.fetching, listener: FetcherHealth(observe))
            self.topic = try KafkaTopicHandle(handle, settings.name(of: topic))
            queue = KafkaQueue(new: handle)
            main = KafkaQueue(mainOf: handle)
        } catch {
            throw error.storageError
        }
    }

    private var handle: KafkaHandle { topic.handle }

    func run() {
        thread.start(name: "kafka-fetch") { [self] thread in
            var reportedAt = Monotonic.milliseconds()
            while !thread.isStopping {
                if Monotonic.milliseconds() - reportedAt >= KafkaLimits.reportMilliseconds {
                    reportedAt = Monotonic.milliseconds()
                    report(at: time.now())
                }
                carryOutOrders()
                if mayFetch { fetch() } else { handle.serveEvents(milliseconds: KafkaLimits.pollMilliseconds) }
            }
            for partition in state.withLock({ $0.buffers.partitions.keys.sorted() }) { topic.stop(partition) }
        }
    }

    func requestStop() {
        thread.requestStop()
        wake()
    }

    func close() async {
        requestStop()
        await thread.join()
    }

    private func wake() {
        queue.wake()
        main.wake()
    }

    // MARK: On the thread

    private func carryOutOrders() {
        let orders = state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
        for order in orders {
            switch order {
            case .stop(let partition): topic.stop(partition)
            case .start(let partition, let offset):
                topic.stop(partition)
                do throws(KafkaFailure) { try topic.start(partition, at: offset, into: queue) } catch {
                    state.withLock { _ = $0.buffers.accept(.outOfRange(partition: partition)) }
                    note(error)
                }
            }
        }
    }

    private var mayFetch: Bool {
        state.withLock { state in
            state.isWaiting = state.isWaiting ? !state.buffers.hasRoom : state.buffers.isFull
            return !state.isWaiting
        }
    }

    /// Waits for the first, then takes what is there.
    private func fetch() {
        handle.serveEvents(milliseconds: 0)
        guard let first = queue.take(milliseconds: KafkaLimits.pollMilliseconds) else { return }
        var taken = [first]
        while taken.count < KafkaLimits.fetchBatch, let next = queue.take(milliseconds: 0) { taken.append(next) }
        for case .failed(_, let failure) in taken { note(failure) }
        let isNew = state.withLock { state in
            // An order given meanwhile began a partition anew: what was fetched before belongs to the old beginning.
            let restarted = Set(state.orders.map(\.partition))
            return taken.reduce(false) { isNew, fetched in
                if let partition = fetched.partition, restarted.contains(partition) { return isNew }
                return state.buffers.accept(fetched) || isNew
            }
        }
        if isNew { arrived.fire() }
    }

    private func note(_ failure: KafkaFailure) {
        observe(.failed(failure.description))
        guard failure.needsPerson else { return }
        state.withLock { $0.failure = failure }
        arrived.fire()
    }

    // MARK: For readers

    /// Those of `offsets` that are not being fetched from there.
    func strayed(_ offsets: LogOffsets) -> LogOffsets { state.withLock { $0.buffers.strayed(offsets) } }

    /// Fetches a partition from `offset` on, or from behind the gap that begins there.
    func begin(_ partition: Int, at offset: Int64, gap: LogGap? = nil) {
        state.withLock { state in
            state.buffers.begin(partition, at: offset, gap: gap)
            state.orders.append(.start(partition, at: gap?.missing.upperBound ?? offset))
        }
        wake()
        if gap != nil { arrived.fire() }
    }

    func stop(_ partitions: some Sequence<Int>) {
        state.withLock { state in
            for partition in partitions where state.buffers.partitions[partition] != nil {
                state.buffers.drop(partition)
                state.orders.append(.stop(partition))
            }
        }
        wake()
    }

    /// At most one batch. Throws what needs a person, once each time it happens.
    func take(_ offsets: LogOffsets) throws(StorageError) -> LogBatch {
        let (batch, failure, hasRoom) = state.withLock { state in
            defer { state.failure = nil }
            guard state.failure == nil else { return (LogBatch(records: [], next: offsets), state.failure, false) }
            return (state.buffers.take(offsets), nil, state.isWaiting && state.buffers.hasRoom)
        }
        if let failure { throw failure.storageError }
        if hasRoom { main.wake() }
        return batch
    }

    /// Where each partition is read on.
    var positions: LogOffsets { state.withLock { $0.buffers.partitions.mapValues(\.position) } }

    var buffered: Int { state.withLock { $0.buffers.records } }

    /// Where the partitions of the topic begin and end.
    var edges: PartitionEdges { PartitionEdges(handle, topic: topic.name, questions) }

    /// What is known of how far behind the reader is, without asking the brokers.
    ///
    /// A log that ends before what was read of it has lost records. A broker may keep that to itself until somebody
    /// asks for what is gone, so reading is judged anew.
    private func report(at now: Timestamp) {
        let buffers = state.withLock { $0.buffers }
        observe(.reading(records: buffers.records, bytes: buffers.bytes))
        for (number, partition) in buffers.partitions {
            guard let end = handle.knownEnd(of: topic.name, number) else { continue }
            if end < partition.end { suspect(number) }
            let records = max(0, end - partition.position)
            let oldest = partition.records.first?.timestamp ?? partition.readUntil ?? now
            let seconds = records == 0 ? 0 : Double(now.microseconds - oldest.microseconds) / 1e6
            observe(.lag(partition: number, records: records, seconds: max(0, seconds)))
        }
    }

    private func suspect(_ partition: Int) {
        state.withLock { _ = $0.buffers.accept(.outOfRange(partition: partition)) }
        arrived.fire()
    }
}

extension PartitionFetcher.Order {
    fileprivate var partition: Int {
        switch self {
        case .start(let partition, _), .stop(let partition): partition
        }
    }
}

extension Fetched {
    fileprivate var partition: Int? {
        switch self {
        case .record(let record): record.partition
        case .end(let partition, _), .outOfRange(let partition): partition
        case .failed(let partition, _): partition
        }
    }
}

/// What a fetching client says of itself.
private struct FetcherHealth: ClientListener {
    let observe: KafkaObserver

    init(_ observe: @escaping KafkaObserver) { self.observe = observe }

    func clientFailed(_ failure: KafkaFailure) { observe(.failed(failure.description)) }
    func clientLogged(_ line: String, severity: Int) { observe(.logged(line, severity: severity)) }

    func clientCounted(_ statistics: [UInt8]) {
        guard let counts = KafkaStatistics(statistics) else { return }
        observe(.brokers(up: counts.brokersUp, known: counts.brokers))
    }
}
