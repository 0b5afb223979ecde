/// One step of the fold: an event, in sort order, applied to the state of those before it.
///
/// The fast path calls it once for an event above the frontier, the slow path for every event of the history: one
/// rule, two paths.
enum Reducer {
    /// - Parameter isFirst: no event of this delivery is in force before this one.
    static func apply(_ event: Event, to state: inout FoldedState, isFirst: Bool) {
        let before = isFirst ? nil : state.reducedStatus
        applyStatus(of: event, before: before, to: &state)
        if event.type == .created { complete(event, &state) }
        applyMoments(of: event, &state)
        let promiseMoved = applyDetails(of: event, &state)
        state.lastEvent = LastEvent(key: event.sortKey, type: event.type)
        if let location = event.location { state.lastLocation = location }
        if let eta = event.eta { note(eta, at: event.occurredAt, &state) }
        applyDelay(of: event, promiseMoved: promiseMoved, &state)
    }

    private static func applyStatus(of event: Event, before: Status?, to state: inout FoldedState) {
        switch TransitionTable.transition(from: before, on: event.type) {
        case .sets(let status): set(status, by: event, &state)
        case .setsWithContradiction(let status):
            contradict(event, against: before ?? status, &state)
            set(status, by: event, &state)
        case .contradicts: contradict(event, against: before ?? .created, &state)
        case .provisional: state.reducedStatus = .created
        case .kept:
            if event.type == .delivered, before == .delivered, state.contradiction != nil {
                state.deliveredAt = event.occurredAt
            }
        }
    }

    private static func set(_ status: Status, by event: Event, _ state: inout FoldedState) {
        state.reducedStatus = status
        state.statusEvent = event.id
        state.reason = event.reason
        switch status {
        case .delivered:
            state.deliveredAt = event.occurredAt
            state.place = event.place
            state.proofID = event.proofID
        case .returned: state.returnedAt = event.occurredAt
        case .cancelled: state.cancelledAt = event.occurredAt
        case .availableForPickup: state.pickupUntil = event.until
        default: break
        }
    }

    private static func contradict(_ event: Event, against status: Status, _ state: inout FoldedState) {
        state.contradiction = Contradiction(
            event: event.id, type: event.type, occurredAt: event.occurredAt, status: status,
            count: (state.contradiction?.count ?? 0) + 1)
    }

    /// The first `created` in sort order; a later one only brings details.
    private static func complete(_ event: Event, _ state: inout FoldedState) {
        guard state.isProvisional else { return }
        state.isProvisional = false
        state.createdAt = event.occurredAt
        if state.reducedStatus == .created, state.statusEvent == nil {
            state.statusEvent = event.id
            state.reason = event.reason
        }
    }

    private static func applyMoments(of event: Event, _ state: inout FoldedState) {
        let contradicts = state.contradiction?.event == event.id
        switch event.type {
        case .dispatched, .pickedUp:
            if state.dispatchedAt == nil, !contradicts { state.dispatchedAt = event.occurredAt }
        case .outForDelivery: if !contradicts { state.outForDeliveryAt = event.occurredAt }
        case .deliveryAttempted: state.attempts += 1
        default: break
        }
    }

    /// Returns whether the promise changed.
    private static func applyDetails(of event: Event, _ state: inout FoldedState) -> Bool {
        guard !event.details.isEmpty else { return false }
        var promiseMoved = false
        for change in event.details {
            switch (event.type, change) {
            case (.rescheduled, .promised(let window)):
                if state.promisedOriginal == nil { state.promisedOriginal = state.promised }
                state.promised = window
                promiseMoved = true
            case (.redirected, .destination), (.redirected, .recipientID): set(change, &state)
            case (.created, _), (.updated, _):
                set(change, &state)
                if case .promised = change { promiseMoved = true }
            default: break
            }
        }
        return promiseMoved
    }

    private static func set(_ change: DetailChange, _ state: inout FoldedState) {
        switch change {
        case .recipientID(let value): state.recipientID = value
        case .destination(let value): state.destination = value
        case .origin(let value): state.origin = value
        case .promised(let value): state.promised = value
        case .carrier(let value): state.carrier = value
        case .trackingNumber(let value): state.trackingNumber = value
        case .orderReference(let value): state.orderReference = value
        case .metadata(let value): state.metadata = value
        }
    }

    private static func note(_ eta: ETA, at instant: Timestamp, _ state: inout FoldedState) {
        let stated = EstimatedArrival(eta: eta, statedAt: instant)
        if let index = state.etas.firstIndex(where: { $0.eta.source == eta.source }) {
            state.etas[index] = stated
        } else {
            let position =
                state.etas.firstIndex { $0.eta.source.preference > eta.source.preference } ?? state.etas.count
            state.etas.insert(stated, at: position)
        }
    }

    private static func applyDelay(of event: Event, promiseMoved: Bool, _ state: inout FoldedState) {
        let isOver = state.reducedStatus.isTerminal || state.reducedStatus == .returning
        if event.type == .delayed, !isOver {
            var delay = state.delay ?? Delay(openedBy: event.id, since: event.occurredAt)
            delay.reason = event.reason
            delay.expect(event.eta, promise: state.promised)
            state.delay = delay
        } else if isOver {
            state.delay = nil
        } else if var delay = state.delay, event.eta != nil || promiseMoved {
            delay.expect(event.eta, promise: state.promised)
            state.delay = delay.isMadeUp(promise: state.promised) ? nil : delay
        }
    }
}

extension Delay {
    fileprivate mutating func expect(_ eta: ETA?, promise: Window?) {
        if let eta { expectedBy = eta.window.latest }
        guard let expectedBy, let promise else {
            minutes = nil
            return
        }
        minutes = Int((expectedBy.microseconds - promise.latest.microseconds) / 60_000_000)
    }

    /// The newest arrival time is back inside the promise.
    fileprivate func isMadeUp(promise: Window?) -> Bool {
        guard let expectedBy, let promise else { return false }
        return expectedBy <= promise.latest
    }
}

extension ETASource {
    fileprivate var preference: Int {
        switch self {
        case .carrier: 0
        case .planner: 1
        case .predicted: 2
        }
    }
}
