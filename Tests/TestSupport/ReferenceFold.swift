import WaybillCore

/// The fold written a second time, plainly and slowly, from the definitions in words: the judge of the real one.
///
/// It shares nothing with `Fold`, `Reducer` and `TransitionTable`: filter what was corrected, sort, walk, and compute
/// every attribute by its definition over the whole walk.
package enum ReferenceFold {
    /// The state that a set of accepted events gives. Of events with one id the first given counts.
    package static func state(of events: [Event]) -> ReferenceState {
        var known: Set<EventID> = []
        let events = events.filter { known.insert($0.id).inserted }
        let inForce = sorted(inForce(events))
        var state = state(walking: inForce, knowing: events)
        state.frontier = frontier(of: events)
        return state
    }

    /// Rule 1: what a correction names is left out. Corrections and `expired` are not reduced at all.
    package static func inForce(_ events: [Event], honouringAllCorrections: Bool = false) -> [Event] {
        let byID = Dictionary(events.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var takenBack: Set<EventID> = []
        for event in events {
            guard let correction = event.correction, let target = byID[correction.corrects] else { continue }
            if target.type == .expired || target.type == .correction { continue }
            if honouringAllCorrections, isTakenBack(event, by: events) { continue }
            takenBack.insert(correction.corrects)
        }
        return events.filter { $0.type != .correction && $0.type != .expired && !takenBack.contains($0.id) }
    }

    /// Whether another correction names this one: only a planted bug asks.
    private static func isTakenBack(_ correction: Event, by events: [Event]) -> Bool {
        events.contains { $0.correction?.corrects == correction.id && $0.id != correction.id }
    }

    /// Rule 2: by time, then rank, then the bytes of the id.
    package static func sorted(_ events: [Event]) -> [Event] {
        events.sorted { left, right in
            if left.occurredAt != right.occurredAt { return left.occurredAt < right.occurredAt }
            if rank(left.type) != rank(right.type) { return rank(left.type) < rank(right.type) }
            return Array(left.id.text.utf8).lexicographicallyPrecedes(Array(right.id.text.utf8))
        }
    }

    /// The greatest sort key of every event but `expired`, corrected ones and corrections included.
    package static func frontier(of events: [Event]) -> Event? {
        sorted(events.filter { $0.type != .expired }).last
    }

    /// Whether a correction's target, or the event an `expired` follows, is not known.
    package static func waits(_ events: [Event]) -> Bool {
        let ids = Set(events.map(\.id))
        return events.contains { event in
            if let correction = event.correction { return !ids.contains(correction.corrects) }
            if event.type == .expired, let after = event.after { return !ids.contains(after) }
            return false
        }
    }

    /// Rules 3 to 5, and the attributes: `walk` in the order given, `events` for what lies over the reduction.
    package static func state(
        walking walk: [Event], knowing events: [Event], expiredMustBeLast: Bool = true
    ) -> ReferenceState {
        let steps = steps(walk)
        var state = ReferenceState()
        state.status = steps.last?.after ?? .created
        describe(steps, in: &state)
        promises(steps, in: &state)
        arrivals(steps, in: &state)
        delays(steps, in: &state)
        state.isExpired = events.contains { event in
            guard event.type == .expired, !isTerminal(state.status) else { return false }
            return event.after == walk.last?.id || (!expiredMustBeLast && walk.contains { $0.id == event.after })
        }
        state.waits = waits(events)
        return state
    }

    private static func isTerminal(_ status: Status) -> Bool {
        switch status {
        case .delivered, .returned, .cancelled: true
        default: false
        }
    }
}

// MARK: - The walk

extension ReferenceFold {
    /// What one event in force did to the status.
    struct Step {
        var event: Event
        var before: Status?
        var after: Status
        var setsStatus: Bool
        var contradicts: Bool
    }

    private static func steps(_ walk: [Event]) -> [Step] {
        var steps: [Step] = []
        for event in walk {
            let before = steps.last?.after
            var step = Step(
                event: event, before: before, after: before ?? .created, setsStatus: false, contradicts: false)
            switch verdict(before, event.type) {
            case .sets: (step.setsStatus, step.after) = (true, asked(event.type) ?? step.after)
            case .setsAgainst:
                (step.setsStatus, step.contradicts, step.after) = (true, true, asked(event.type) ?? step.after)
            case .against: step.contradicts = true
            case .kept: break
            }
            steps.append(step)
        }
        return steps
    }

    private enum Verdict {
        case sets, setsAgainst, against, kept
    }

    /// The table, by hand.
    private static func verdict(_ status: Status?, _ type: EventType) -> Verdict {
        guard asked(type) != nil else { return .kept }
        guard let status else { return .sets }
        switch status {
        case .created, .dispatched, .onHold, .exception, .expired:
            return type == .created ? .kept : .sets
        case .inTransit, .outForDelivery, .availableForPickup, .attemptFailed:
            return type == .created || type == .dispatched || type == .pickedUp ? .kept : .sets
        case .returning:
            switch type {
            case .returning, .returned, .delivered, .cancelled, .outForDelivery, .exception, .held, .customsHeld:
                return .sets
            default: return .kept
            }
        case .delivered:
            switch type {
            case .returning, .returned: return .sets
            case .created, .delivered: return .kept
            default: return .against
            }
        case .returned: return type == .created || type == .returned ? .kept : .against
        case .cancelled:
            switch type {
            case .returning, .returned: return .sets
            case .delivered: return .setsAgainst
            case .created, .cancelled: return .kept
            default: return .against
            }
        }
    }

    /// The status column of the table of types.
    private static func asked(_ type: EventType) -> Status? {
        switch type {
        case .created: .created
        case .dispatched, .pickedUp: .dispatched
        case .departedHub, .inTransit, .arrivedAtHub, .customsCleared, .released: .inTransit
        case .held, .customsHeld: .onHold
        case .outForDelivery: .outForDelivery
        case .deliveryAttempted: .attemptFailed
        case .availableForPickup: .availableForPickup
        case .exception: .exception
        case .returning: .returning
        case .cancelled: .cancelled
        case .delivered: .delivered
        case .returned: .returned
        case .updated, .delayed, .etaChanged, .rescheduled, .redirected, .note, .correction, .expired, .position: nil
        }
    }

    /// The rank column of the table of types; corrections come last.
    private static func rank(_ type: EventType) -> Int {
        switch type {
        case .created: 0
        case .updated: 1
        case .dispatched, .pickedUp: 2
        case .departedHub, .inTransit: 3
        case .arrivedAtHub: 4
        case .held, .customsHeld: 5
        case .customsCleared, .released: 6
        case .outForDelivery: 7
        case .deliveryAttempted: 8
        case .availableForPickup: 9
        case .exception: 10
        case .returning: 11
        case .cancelled: 12
        case .delivered: 13
        case .returned: 14
        case .delayed, .etaChanged, .rescheduled, .redirected, .note: 15
        case .correction, .expired, .position: 16
        }
    }
}

// MARK: - Attributes, each by its definition

extension ReferenceFold {
    private static func describe(_ steps: [Step], in state: inout ReferenceState) {
        let events = steps.map(\.event)
        let created = events.first { $0.type == .created }
        state.isProvisional = created == nil
        state.createdAt = created?.occurredAt
        // A provisional `created` is nobody's until the real one completes it.
        let setter = steps.last { $0.setsStatus }?.event ?? created
        state.statusEvent = setter?.id
        state.reason = setter?.reason
        let credible = steps.filter { !$0.contradicts }.map(\.event)
        state.dispatchedAt = credible.first { $0.type == .dispatched || $0.type == .pickedUp }?.occurredAt
        state.outForDeliveryAt = credible.last { $0.type == .outForDelivery }?.occurredAt
        state.attempts = events.count { $0.type == .deliveryAttempted }
        state.pickupUntil = steps.last { $0.setsStatus && $0.after == .availableForPickup }?.event.until
        state.returnedAt = steps.last { $0.setsStatus && $0.after == .returned }?.event.occurredAt
        state.cancelledAt = steps.last { $0.setsStatus && $0.after == .cancelled }?.event.occurredAt
        state.lastEvent = events.last
        state.lastLocation = events.last { $0.location != nil }?.location
        state.deliveredAt = handover(steps)?.occurredAt
        let proven = steps.last { $0.setsStatus && $0.after == .delivered }?.event
        state.place = proven?.place
        state.proofID = proven?.proofID
        let against = steps.filter(\.contradicts)
        if let last = against.last, let status = last.before {
            state.contradiction = ReferenceState.Contradiction(event: last.event, status: status, count: against.count)
        }
    }

    /// The `delivered` that counts: the last that set the status, or one that repeats it after a contradiction.
    private static func handover(_ steps: [Step]) -> Event? {
        var handover: Event?
        var contradicted = false
        for step in steps {
            if step.contradicts { contradicted = true }
            guard step.event.type == .delivered, step.after == .delivered else { continue }
            if step.setsStatus || contradicted { handover = step.event }
        }
        return handover
    }

    /// Details: given replaces, absent stays, null clears; `rescheduled` moves the promise and keeps the first.
    private static func promises(_ steps: some Sequence<Step>, in state: inout ReferenceState) {
        for event in steps.map(\.event) {
            for change in event.details {
                switch (event.type, change) {
                case (.created, _), (.updated, _): state.take(change)
                case (.rescheduled, .promised):
                    if state.promisedOriginal == nil { state.promisedOriginal = state.promised }
                    state.take(change)
                case (.redirected, .destination), (.redirected, .recipientID): state.take(change)
                default: break
                }
            }
        }
    }

    /// Per source the latest wins.
    private static func arrivals(_ steps: [Step], in state: inout ReferenceState) {
        for source in ETASource.allCases {
            if let latest = steps.last(where: { $0.event.eta?.source == source })?.event, let eta = latest.eta {
                state.etas.append((eta, latest.occurredAt))
            }
        }
    }

    /// Opened by `delayed`; closed by a terminal status, `returning`, or an arrival time back inside the promise,
    /// whichever of the two moved. A further `delayed` gives a new reason to the delay that is open.
    private static func delays(_ steps: [Step], in state: inout ReferenceState) {
        var delay: ReferenceState.Delay?
        var soFar = ReferenceState()
        for step in steps {
            let event = step.event
            promises(CollectionOfOne(step), in: &soFar)
            if isTerminal(step.after) || step.after == .returning {
                delay = nil
                continue
            }
            if event.type == .delayed {
                if delay == nil { delay = ReferenceState.Delay(openedBy: event.id, since: event.occurredAt) }
                delay?.reason = event.reason
            }
            if let eta = event.eta { delay?.expectedBy = eta.window.latest }
            guard event.type != .delayed, event.eta != nil || statesPromise(event) else { continue }
            if let expected = delay?.expectedBy, let promise = soFar.promised, expected <= promise.latest {
                delay = nil
            }
        }
        if let expected = delay?.expectedBy, let promise = state.promised {
            delay?.minutes = Int((expected.microseconds - promise.latest.microseconds) / 60_000_000)
        }
        state.delay = delay
    }

    private static func statesPromise(_ event: Event) -> Bool {
        guard event.type == .created || event.type == .updated || event.type == .rescheduled else { return false }
        return event.details.contains { if case .promised = $0 { true } else { false } }
    }
}
