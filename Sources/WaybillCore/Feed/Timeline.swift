/// The timeline of a delivery: every accepted event in sort order, with what it did.
package enum Timeline {
    /// What an event did to the delivery.
    package enum Effect: String, CaseIterable, Sendable {
        /// It set the status.
        case status
        /// Details, times, places or notes, but not the status.
        case details
        /// Kept without effect: a correction of a correction, or an `expired` that is no longer last.
        case none
        /// It contradicts a terminal status.
        case contradiction
        /// A correction took it out.
        case corrected
    }

    /// Something about an event that a person should know.
    package enum Flag: String, CaseIterable, Sendable {
        /// It came after one that sorts later.
        case lateArrival = "late_arrival"
        case beforeCreated = "before_created"
        case before2000 = "before_2000"
    }

    package struct Entry: Sendable {
        package var history: HistoryEntry
        package var effect: Effect
        package var correctedBy: EventID?
        package var flags: [Flag]
    }

    /// - Parameter history: all accepted events of one delivery, in any order.
    package static func entries(of history: [HistoryEntry]) -> [Entry] {
        let plan = FoldPlan(history.map(\.event))
        let effects = effects(of: plan)
        let state = Fold.state(of: history.map(\.event))
        let late = lateArrivals(history)
        return history.sorted { $0.event.sortKey < $1.event.sortKey }.map { item in
            let id = item.event.id
            let effect: Effect
            switch item.event.type {
            case .correction: effect = plan.idleCorrections.contains(id) ? .none : .details
            case .expired: effect = state.isExpired && item.event.after == state.lastEvent?.key.id ? .status : .none
            default: effect = plan.correctedBy[id] == nil ? effects[id] ?? .details : .corrected
            }
            return Entry(
                history: item, effect: effect, correctedBy: plan.correctedBy[id],
                flags: flags(of: item.event, createdAt: state.createdAt, isLate: late.contains(id)))
        }
    }

    private static func effects(of plan: FoldPlan) -> [EventID: Effect] {
        var effects: [EventID: Effect] = [:]
        var state = FoldedState()
        for (index, event) in plan.inForce.enumerated() {
            let status = index == 0 ? nil : state.reducedStatus
            switch TransitionTable.transition(from: status, on: event.type) {
            case .sets, .setsWithContradiction: effects[event.id] = .status
            case .contradicts: effects[event.id] = .contradiction
            case .kept, .provisional: effects[event.id] = .details
            }
            Reducer.apply(event, to: &state, isFirst: index == 0)
        }
        return effects
    }

    /// As `AppliedEvent.isLate`: a later one was in force when it came, one that no correction had taken out.
    private static func lateArrivals(_ history: [HistoryEntry]) -> Set<EventID> {
        var late: Set<EventID> = []
        var keys: [SortKey] = []
        var corrected: Set<EventID> = []
        var greatest: SortKey?
        for event in history.sorted(by: { $0.sequence < $1.sequence }).map(\.event) where event.type != .expired {
            if event.type == .correction {
                guard let target = event.correction?.corrects, corrected.insert(target).inserted else { continue }
                greatest = keys.filter { !corrected.contains($0.id) }.max()
                continue
            }
            let key = event.sortKey
            keys.append(key)
            if let known = greatest, key < known { late.insert(key.id) }
            if !corrected.contains(key.id) { greatest = max(greatest ?? key, key) }
        }
        return late
    }

    private static func flags(of event: Event, createdAt: Timestamp?, isLate: Bool) -> [Flag] {
        var flags: [Flag] = isLate ? [.lateArrival] : []
        if let createdAt, event.occurredAt < createdAt { flags.append(.beforeCreated) }
        if event.occurredAt < .year2000 { flags.append(.before2000) }
        return flags
    }

    /// The event's own fields, and what became of it beside them.
    package static func write(_ entry: Entry, to json: inout JSONWriter) {
        var event = entry.history.event
        // A field of the source that is named like one of ours gives way: no object has a key twice.
        event.extra.removeAll { ["sequence", "received_at", "effect", "corrected_by", "flags"].contains($0.name) }
        json.object { json in
            EventEncoder.writeMembers(of: event, to: &json)
            json.member("sequence", entry.history.sequence)
            json.member("received_at", entry.history.receivedAt)
            json.member("effect", entry.effect.rawValue)
            json.member("corrected_by", orNull: entry.correctedBy?.text)
            json.key("flags")
            json.array(entry.flags) { json, flag in json.value(flag.rawValue) }
        }
    }
}
