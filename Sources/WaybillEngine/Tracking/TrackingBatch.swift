import WaybillCore

/// One batch of records on its way to a decision. Effects (loading) are asked of the store; everything else is computed.
struct TrackingBatch {
    struct Decision {
        var commit: TrackingCommit
        var updates: [Update]
        var summary: TrackedBatch
    }

    /// What became of a record, kept in record order so that feed positions follow the log.
    private enum Outcome {
        case pending(Event)
        case rejected(EventRejection)
        case position(PositionFix)
        case applied(AppliedEvent)
        case duplicate
    }

    private struct Work {
        var stored: StoredDelivery?
        var application: DeliveryApplication
        var needsHistory: Bool
        /// Records that wait for the history, in order.
        var waiting: [Int] = []
    }

    private let records: [LogRecord]
    private let nextOffsets: [Int64]
    private let expected: TrackingProgress
    private var outcomes: [Outcome] = []
    private var work: [DeliveryKey: Work] = [:]
    private var loadedHistories = 0

    init(_ batch: LogBatch, expected: TrackingProgress) {
        records = batch.records
        nextOffsets = batch.next
        self.expected = expected
        outcomes.reserveCapacity(records.count)
        let decoder = EventDecoder()
        for record in records { outcomes.append(Self.decode(record, decoder)) }
    }

    private static func decode(_ record: LogRecord, _ decoder: EventDecoder) -> Outcome {
        do throws(EventRejection) {
            let event = try decoder.decode(record.value).event
            guard event.key.text.hasSameBytes(as: record.key) else {
                throw EventRejection(
                    .keyMismatch, "The record's key is not <merchant>/<delivery id> of the event.", id: event.id)
            }
            if let rejection = EventDecoder.rejectFuture(event, receivedAt: record.timestamp) { throw rejection }
            if event.type == .position, let location = event.location {
                return .position(PositionFix(key: event.key, id: event.id, occurredAt: event.occurredAt, location: location))
            }
            return .pending(event)
        } catch {
            return .rejected(error)
        }
    }

    // MARK: Applying

    mutating func load(from store: any TrackingStore) async throws(StorageError) {
        var keys: Set<DeliveryKey> = []
        for case .pending(let event) in outcomes { keys.insert(event.key) }
        let stored = try await store.deliveries(Array(keys))
        for key in keys {
            let delivery = stored[key]
            work[key] = Work(
                stored: delivery, application: DeliveryApplication(key: key, stored: delivery?.state),
                needsHistory: delivery.map { $0.foldVersion != Fold.version } ?? false)
        }
    }

    /// Applies whatever the states alone allow; the rest waits for its delivery's history.
    mutating func apply() {
        for index in outcomes.indices {
            guard case .pending(let event) = outcomes[index] else { continue }
            apply(event, at: index)
        }
    }

    private mutating func apply(_ event: Event, at index: Int) {
        let key = event.key
        // Taken out while it changes, so that nothing in it is copied.
        guard var item = work.removeValue(forKey: key) else { return }
        defer { work[key] = item }
        if item.stored?.isSealed == true {
            outcomes[index] = .rejected(
                EventRejection(.archived, "The delivery is finished and its history was dropped.", id: event.id))
        } else if item.needsHistory || item.application.needsHistory(for: event) {
            item.needsHistory = true
            item.waiting.append(index)
        } else {
            switch item.application.apply(event, receivedAt: records[index].timestamp) {
            case .applied(let applied): outcomes[index] = .applied(applied)
            case .duplicate: outcomes[index] = .duplicate
            case .rejected(let rejection): outcomes[index] = .rejected(rejection)
            }
        }
    }

    /// Reads the histories that are needed, all in one query, and applies what waited for them.
    mutating func completeWithHistories(from store: any TrackingStore) async throws(StorageError) {
        let waiting = work.filter { !$0.value.waiting.isEmpty }
        guard !waiting.isEmpty else { return }
        let histories = try await store.histories(waiting.values.compactMap { $0.stored?.number })
        loadedHistories = histories.count
        for (key, item) in waiting {
            var item = item
            let isOutdated = item.stored.map { $0.foldVersion != Fold.version } ?? false
            item.application.supply(history: item.stored.flatMap { histories[$0.number] } ?? [])
            if isOutdated { item.application.refold() }
            item.needsHistory = false
            let indices = item.waiting
            item.waiting = []
            work[key] = item
            for index in indices {
                if case .pending(let event) = outcomes[index] { apply(event, at: index) }
            }
        }
    }

    // MARK: Deciding

    func decide() -> Decision {
        var commit = TrackingCommit(expected: expected, next: expected)
        commit.next.offsets = nextOffsets
        var updates: [Update] = []
        var appliedRecords: [DeliveryKey: [AppliedRecord]] = [:]
        var touched: [DeliveryKey] = []
        var summary = TrackedBatch()
        summary.records = records.count
        summary.histories = loadedHistories
        for (index, record) in records.enumerated() {
            switch outcomes[index] {
            case .pending: preconditionFailure("a record was neither applied nor refused")
            case .duplicate: summary.duplicates += 1
            case .position(let fix): commit.positions.append(fix)
            case .rejected(let rejection):
                summary.rejected += 1
                commit.deadLetters.append(DeadLetter(record: record, rejection: rejection))
            case .applied(let applied):
                commit.next.positions[record.partition] += 1
                let at = FeedPosition(partition: record.partition, position: commit.next.positions[record.partition])
                updates.append(Update(at: at, applied: applied))
                let key = applied.after.key
                if appliedRecords[key] == nil { touched.append(key) }
                appliedRecords[key, default: []].append(AppliedRecord(entry: applied.entry, bytes: record.value, at: at))
                if applied.isLate { summary.late += 1 }
            }
        }
        summary.applied = updates.count
        summary.deliveries = touched.count
        for key in touched {
            guard let item = work[key], let records = appliedRecords[key] else { continue }
            let state = item.application.state
            commit.changes.append(DeliveryChange(number: item.stored?.number, state: state, records: records))
            Counters.move(
                from: item.stored?.state.folded, to: state.folded, merchant: key.merchant, in: &commit.counters)
        }
        return Decision(commit: commit, updates: updates, summary: summary)
    }
}
