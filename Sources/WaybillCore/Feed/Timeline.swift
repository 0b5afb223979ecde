/// The timeline of a delivery: every accepted event in sort order, with what it did.
package enum Timeline {
    /// What an event did to the delivery.
    package enum Effect: String, CaseIterable, Sendable {
        /// It set the status.
        case status
        /// Details, times or notes, but not the status.
        case kept
        /// It contradicts a terminal status.
        case contradiction
        /// A correction took it out.
        case corrected
        /// A correction that took an event out, or waits for it.
        case corrects
        /// A correction of a correction, or an `expired` that is no longer last: without effect.
        case none
    }

    /// Something about an event that a person should know.
    package enum Flag: String, CaseIterable, Sendable {
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
        return history.sorted { $0.event.sortKey < $1.event.sortKey }.map { item in
            let id = item.event.id
            let effect: Effect
            switch item.event.type {
            case .correction: effect = plan.idleCorrections.contains(id) ? .none : .corrects
            case .expired: effect = state.isExpired && item.event.after == state.lastEvent?.key.id ? .status : .none
            default: effect = plan.correctedBy[id] == nil ? effects[id] ?? .kept : .corrected
            }
            return Entry(
                history: item, effect: effect, correctedBy: plan.correctedBy[id],
                flags: flags(of: item.event, createdAt: state.createdAt))
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
            case .kept, .provisional: effects[event.id] = .kept
            }
            Reducer.apply(event, to: &state, isFirst: index == 0)
        }
        return effects
    }

    private static func flags(of event: Event, createdAt: Timestamp?) -> [Flag] {
        var flags: [Flag] = []
        if let createdAt, event.occurredAt < createdAt { flags.append(.beforeCreated) }
        if event.occurredAt < .year2000 { flags.append(.before2000) }
        return flags
    }

    package static func write(_ entry: Entry, to json: inout JSONWriter) {
        json.object { json in
            json.key("event")
            EventEncoder.write(entry.history.event, to: &json)
            json.member("sequence", entry.history.sequence)
            json.member("received_at", entry.history.receivedAt)
            json.member("effect", entry.effect.rawValue)
            json.member("corrected_by", orNull: entry.correctedBy?.text)
            json.key("flags")
            json.array(entry.flags) { json, flag in json.value(flag.rawValue) }
        }
    }
}
