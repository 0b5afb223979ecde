import WaybillCore
import WaybillEngine

/// Reads `delivery-updates` of all partitions, from their ends on: every process sees every update.
package final class KafkaUpdates: UpdateSource {
    private let partitions: [Int]
    private let fetcher: PartitionFetcher

    package init(
        _ settings: KafkaSettings, partitions: Int, time: any TimeSource, observe: @escaping KafkaObserver = { _ in }
    ) throws(StorageError) {
        self.partitions = Array(0..<partitions)
        fetcher = try PartitionFetcher(settings, topic: .updates, arrived: Signal(), time: time, observe: observe)
        fetcher.run()
    }

    package func begin() async throws(StorageError) {
        for (partition, edge) in try await fetcher.edges.of(partitions) {
            fetcher.begin(partition, at: edge.upperBound)
        }
    }

    package func next(atMost limit: Duration) async throws(StorageError) -> [LogRecord] {
        let records = try await take()
        guard records.isEmpty else { return records }
        await fetcher.arrived.wait(atMost: limit)
        return try await take()
    }

    private func take() async throws(StorageError) -> [LogRecord] {
        let positions = fetcher.positions
        let strayed = fetcher.strayed(positions)
        if !strayed.isEmpty {
            // The log went away under the reader. What it still has is read again: repeats give themselves away by
            // their positions, and what is missing is missed by its position.
            for (partition, edge) in try await fetcher.edges.of(strayed.keys.sorted()) {
                fetcher.begin(partition, at: edge.lowerBound)
            }
        }
        return try fetcher.take(positions).records
    }

    package func close() async { await fetcher.close() }

    deinit { fetcher.requestStop() }
}
