/// One case: something about a delivery that a person may have to act on, with owner, clock and reason.
package struct CaseRecord: Sendable {
    package enum State: String, CaseIterable, Sendable {
        case open
        /// A person said that nothing is left to do, though what it tells may still be so.
        case resolved
        /// It is no longer so.
        case cleared
    }

    /// Until when nobody wants to see it.
    package struct Snooze: Hashable, Sendable {
        package var until: Timestamp
        /// Also ends with the next event: the `sequence` at which the snooze began.
        package var orAfterSequence: Int64?

        package init(until: Timestamp, orAfterSequence: Int64? = nil) {
            self.until = until
            self.orAfterSequence = orAfterSequence
        }
    }

    package var key: DeliveryKey
    package var kind: CaseKind
    /// 1, 2, 3, ... of this kind and delivery.
    package var occurrence: Int
    package var state = State.open
    package var severity: CaseSeverity
    package var openedAt: Timestamp
    /// The last change: when, and by whom (nil: the monitor).
    package var changedAt: Timestamp
    package var changedBy: String?
    package var owner: String?
    package var snooze: Snooze?
    /// When amber turns red.
    package var escalatesAt: Timestamp?
    /// What a person said when resolving it.
    package var resolution: String?
    /// Grows with every change: who acts on an older one is told.
    package var version: Int64 = 1
    /// The event that this occurrence is about, where one is.
    package var occasion: EventID?
    /// What it told is no longer so. A case that was resolved stays in force until then and is not opened again.
    package var isOver = false
    /// The last explanation, as JSON.
    package var explanation: JSONFragment

    package init(
        key: DeliveryKey, kind: CaseKind, occurrence: Int, severity: CaseSeverity, openedAt: Timestamp,
        explanation: JSONFragment
    ) {
        self.key = key
        self.kind = kind
        self.occurrence = occurrence
        self.severity = severity
        self.openedAt = openedAt
        changedAt = openedAt
        self.explanation = explanation
    }

    /// Opaque, the same in every store: 128 bits of hash over what makes the case one.
    package var id: String { Self.id(key, kind, occurrence) }

    package static func id(_ key: DeliveryKey, _ kind: CaseKind, _ occurrence: Int) -> String {
        let text = "\(key.text)|\(kind.rawValue)|\(occurrence)"
        let halves = [StableHash.fnv1a(text.utf8), StableHash.fnv1a("case|\(text)|".utf8)]
        return halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    package var isInForce: Bool { state == .open || state == .resolved && !isOver }
}

/// What happened to a case.
package enum CaseChangeKind: String, CaseIterable, Sendable {
    case opened, escalated, cleared
    /// A snooze ended.
    case woken
    case assigned, snoozed, noted, resolved, reopened
}

/// One change of a case, as the timeline and the feed tell it.
package struct CaseChange: Sendable {
    package var change: CaseChangeKind
    /// The case after it.
    package var record: CaseRecord
    package var at: Timestamp
    /// Nil: the monitor.
    package var actor: String?
    /// What the person wrote.
    package var note: String?

    package init(
        _ change: CaseChangeKind, _ record: CaseRecord, at: Timestamp, actor: String? = nil, note: String? = nil
    ) {
        self.change = change
        self.record = record
        self.at = at
        self.actor = actor
        self.note = note
    }
}
