/// The fold: a delivery's state from the set of its events.
package enum Fold {
    /// Grows whenever the fold gives another state for the same events; rows of another version are folded again when
    /// touched.
    package static let version = 1

    // MARK: The slow path

    /// The state of a set of events, given in any order, each id once.
    package static func state(of events: some Collection<Event>) -> FoldedState {
        let plan = FoldPlan(events)
        var state = FoldedState()
        var isFirst = true
        for event in plan.inForce {
            Reducer.apply(event, to: &state, isFirst: isFirst)
            isFirst = false
        }
        state.frontier = plan.frontier
        state.awaitsEvent = plan.awaitsEvent
        if let last = state.lastEvent?.key.id, !state.reducedStatus.isTerminal {
            state.isExpired = plan.expiries.contains(last)
        }
        return state
    }

    // MARK: The fast path

    /// Whether the event can be applied to the current state alone: it sorts above everything ever kept and nothing
    /// waits for it.
    package static func isFast(_ event: Event, after state: FoldedState) -> Bool {
        guard !state.awaitsEvent, event.type != .correction, event.type != .expired else { return false }
        guard let frontier = state.frontier else { return true }
        return frontier < event.sortKey
    }

    /// Applies an event for which `isFast` holds. The result equals that of the slow path over all events.
    package static func advance(_ state: inout FoldedState, by event: Event) {
        let isFirst = state.lastEvent == nil
        if isFirst { state = state.keepingFrontierOnly }
        Reducer.apply(event, to: &state, isFirst: isFirst)
        state.frontier = event.sortKey
        state.isExpired = false
    }
}

extension FoldedState {
    /// A delivery all of whose events were corrected starts anew, above the same frontier.
    fileprivate var keepingFrontierOnly: FoldedState {
        var state = FoldedState()
        state.frontier = frontier
        return state
    }
}

/// What a set of events comes down to before it is reduced: which are in force, in which order, and what is missing.
package struct FoldPlan {
    /// The events that are reduced, in sort order.
    package private(set) var inForce: [Event] = []
    /// Events that a correction took out, by their id, with the correction's id (the smallest where there are several).
    package private(set) var correctedBy: [EventID: EventID] = [:]
    /// Corrections that name a correction or an `expired`, and so have no effect.
    package private(set) var idleCorrections: Set<EventID> = []
    /// The events after which nothing more was heard, by `expired` events.
    package private(set) var expiries: Set<EventID> = []
    package private(set) var frontier: SortKey?
    /// An event that a correction or an `expired` names is not in the set.
    package private(set) var awaitsEvent = false

    package init(_ events: some Collection<Event>) {
        let references = events.filter { $0.type == .correction || $0.type == .expired }
        if !references.isEmpty { resolve(references, among: events) }
        for event in events where event.type != .expired && event.type != .position {
            let key = event.sortKey
            if frontier.map({ $0 < key }) ?? true { frontier = key }
            if event.type != .correction, correctedBy[event.id] == nil { inForce.append(event) }
        }
        inForce.sort { $0.sortKey < $1.sortKey }
    }

    private mutating func resolve(_ references: [Event], among events: some Collection<Event>) {
        var types: [EventID: EventType] = [:]
        for event in events { types[event.id] = event.type }
        for event in references {
            if let after = event.after, event.type == .expired {
                expiries.insert(after)
                if types[after] == nil { awaitsEvent = true }
            }
            guard let correction = event.correction else { continue }
            switch types[correction.corrects] {
            case nil: awaitsEvent = true
            case .correction, .expired: idleCorrections.insert(event.id)
            default:
                let known = correctedBy[correction.corrects]
                correctedBy[correction.corrects] = known.map { min($0, event.id) } ?? event.id
            }
        }
    }
}
