/// What a person does to a case.
package enum CaseAction: Hashable, Sendable {
    /// To somebody; nil gives it back to everybody.
    case assign(owner: String?)
    case snooze(until: Timestamp, orNextEvent: Bool)
    case note(String)
    case resolve(String?)
    case reopen

    fileprivate var change: CaseChangeKind {
        switch self {
        case .assign: .assigned
        case .snooze: .snoozed
        case .note: .noted
        case .resolve: .resolved
        case .reopen: .reopened
        }
    }
}

/// Who acts, when, and on what state of the case as they saw it.
package struct CaseActing: Hashable, Sendable {
    package var actor: String
    package var at: Timestamp
    /// The version that the actor saw; nil where they do not say.
    package var seen: Int64?
    /// Act although the case is somebody else's.
    package var takesOver: Bool

    package init(actor: String, at: Timestamp, seen: Int64? = nil, takesOver: Bool = false) {
        self.actor = actor
        self.at = at
        self.seen = seen
        self.takesOver = takesOver
    }
}

/// Why a person cannot act: what somebody else did, and when.
package struct CaseConflict: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable { case changed, owned, notOpen, notResolved, cleared }

    package var reason: Reason
    /// Nil: the monitor.
    package var by: String?
    package var at: Timestamp

    package init(reason: Reason, by: String?, at: Timestamp) {
        self.reason = reason
        self.by = by
        self.at = at
    }

    /// A sentence for the person who came second.
    package var detail: String {
        let who = by ?? "the monitor"
        let when = at.rfc3339
        return switch reason {
        case .changed: "\(who) changed this case at \(when): look at it again."
        case .owned: "\(who) has had this case since \(when). To act all the same, send \"take_over\": true."
        case .notOpen: "This case is not open any more: \(who) resolved it at \(when)."
        case .notResolved: "This case is open: \(who) changed it last at \(when)."
        case .cleared: "This case is cleared since \(when): what it told is no longer so."
        }
    }
}

extension CaseRecord {
    /// The change that an action makes, or why it makes none.
    /// - Parameter sequence: of the delivery, for a snooze that ends with its next event.
    package func applying(
        _ action: CaseAction, _ acting: CaseActing, sequence: Int64
    ) throws(CaseConflict) -> CaseChange {
        if let conflict = conflict(with: action, acting) { throw conflict }
        var record = self
        record.version += 1
        record.changedAt = acting.at
        record.changedBy = acting.actor
        var note: String?
        switch action {
        case .assign(let owner): record.owner = owner
        case .snooze(let until, let orNextEvent):
            record.snooze = Snooze(until: until, orAfterSequence: orNextEvent ? sequence : nil)
        case .note(let text): note = text
        case .resolve(let text):
            record.state = .resolved
            record.resolution = text
            record.snooze = nil
            record.escalatesAt = nil
            note = text
        case .reopen:
            record.state = .open
            record.resolution = nil
        }
        return CaseChange(action.change, record, at: acting.at, actor: acting.actor, note: note)
    }

    private func conflict(with action: CaseAction, _ acting: CaseActing) -> CaseConflict? {
        func conflict(_ reason: CaseConflict.Reason) -> CaseConflict {
            CaseConflict(reason: reason, by: reason == .owned ? owner : changedBy, at: changedAt)
        }
        if let seen = acting.seen, seen != version { return conflict(.changed) }
        if case .note = action { return nil }
        if state == .cleared { return conflict(.cleared) }
        if case .reopen = action {
            if state != .resolved { return conflict(.notResolved) }
            return isOver ? conflict(.cleared) : nil
        }
        if state != .open { return conflict(.notOpen) }
        if let owner, owner != acting.actor, !acting.takesOver { return conflict(.owned) }
        return nil
    }
}
