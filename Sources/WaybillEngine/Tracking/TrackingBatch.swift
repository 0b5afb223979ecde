import WaybillCore

/// One batch of records on its way to a decision. Effects (loading) are asked of the store; everything else is
/// computed.
struct TrackingBatch: Sendable {
    struct Decision: Sendable {
        var commit: TrackingCommit
        var updates: [Update]
        var cases: [CaseUpdate] = []
        var summary: TrackedBatch
        /// The deliveries of the batch as they will be stored: what the next batch goes on from while this one is
        /// committed.
        var outcome: [DeliveryKey: StoredDelivery]
        /// How many of the numbers it was given went to new deliveries.
        var numbersUsed = 0
    }

    /// What became of a record, kept in record order so that feed positions follow the log.
    private enum Outcome: Sendable {
        case pending(Event, work: Int)
        case rejected(EventRejection)
        case position(PositionFix)
        case applied(AppliedEvent, work: Int)
        case duplicate
    }

    private struct Work: Sendable {
        let key: DeliveryKey
        var stored: StoredDelivery?
        var application: DeliveryApplication
        var needsHistory = false
        /// Records that wait for the history, in order.
        var waiting: [Int] = []
        /// Known once something was applied.
        var number: Int64?
        var mayChangeDetails = false
    }

    private let records: [LogRecord]
    private let nextOffsets: LogOffsets
    /// The native JSON of events whose record's value does not state them alone, by the record's index.
    private var rewritten: [Int: [UInt8]] = [:]
    private var outcomes: [Outcome] = []
    private var works: [Work] = []
    private var loadedHistories = 0
    private let untold: [UntoldChange]
    private let watch: Watch

    /// - Parameter untold: changes of cases that get their places in the feed with this batch.
    init(_ batch: LogBatch, untold: [UntoldChange] = [], watch: Watch = Watch()) {
        self.untold = untold
        self.watch = watch
        records = batch.records
        nextOffsets = batch.next
        outcomes.reserveCapacity(records.count)
        let decoder = EventDecoder()
        var places: [String: Int] = [:]
        for (index, record) in records.enumerated() {
            var outcome = Outcome.duplicate
            do throws(EventRejection) {
                let decoded = try Self.decode(record, decoder)
                if !decoded.isNative { rewritten[index] = EventEncoder.bytes(of: decoded.event) }
                outcome = Self.outcome(of: decoded.event)
            } catch {
                outcome = .rejected(error)
            }
            if case .pending(let event, _) = outcome {
                let place = places[record.key] ?? works.count
                if place == works.count {
                    places[record.key] = place
                    let key = event.key
                    works.append(Work(key: key, application: DeliveryApplication(key: key, stored: nil)))
                }
                outcome = .pending(event, work: place)
            }
            outcomes.append(outcome)
        }
        for key in Set(untold.map(\.key)) where places[key.text] == nil {
            works.append(Work(key: key, application: DeliveryApplication(key: key, stored: nil)))
        }
    }

    /// - Returns: the event, and whether the record's value states it alone, in the native form.
    private static func decode(
        _ record: LogRecord, _ decoder: EventDecoder
    ) throws(EventRejection) -> (event: Event, isNative: Bool) {
        let (event, isNative) = try read(record, decoder)
        guard event.key.text.hasSameBytes(as: record.key) else {
            throw EventRejection(
                .keyMismatch, "The record's key is not <merchant>/<delivery id> of the event.", id: event.id)
        }
        if let rejection = EventDecoder.rejectFuture(event, receivedAt: record.timestamp) { throw rejection }
        return (event, isNative)
    }

    private static func read(
        _ record: LogRecord, _ decoder: EventDecoder
    ) throws(EventRejection) -> (event: Event, isNative: Bool) {
        switch record.form {
        case .native: return (try decoder.decode(record.value).event, true)
        case .binary(let attributes):
            let decoded = try record.value.withUnsafeBufferPointer { bytes throws(EventRejection) in
                try decoder.decode(bytes, attributes: attributes)
            }
            return (decoded.event, decoded.isVerbatim)
        case .structured:
            let decoded = try record.value.withUnsafeBufferPointer { bytes throws(EventRejection) in
                try decoder.decodeStructured(bytes)
            }
            return (decoded.event, false)
        }
    }

    private static func outcome(of event: Event) -> Outcome {
        guard event.type == .position, let location = event.location else { return .pending(event, work: 0) }
        return .position(PositionFix(key: event.key, id: event.id, occurredAt: event.occurredAt, location: location))
    }

    // MARK: Applying

    /// - Parameter uncommitted: deliveries of the batch before, which may not be in the store yet.
    mutating func load(
        from store: any TrackingStore, over uncommitted: [DeliveryKey: StoredDelivery]
    ) async throws(StorageError) {
        let unknown = works.map(\.key).filter { uncommitted[$0] == nil }
        let stored = unknown.isEmpty ? [:] : try await store.deliveries(unknown)
        for index in works.indices {
            guard let delivery = uncommitted[works[index].key] ?? stored[works[index].key] else { continue }
            works[index].stored = delivery
            works[index].application = DeliveryApplication(key: works[index].key, stored: delivery.state)
            works[index].needsHistory = delivery.foldVersion != Fold.version
        }
    }

    /// Applies whatever the states alone allow; the rest waits for its delivery's history.
    mutating func apply() {
        for index in outcomes.indices { apply(at: index) }
    }

    private mutating func apply(at index: Int) {
        guard case .pending(let event, let place) = outcomes[index] else { return }
        if works[place].stored?.isSealed == true {
            outcomes[index] = .rejected(
                EventRejection(.archived, "The delivery is finished and its history was dropped.", id: event.id))
        } else if works[place].needsHistory || works[place].application.needsHistory(for: event) {
            works[place].needsHistory = true
            works[place].waiting.append(index)
        } else {
            switch works[place].application.apply(event, receivedAt: records[index].timestamp) {
            case .applied(let applied): outcomes[index] = .applied(applied, work: place)
            case .duplicate: outcomes[index] = .duplicate
            case .rejected(let rejection): outcomes[index] = .rejected(rejection)
            }
        }
    }

    /// Whether some delivery's history must be read.
    var needsHistories: Bool { works.contains { !$0.waiting.isEmpty } }

    /// Reads the histories that are needed, all in one query, and applies what waited for them.
    ///
    /// The store must hold everything that was decided before this batch.
    mutating func completeWithHistories(from store: any TrackingStore) async throws(StorageError) {
        let waiting = works.indices.filter { !works[$0].waiting.isEmpty }
        let histories = try await store.histories(waiting.compactMap { works[$0].stored?.number })
        loadedHistories = histories.count
        for place in waiting {
            let stored = works[place].stored
            let history = stored.flatMap { histories[$0.number] } ?? []
            guard Int64(history.count) == stored?.state.arrival.sequence ?? 0 else {
                throw .damaged("the history of \(works[place].key) is not complete")
            }
            works[place].application.supply(history: history)
            if let stored, stored.foldVersion != Fold.version { works[place].application.refold() }
            works[place].needsHistory = false
            let indices = works[place].waiting
            works[place].waiting = []
            for index in indices { apply(at: index) }
        }
    }

    // MARK: Deciding

    /// Deliveries that this batch may make.
    var unknownDeliveries: Int { works.count { $0.stored == nil } }

    /// - Parameters:
    ///   - claims: of all partitions that were read, as they are before this batch.
    ///   - numbers: for new deliveries; as many as there are unknown ones, or more.
    mutating func decide(after claims: [Claim], numbers: Range<Int64>) -> Decision {
        var next = claims
        var claim = [Int](repeating: 0, count: 1 + (claims.map(\.partition).max() ?? 0))
        for index in next.indices {
            claim[next[index].partition] = index
            next[index].offset = nextOffsets[next[index].partition] ?? next[index].offset
        }
        var commit = TrackingCommit(expected: [], next: [])
        var numbersUsed = 0
        var updates: [Update] = []
        var touched: [Int] = []
        var summary = TrackedBatch()
        summary.records = records.count
        summary.histories = loadedHistories
        for (index, record) in records.enumerated() {
            let mine = claim[record.partition]
            next[mine].consumedUntil = record.timestamp
            switch outcomes[index] {
            case .pending: preconditionFailure("a record was neither applied nor refused")
            case .duplicate: summary.duplicates += 1
            case .position(let fix): commit.positions.append(fix)
            case .rejected(let rejection):
                summary.rejected += 1
                commit.deadLetters.append(DeadLetter(record: record, rejection: rejection))
            case .applied(let applied, let place):
                if works[place].number == nil {
                    if let known = works[place].stored?.number {
                        works[place].number = known
                    } else {
                        works[place].number = numbers.lowerBound + Int64(numbersUsed)
                        numbersUsed += 1
                    }
                    touched.append(place)
                }
                next[mine].position += 1
                let at = FeedPosition(partition: record.partition, position: next[mine].position)
                updates.append(Update(at: at, applied: applied))
                commit.records.append(
                    AppliedRecord(
                        number: works[place].number ?? 0, entry: applied.entry,
                        bytes: rewritten[index] ?? record.value, at: at))
                if applied.entry.event.mayChangeDetails { works[place].mayChangeDetails = true }
                if applied.isLate { summary.late += 1 }
            }
        }
        summary.applied = updates.count
        summary.deliveries = touched.count
        var outcome = change(touched, in: &commit)
        let cases = tell(&next, claim, &outcome, in: &commit)
        for index in claims.indices where next[index] != claims[index] {
            commit.expected.append(claims[index])
            commit.next.append(next[index])
        }
        return Decision(
            commit: commit, updates: updates, cases: cases, summary: summary, outcome: outcome,
            numbersUsed: numbersUsed)
    }

    /// Gives changes of cases their places behind the events of this batch.
    private func tell(
        _ next: inout [Claim], _ claim: [Int], _ outcome: inout [DeliveryKey: StoredDelivery],
        in commit: inout TrackingCommit
    ) -> [CaseUpdate] {
        var updates: [CaseUpdate] = []
        let known = untold.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: works.map { ($0.key, $0.stored) })
        for change in untold {
            guard var delivery = outcome[change.key] ?? known[change.key] ?? nil else {
                let nowhere = FeedPosition(partition: change.partition, position: 0)
                commit.told.append(
                    ToldChange(
                        number: change.number, key: change.key, delivery: 0, at: nowhere, sequence: 0,
                        open: change.open))
                continue
            }
            next[claim[change.partition]].position += 1
            let at = FeedPosition(
                partition: change.partition, position: next[claim[change.partition]].position)
            let openBefore = delivery.state.openCases
            delivery.state.openCases = change.open
            outcome[change.key] = delivery
            updates.append(CaseUpdate(at: at, change, delivery.state, openBefore: openBefore))
            commit.told.append(
                ToldChange(
                    number: change.number, key: change.key, delivery: delivery.number, at: at,
                    sequence: delivery.state.arrival.sequence, open: change.open))
        }
        return updates
    }

    /// Adds the changes of the touched deliveries, in the order in which the log named them first.
    private func change(_ touched: [Int], in commit: inout TrackingCommit) -> [DeliveryKey: StoredDelivery] {
        var outcome: [DeliveryKey: StoredDelivery] = [:]
        outcome.reserveCapacity(touched.count)
        commit.changes.reserveCapacity(touched.count)
        for place in touched {
            let state = works[place].application.state
            let stored = works[place].stored
            let number = works[place].number ?? 0
            var change = DeliveryChange(
                number: number, isNew: stored == nil,
                changesStatus: stored?.state.folded.status != state.folded.status,
                mayChangeDetails: works[place].mayChangeDetails, state: state)
            change.watch = stored?.watch ?? .none
            change.lookAt = watch.lookAt(state, inForce: change.watch.inForce)
            if let lookAt = change.lookAt, let due = stored?.due, due <= lookAt { change.lookAt = nil }
            commit.changes.append(change)
            Counters.move(
                from: stored?.state.folded, to: state.folded, merchant: state.key.merchant, in: &commit.counters)
            outcome[state.key] = StoredDelivery(
                number: number, state: state, foldVersion: Fold.version, isSealed: false, watch: change.watch,
                due: change.lookAt ?? stored?.due)
        }
        return outcome
    }
}

extension Event {
    fileprivate var mayChangeDetails: Bool { !details.isEmpty || type == .correction }
}
