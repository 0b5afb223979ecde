/// An accepted event as the history keeps it. A reference, since many places hold it and none changes it.
package final class HistoryEntry: Sendable {
    package let event: Event
    /// The `sequence` it was applied as.
    package let sequence: Int64
    /// The record's timestamp: when the log took it.
    package let receivedAt: Timestamp

    package init(event: Event, sequence: Int64, receivedAt: Timestamp) {
        self.event = event
        self.sequence = sequence
        self.receivedAt = receivedAt
    }
}

/// What became of one event that was offered to a delivery.
package enum ApplicationOutcome: Sendable {
    case applied(AppliedEvent)
    /// Same id and same content as one that was accepted before: counted, no effect.
    case duplicate
    case rejected(EventRejection)
}

/// An applied event with the state before and after it: all that an update says. A reference: states are large.
package final class AppliedEvent: Sendable {
    package let entry: HistoryEntry
    package let after: DeliveryState
    package let milestone: Milestone?
    /// It sorts before one that was applied earlier.
    package let isLate: Bool
    private let stateBefore: DeliveryState?

    init(entry: HistoryEntry, before: DeliveryState?, after: DeliveryState, milestone: Milestone?, isLate: Bool) {
        self.entry = entry
        stateBefore = before
        self.after = after
        self.milestone = milestone
        self.isLate = isLate
    }

    /// Nil for the first event of a delivery.
    package var before: FoldedState? { stateBefore?.folded }

    package var previousStatus: Status? { before?.status }
}

/// Applies events to one delivery in the order in which they arrive.
package struct DeliveryApplication: Sendable {
    package private(set) var state: DeliveryState
    /// All accepted events, once they had to be read; nil while the state alone is enough.
    private var history: [HistoryEntry]?
    /// What was applied here, in order: the part of the history that is not stored yet.
    package private(set) var applied: [HistoryEntry] = []

    /// - Parameter state: as stored, or nil for a delivery that is not known yet.
    package init(key: DeliveryKey, stored state: DeliveryState?) {
        self.state = state ?? DeliveryState(key: key)
        if state == nil { history = [] }
    }

    /// Whether the event can only be applied with the history: ask before `apply`, and `supply` it.
    ///
    /// A true duplicate has the sort key of its original, so it is never above the frontier; a reused id with a later
    /// time is among the recent ids, or the delivery has more events than those.
    package func needsHistory(for event: Event) -> Bool {
        guard history == nil else { return false }
        return !Fold.isFast(event, after: state.folded) || mayBeKnown(event.id)
    }

    /// - Parameter entries: the stored history; what was applied here since is added.
    package mutating func supply(history entries: [HistoryEntry]) {
        let all = entries + applied
        history = all
        // A state that was stored when fewer ids were kept knows the rest of them from now on.
        state.arrival.recentIDs = all.suffix(Limits.recentEventIDs).map(\.event.id.shortHash)
    }

    /// Folds the supplied history again, for a row that another version of the fold wrote.
    package mutating func refold() {
        guard let history else { return }
        state.folded = Fold.state(of: history.map(\.event))
    }

    /// Applies one event. `needsHistory` must be false.
    package mutating func apply(_ event: Event, receivedAt: Timestamp) -> ApplicationOutcome {
        precondition(!needsHistory(for: event), "the history of \(state.key) was not supplied")
        if history != nil, mayBeKnown(event.id), let known = history?.first(where: { $0.event.id == event.id }) {
            return Self.compare(event, with: known.event)
        }
        guard state.arrival.sequence < Limits.eventsPerDelivery else {
            return .rejected(
                EventRejection(
                    .tooLarge, "A delivery may have \(Limits.eventsPerDelivery) events at most.",
                    pointer: "/delivery_id",
                    id: event.id))
        }
        let before = state.arrival.sequence == 0 ? nil : state
        let isLate = Self.isLate(event, after: before?.folded)
        let entry = HistoryEntry(event: event, sequence: state.arrival.sequence + 1, receivedAt: receivedAt)
        advance(by: entry)
        state.arrival.sequence += 1
        state.arrival.updatedAt = receivedAt
        remember(event.id)
        let milestone = state.arrival.announce(
            event, before: before?.folded, after: state.folded, isLate: isLate)
        return .applied(AppliedEvent(entry: entry, before: before, after: state, milestone: milestone, isLate: isLate))
    }

    private mutating func advance(by entry: HistoryEntry) {
        let isFast = Fold.isFast(entry.event, after: state.folded)
        history?.append(entry)
        applied.append(entry)
        if isFast {
            Fold.advance(&state.folded, by: entry.event)
        } else if let history {
            state.folded = Fold.state(of: history.lazy.map(\.event))
        }
    }

    private func mayBeKnown(_ id: EventID) -> Bool {
        state.arrival.sequence > Int64(state.arrival.recentIDs.count) || state.arrival.recentIDs.contains(id.shortHash)
    }

    private mutating func remember(_ id: EventID) {
        if state.arrival.recentIDs.count == Limits.recentEventIDs { state.arrival.recentIDs.removeFirst() }
        state.arrival.recentIDs.append(id.shortHash)
    }

    private static func isLate(_ event: Event, after before: FoldedState?) -> Bool {
        guard event.type != .correction, event.type != .expired, let last = before?.lastEvent else { return false }
        return event.sortKey < last.key
    }

    private static func compare(_ event: Event, with known: Event) -> ApplicationOutcome {
        guard EventEncoder.content(of: event) != EventEncoder.content(of: known) else { return .duplicate }
        return .rejected(
            EventRejection(
                .idConflict, "Another event of this delivery was accepted under this id.", pointer: "/id", id: event.id)
        )
    }
}

extension ArrivalState {
    /// Decides which milestone an applied event announces, and remembers it.
    mutating func announce(_ event: Event, before: FoldedState?, after: FoldedState, isLate: Bool) -> Milestone? {
        if let target = event.correction?.corrects, announced.contains(where: { $0.event == target }) {
            announced.removeAll { $0.event == target }
            return .corrected
        }
        guard let milestone = Self.candidate(event, before: before, after: after) else { return nil }
        if isLate, !milestone.survivesLateArrival || before?.status == after.status { return nil }
        if !milestone.recurs, announced.contains(where: { $0.milestone == milestone }) { return nil }
        announced.append(Announcement(milestone: milestone, event: event.id))
        return milestone
    }

    private static func candidate(_ event: Event, before: FoldedState?, after: FoldedState) -> Milestone? {
        if event.type == .delayed { return after.delay?.openedBy == event.id ? .delayed : nil }
        guard after.statusEvent == event.id, let milestone = after.status.milestone else { return nil }
        let entered = before?.status != after.status || milestone == .created && before?.isProvisional == true
        return entered || milestone == .attemptFailed ? milestone : nil
    }
}
