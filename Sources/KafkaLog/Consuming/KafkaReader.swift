import Synchronization
import WaybillCore
import WaybillEngine

/// Reads `delivery-events` as one member of the trackers' group.
///
/// Where reading begins is the store's to say: a partition is fetched once somebody asks for it, from the offset that
/// is asked for. What the group has committed in Kafka is for those who watch it, never a place to begin.
package final class KafkaReader: LogReader {
    package let arrived = Signal()
    private let group: String
    private let instance: String
    private let member: GroupMember
    private let fetcher: PartitionFetcher
    private let observe: KafkaObserver
    private let fault: String?
    private let refusals = Mutex<[Int: Refusal]>([:])

    private struct Refusal {
        var offset: Int64
        var sentence: String
    }

    /// Joins the group in the background.
    ///
    /// - Parameter fault: why no partition may be read at all (`LogIdentity.fault`).
    package init(
        _ settings: KafkaSettings, time: any TimeSource, fault: String? = nil,
        observe: @escaping KafkaObserver = { _ in }
    ) throws(StorageError) {
        self.observe = observe
        self.fault = fault
        group = settings.trackerGroup
        instance = settings.instance
        let arrived = arrived
        let fetcher = try PartitionFetcher(
            settings, topic: .events, arrived: arrived, time: time, observe: observe)
        self.fetcher = fetcher
        member = try GroupMember(settings, group: group, topic: .events, observe: observe) { gone in
            fetcher.stop(gone)
            arrived.fire()
        }
        fetcher.run()
        member.run()
    }

    package var assignment: LogAssignment { member.assignment }

    package func release(_ partitions: Set<Int>) { member.release(partitions) }

    package var refused: [Int: String] {
        if let fault { return Dictionary(uniqueKeysWithValues: assignment.partitions.map { ($0, fault) }) }
        return refusals.withLock { $0.mapValues(\.sentence) }
    }

    package func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        let mine = assignment.partitions
        if let failure = member.failure, mine.isEmpty { throw explained(failure) }
        let wanted = offsets.filter { mine.contains($0.key) && !isRefused($0.key, at: $0.value) }
        let strayed = fetcher.strayed(wanted)
        if !strayed.isEmpty { try await begin(strayed) }
        var batch = try fetcher.take(wanted)
        for gap in batch.gaps { observe(.gap(gap)) }
        batch.next.merge(offsets) { next, _ in next }
        return batch
    }

    private func explained(_ failure: KafkaFailure) -> StorageError {
        guard failure.isFencing else { return failure.storageError }
        return .damaged(
            """
            another process joined the group \(group) as \(instance), and this one was put out: give each process a \
            WAYBILL_INSTANCE of its own (\(failure))
            """)
    }

    /// Records that were fetched and wait to be read.
    package var buffered: Int { fetcher.buffered }

    /// Looks where the log begins and ends before a partition is fetched.
    private func begin(_ strayed: LogOffsets) async throws(StorageError) {
        let edges = try await member.edges.of(strayed.keys.sorted())
        for (partition, offset) in strayed {
            guard let edge = edges[partition] else { continue }
            switch LogStart(partition: partition, asked: offset, first: edge.lowerBound, end: edge.upperBound) {
            case .at: fetcher.begin(partition, at: offset)
            case .after(let gap): fetcher.begin(partition, at: offset, gap: gap)
            case .refused(let sentence): refuse(partition, at: offset, sentence)
            }
        }
        // Whoever took a partition away meanwhile did not find it being fetched.
        fetcher.stop(Set(strayed.keys).subtracting(assignment.partitions))
    }

    private func refuse(_ partition: Int, at offset: Int64, _ sentence: String) {
        fetcher.stop([partition])
        refusals.withLock { $0[partition] = Refusal(offset: offset, sentence: sentence) }
        observe(.refused(partition: partition, sentence))
    }

    /// A partition stays refused until it is asked for at another offset: its log may grow past this one, with records
    /// that are not those that were known.
    private func isRefused(_ partition: Int, at offset: Int64) -> Bool {
        guard fault == nil else { return true }
        return refusals.withLock { refusals in
            if let refusal = refusals[partition], refusal.offset != offset { refusals[partition] = nil }
            return refusals[partition] != nil
        }
    }

    package func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError) {
        precondition(self.group.hasSuffix(group), "this reader is a member of \(self.group)")
        member.acknowledge(offsets)
    }

    /// Leaves: what is assigned goes to the other members once the session of a static member has ended. To be called
    /// when nobody reads any more.
    package func close() async {
        await member.close()
        await fetcher.close()
    }

    deinit {
        member.requestStop()
        fetcher.requestStop()
    }
}
