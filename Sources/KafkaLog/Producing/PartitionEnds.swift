import WaybillEngine

/// The first offset after the last record of every partition, asked for at most once a second: everybody who wants to
/// know how far behind the trackers are shares one question. While the brokers are away, what they said last holds:
/// nothing can have been added since.
actor PartitionEnds {
    private let producer: KafkaProducer
    private let topic: String
    private let partitions: Range<Int>
    private let questions = BlockingQueue("kafka-ends")
    private var known: (ends: [Int: Int64], at: Int64)?
    private var question: Task<Result<[Int: Int64], StorageError>, Never>?

    init(_ producer: KafkaProducer, topic: String, partitions: Int) {
        self.producer = producer
        self.topic = topic
        self.partitions = 0..<partitions
    }

    func ends() async throws(StorageError) -> [Int: Int64] {
        if let known, Monotonic.milliseconds() - known.at < KafkaLimits.endsMilliseconds { return known.ends }
        let question = question ?? Task { await ask() }
        self.question = question
        return try await question.value.get()
    }

    private func ask() async -> Result<[Int: Int64], StorageError> {
        defer { question = nil }
        let (producer, topic, partitions) = (producer, topic, partitions)
        do throws(StorageError) {
            let ends = try await questions.run { () throws(KafkaFailure) in
                try producer.ask { client throws(KafkaFailure) in
                    try client.offsets(
                        .end, of: topic, partitions, milliseconds: KafkaLimits.endsWaitMilliseconds)
                }
            }
            known = (ends, Monotonic.milliseconds())
            return .success(ends)
        } catch {
            guard error.isRetriable, let last = known else { return .failure(error) }
            known = (last.ends, Monotonic.milliseconds())
            return .success(last.ends)
        }
    }
}
