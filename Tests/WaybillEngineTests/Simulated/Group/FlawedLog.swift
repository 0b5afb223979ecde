import Simulation
import Synchronization
import WaybillCore
import WaybillEngine

/// Begins to read where the group is believed to stand: behind everything that was ever handed out.
final class FlawedReader: LogReader {
    /// What all readers of the group have taken, whether or not it was committed.
    final class GroupOffsets: Sendable {
        fileprivate let taken = Mutex<LogOffsets>([:])
    }

    private let base: any LogReader
    private let group: GroupOffsets
    private let positions = Mutex<LogOffsets>([:])

    init(_ base: any LogReader, _ group: GroupOffsets) {
        self.base = base
        self.group = group
    }

    var arrived: Signal { base.arrived }
    var assignment: LogAssignment { base.assignment }
    var refused: [Int: String] { base.refused }

    func release(_ partitions: Set<Int>) { base.release(partitions) }

    func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        let mine = positions.withLock { $0 }
        let taken = group.taken.withLock { $0 }
        var asked = offsets
        for (partition, offset) in offsets where mine[partition] == nil {
            asked[partition] = taken[partition] ?? offset
        }
        let batch = try await base.read(from: asked)
        positions.withLock { $0.merge(batch.next) { $1 } }
        group.taken.withLock { $0.merge(batch.next) { max($0, $1) } }
        return batch
    }

    func acknowledge(group: String, offsets: LogOffsets) async throws(StorageError) {
        try await base.acknowledge(group: group, offsets: offsets)
    }
}

/// Says that records are durable, and loses some.
final class FlawedLog: EventLog {
    private let base: any EventLog
    private let dice: Mutex<SeededGenerator>

    init(_ base: any EventLog, seed: UInt64) {
        self.base = base
        dice = Mutex(SeededGenerator(seed: seed).stream("lost appends"))
    }

    var partitionCount: Int { base.partitionCount }

    func append(_ records: [NewRecord]) async throws(StorageError) {
        if dice.withLock({ $0.chance(0.1) }) { return }
        try await base.append(records)
    }

    func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag { try await base.lag(behind: claims) }
}

/// Takes for delivered whatever it was given.
struct FlawedSink: UpdateSink {
    let base: any UpdateSink

    func send(_ records: [OutgoingRecord]) async -> [StorageError?] {
        await base.send(records).map { _ in nil }
    }
}
