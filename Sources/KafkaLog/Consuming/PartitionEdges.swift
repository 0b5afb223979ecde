import WaybillEngine

/// Where the partitions of a topic begin and end.
struct PartitionEdges: Sendable {
    private let handle: KafkaHandle
    private let topic: String
    private let questions: BlockingQueue

    init(_ handle: KafkaHandle, topic: String, _ questions: BlockingQueue) {
        self.handle = handle
        self.topic = topic
        self.questions = questions
    }

    /// From the first offset of each partition up to the one after its last, asked of the brokers.
    func of(_ partitions: some Sequence<Int> & Sendable) async throws(StorageError) -> [Int: Range<Int64>] {
        let (handle, topic) = (handle, topic)
        return try await questions.run { () throws(KafkaFailure) in
            let limit = KafkaLimits.requestMilliseconds
            let first = try handle.offsets(.beginning, of: topic, partitions, milliseconds: limit)
            let end = try handle.offsets(.end, of: topic, partitions, milliseconds: limit)
            var edges: [Int: Range<Int64>] = [:]
            for (partition, first) in first { edges[partition] = first..<max(first, end[partition] ?? first) }
            return edges
        }
    }
}
