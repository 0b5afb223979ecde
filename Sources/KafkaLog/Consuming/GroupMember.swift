import Synchronization
import WaybillEngine

/// One member of the group that shares the partitions of a topic. It has partitions, and fetches none of them.
///
/// Being a member and fetching are two clients: a full buffer, a slow database or a partition that is begun anew never
/// touch the group's protocol, and a rebalance never touches the fetching of partitions that stay.
final class GroupMember: Sendable {
    private struct State {
        var partitions: Set<Int> = []
        /// To be given back, by this time at last.
        var revoking: (partitions: Set<Int>, until: Int64)?
        var released: Set<Int> = []
        var changes: [GroupChange] = []
        var offsets: LogOffsets = [:]
        var committedAt: Int64 = 0
        var failure: KafkaFailure?
    }

    private let handle: KafkaHandle
    private let topic: String
    private let queue: KafkaQueue
    private let questions = BlockingQueue("kafka-offsets")
    private let thread = PollingThread()
    private let state: Mutex<State>
    private let mailbox: Mailbox
    private let observe: KafkaObserver
    /// Tells that the assignment has changed, and which partitions are gone.
    private let changed: @Sendable (Set<Int>) -> Void

    init(
        _ settings: KafkaSettings, group: String, topic: KafkaTopic, observe: @escaping KafkaObserver,
        changed: @escaping @Sendable (Set<Int>) -> Void
    ) throws(StorageError) {
        self.topic = settings.name(of: topic)
        self.observe = observe
        self.changed = changed
        state = Mutex(State())
        mailbox = Mailbox(observe)
        do throws(KafkaFailure) {
            handle = try KafkaHandle(.consumer, settings.member(of: group), listener: mailbox)
            try handle.subscribe(to: self.topic)
        } catch {
            throw error.storageError
        }
        queue = KafkaQueue(groupOf: handle)
    }

    func run() {
        thread.start(name: "kafka-group") { [self] thread in
            while !thread.isStopping {
                if let failure = handle.pollGroup(milliseconds: KafkaLimits.pollMilliseconds) { note(failure) }
                for change in mailbox.take() { carryOut(change) }
                finishRevoking()
                commit(everyMilliseconds: KafkaLimits.commitMilliseconds)
            }
            commit(everyMilliseconds: 0)
            handle.closeGroup()
            let gone = state.withLock { state in
                defer { state.partitions = [] }
                state.revoking = nil
                return state.partitions
            }
            changed(gone)
        }
    }

    func requestStop() {
        thread.requestStop()
        queue.wake()
    }

    func close() async {
        requestStop()
        await thread.join()
    }

    // MARK: For readers

    var assignment: LogAssignment {
        state.withLock { LogAssignment(partitions: $0.partitions, revoking: $0.revoking?.partitions ?? []) }
    }

    /// Asked on connections that fetch nothing: a broker answers only after the fetch before the question, which waits.
    var edges: PartitionEdges { PartitionEdges(handle, topic: topic, questions) }

    /// What keeps this process out of its group until a person acts.
    var failure: KafkaFailure? { state.withLock { $0.failure } }

    func release(_ partitions: Set<Int>) {
        state.withLock { $0.released.formUnion(partitions) }
        queue.wake()
    }

    func acknowledge(_ offsets: LogOffsets) {
        state.withLock { state in state.offsets.merge(offsets) { $1 } }
    }

    // MARK: On the thread

    private func carryOut(_ change: GroupChange) {
        switch change {
        case .assigned(let partitions): assign(partitions)
        case .revoked(let partitions, isLost: true): drop(Set(partitions), isLost: true)
        case .revoked(let partitions, isLost: false):
            state.withLock { state in
                let until = Monotonic.milliseconds() + KafkaLimits.drainMilliseconds
                state.revoking = (Set(partitions), until)
                state.released.subtract(partitions)
            }
            changed([])
        case .failed(let failure): note(failure)
        }
    }

    private func assign(_ partitions: [Int]) {
        if let failure = handle.finishAssigning(partitions, of: topic) { note(failure) }
        state.withLock { state in
            state.partitions.formUnion(partitions)
            state.released.subtract(partitions)
            state.failure = nil
        }
        observe(.rebalanced(assigned: partitions.count, revoked: 0, isLost: false))
        changed([])
    }

    /// Gives back what was released, all of it at once, or whatever is not released when time is up.
    private func finishRevoking() {
        let due = state.withLock { state -> Set<Int>? in
            guard let (partitions, until) = state.revoking else { return nil }
            let isDue = partitions.isSubset(of: state.released) || Monotonic.milliseconds() >= until
            return isDue ? partitions : nil
        }
        if let due { drop(due, isLost: false) }
    }

    private func drop(_ partitions: Set<Int>, isLost: Bool) {
        if !isLost { commit(everyMilliseconds: 0) }
        state.withLock { state in
            state.partitions.subtract(partitions)
            state.released.subtract(partitions)
            state.revoking = nil
            for partition in partitions { state.offsets[partition] = nil }
        }
        // First nobody reads them here any more, then others may.
        changed(partitions)
        if let failure = handle.finishRevoking(partitions.sorted(), of: topic) { note(failure) }
        observe(.rebalanced(assigned: 0, revoked: partitions.count, isLost: isLost))
    }

    private func commit(everyMilliseconds interval: Int64) {
        let now = Monotonic.milliseconds()
        let offsets = state.withLock { state -> LogOffsets in
            guard now - state.committedAt >= interval else { return [:] }
            let mine = state.offsets.filter { state.partitions.contains($0.key) }
            state.offsets = [:]
            if !mine.isEmpty { state.committedAt = now }
            return mine
        }
        guard !offsets.isEmpty else { return }
        do throws(KafkaFailure) { try handle.commit(offsets, of: topic) } catch { observe(.failed(error.description)) }
    }

    private func note(_ failure: KafkaFailure) {
        observe(.failed(failure.description))
        guard failure.isFatal || failure.needsPerson else { return }
        let gone = state.withLock { state in
            state.failure = failure
            // Out of the group for good: others have the partitions, or will.
            defer { if failure.isFatal { state.partitions = [] } }
            return failure.isFatal ? state.partitions : []
        }
        changed(gone)
    }
}

/// What the group said during a poll, until the poll has returned.
private final class Mailbox: ClientListener {
    private let observe: KafkaObserver
    private let changes = Mutex<[GroupChange]>([])

    init(_ observe: @escaping KafkaObserver) { self.observe = observe }

    func take() -> [GroupChange] {
        changes.withLock { changes in
            defer { changes = [] }
            return changes
        }
    }

    func groupChanged(_ change: GroupChange) { changes.withLock { $0.append(change) } }

    func clientFailed(_ failure: KafkaFailure) {
        // What ends the membership or needs a person is for the member, not only for the log.
        if failure.isFatal || failure.needsPerson { return groupChanged(.failed(failure)) }
        observe(.failed(failure.description))
    }

    func clientLogged(_ line: String, severity: Int) { observe(.logged(line, severity: severity)) }
    func clientCounted(_ statistics: [UInt8]) {}
}
