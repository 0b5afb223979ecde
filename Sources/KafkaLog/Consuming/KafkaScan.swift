import WaybillCore
import WaybillEngine

/// Reads all of `delivery-events` from its beginning to where it ended when the scan began, as a member of no group:
/// what a rebuild folds.
package final class KafkaScan: LogReader {
    package let arrived: Signal
    package let refused: [Int: String] = [:]
    package let assignment: LogAssignment
    private let fetcher: PartitionFetcher
    private let edges: [Int: Range<Int64>]

    package init(_ settings: KafkaSettings, partitions: Int, time: any TimeSource) async throws(StorageError) {
        let arrived = Signal()
        self.arrived = arrived
        assignment = LogAssignment(partitions: Set(0..<partitions))
        fetcher = try PartitionFetcher(settings, topic: .events, arrived: arrived, time: time, observe: { _ in })
        fetcher.run()
        edges = try await fetcher.edges.of(0..<partitions)
    }

    /// Whether no record was removed yet: else a fold of the log is not the fold of all events.
    package var beginsAtFirstRecord: Bool { edges.values.allSatisfy { $0.lowerBound == 0 } }

    /// Whether everything up to the end is consumed.
    package func isDone(at offsets: LogOffsets) -> Bool {
        edges.allSatisfy { partition, edge in offsets[partition, default: 0] >= edge.upperBound }
    }

    package func release(_ partitions: Set<Int>) {}

    package func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        let open = offsets.filter { partition, offset in offset < edges[partition]?.upperBound ?? 0 }
        for (partition, offset) in fetcher.strayed(open) { fetcher.begin(partition, at: offset) }
        var batch = try fetcher.take(open)
        if batch.records.isEmpty, !open.isEmpty {
            await arrived.wait(atMost: .milliseconds(200))
            batch = try fetcher.take(open)
        }
        // What came after the scan began is not its business.
        batch.records.removeAll { $0.offset >= edges[$0.partition]?.upperBound ?? 0 }
        batch.next.merge(offsets) { read, _ in read }
        return batch
    }

    package func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError) {}

    package func close() async { await fetcher.close() }
}
