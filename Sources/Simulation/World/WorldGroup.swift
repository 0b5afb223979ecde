import Synchronization
import WaybillCore
import WaybillEngine

/// The group of readers that a broker keeps, over the log in memory.
///
/// Partitions move as they are asked back, or are given to another member while the one that had them is away and
/// believes that it has them still: a zombie, until it is told.
package final class WorldGroup: Sendable {
    private struct Member {
        var assigned: Set<Int> = []
        var revoking: Set<Int> = []
    }

    private struct State {
        var members: [Member]
        /// Where a partition that was asked back goes once it is released.
        var heirs: [Int: Int] = [:]
        /// Whose a partition is by the group's book.
        var owners: [Int: Int] = [:]

        mutating func give(_ partition: Int, to heir: Int) {
            owners[partition] = heir
            heirs[partition] = nil
            members[heir].assigned.insert(partition)
            members[heir].revoking.remove(partition)
        }
    }

    let log: WorldLog
    private let state: Mutex<State>
    private let signals: [Signal]

    package init(_ log: WorldLog, members: Int) {
        self.log = log
        state = Mutex(State(members: Array(repeating: Member(), count: members)))
        signals = (0..<members).map { _ in Signal() }
    }

    /// The reader of one member, as its process has it.
    package func reader(_ member: Int) -> WorldReader { WorldReader(self, member, arrived: signals[member]) }

    /// Asks a partition back from its owner and gives it to another once it is released.
    package func move(_ partition: Int, to heir: Int) {
        state.withLock { state in
            guard let owner = state.owners[partition] else { return state.give(partition, to: heir) }
            guard owner != heir else { return }
            state.members[owner].revoking.insert(partition)
            state.heirs[partition] = heir
        }
        signals.forEach { $0.fire() }
    }

    /// Gives a partition away without asking: who had it was not heard of for too long, and does not know.
    package func seize(_ partition: Int, for heir: Int) {
        state.withLock { $0.give(partition, to: heir) }
        signals[heir].fire()
    }

    /// Tells a member what it has lost meanwhile.
    package func tell(_ member: Int) {
        state.withLock { state in
            let mine = Set(state.owners.filter { $0.value == member }.keys)
            state.members[member].assigned.formIntersection(mine)
            state.members[member].revoking.formIntersection(mine)
        }
        signals[member].fire()
    }

    /// Takes everything from everybody.
    package func dissolve() {
        state.withLock { state in
            state.owners = [:]
            state.heirs = [:]
            for member in state.members.indices { state.members[member] = Member() }
        }
    }

    fileprivate func assignment(of member: Int) -> LogAssignment {
        state.withLock { state in
            LogAssignment(
                partitions: state.members[member].assigned, revoking: state.members[member].revoking)
        }
    }

    fileprivate func release(_ partitions: Set<Int>, by member: Int) {
        state.withLock { state in
            for partition in partitions where state.members[member].revoking.contains(partition) {
                state.members[member].assigned.remove(partition)
                state.members[member].revoking.remove(partition)
                guard state.owners[partition] == member, let heir = state.heirs.removeValue(forKey: partition) else {
                    continue
                }
                state.give(partition, to: heir)
            }
        }
        signals.forEach { $0.fire() }
    }
}

/// The log as one member of the group sees it.
package struct WorldReader: EventLog, LogReader, RetainedLog {
    package let arrived: Signal
    private let group: WorldGroup
    private let member: Int

    init(_ group: WorldGroup, _ member: Int, arrived: Signal) {
        self.group = group
        self.member = member
        self.arrived = arrived
    }

    package var partitionCount: Int { group.log.partitionCount }
    package var assignment: LogAssignment { group.assignment(of: member) }
    package var refused: [Int: String] { [:] }

    package func release(_ partitions: Set<Int>) { group.release(partitions, by: member) }

    package func append(_ records: [NewRecord]) async throws(StorageError) { try await group.log.append(records) }

    package func read(from offsets: LogOffsets) async throws(StorageError) -> LogBatch {
        try await group.log.read(from: offsets)
    }

    package func lag(behind claims: [Claim]) async throws(StorageError) -> LogLag {
        try await group.log.lag(behind: claims)
    }

    package func acknowledge(group name: String, offsets: LogOffsets) async throws(StorageError) {
        try await group.log.acknowledge(group: name, offsets: offsets)
    }

    package func trim(before instant: Timestamp) async throws(StorageError) -> Int {
        try await group.log.trim(before: instant)
    }
}
