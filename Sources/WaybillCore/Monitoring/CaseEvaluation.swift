/// What the monitor decides on one delivery: a value, which one transaction carries out.
package struct CaseDecision: Sendable {
    /// In the order in which they happened.
    package var changes: [CaseChange] = []
    /// Records that differ from the stored ones, with those that were changed and those that only ended.
    package var records: [CaseRecord] = []
    /// Kinds that are so now.
    package var inForce: CaseSet = []
    /// The next instant at which a rule could say something else; nil when only an event can change anything.
    package var due: Timestamp?
    /// The delivery has expired: the event to publish.
    package var expiry: Event?
}

/// Judges every kind on one delivery and compares with the cases that it has.
package struct CaseEvaluation: Sendable {
    private let delivery: DeliveryState
    private let now: Timestamp
    private let book: RuleBook
    private let rules: CaseRules

    package init(_ delivery: DeliveryState, at now: Timestamp, _ book: RuleBook, prediction: Prediction? = nil) {
        self.delivery = delivery
        self.now = now
        self.book = book
        rules = CaseRules(delivery, at: now, book, prediction: prediction)
    }

    /// - Parameter records: all cases that the delivery ever had.
    package func decide(over records: [CaseRecord]) -> CaseDecision {
        var decision = CaseDecision()
        for kind in CaseKind.allCases {
            let known = records.filter { $0.kind == kind }.max { $0.occurrence < $1.occurrence }
            let verdict = rules.verdict(on: kind)
            decision.expect(verdict.due, after: now)
            var record = known
            if var current = record, current.isInForce {
                follow(verdict.answer, &current, in: &decision)
                record = current
            }
            if record?.isInForce != true || record?.state == .resolved,
                case .holds(let finding) = verdict.answer, !isSettled(finding, by: record)
            {
                if let current = record, current.isInForce { end(current, in: &decision) }
                record = open(finding, occurrence: (known?.occurrence ?? 0) + 1, in: &decision)
            }
            guard let record, record.isInForce else { continue }
            decision.inForce.insert(CaseSet(kind))
            if record.state == .open {
                decision.expect(record.escalatesAt, after: now)
                decision.expect(record.snooze?.until, after: now)
                if record.snooze?.orAfterSequence != nil { decision.inForce.insert(.nextEvent) }
            }
        }
        expire(in: &decision)
        return decision
    }

    // MARK: Opening

    /// A case that was resolved is not opened again while the same thing goes on, nor one that has cleared itself
    /// while its event still stands.
    private func isSettled(_ finding: CaseFinding, by record: CaseRecord?) -> Bool {
        guard let record else { return false }
        if record.state == .resolved, !record.isOver {
            return record.occasion == finding.occasion
        }
        return finding.kind == .contradiction && record.occasion == finding.occasion
    }

    private func open(_ finding: CaseFinding, occurrence: Int, in decision: inout CaseDecision) -> CaseRecord {
        var record = CaseRecord(
            key: delivery.key, kind: finding.kind, occurrence: occurrence, severity: finding.severity, openedAt: now,
            explanation: finding.explanation(version: book.version))
        record.occasion = finding.occasion
        if record.severity == .amber, rules.parameters.escalates.contains(finding.kind) {
            record.escalatesAt = book.desk(of: delivery.key.merchant).openingOfNextWorkingDay(after: now)
        }
        decision.add(.opened, record, at: now)
        return record
    }

    // MARK: Following

    private func follow(_ answer: Verdict.Answer, _ record: inout CaseRecord, in decision: inout CaseDecision) {
        switch answer {
        case .ended:
            if record.state == .open {
                record.isOver = true
                record.state = .cleared
                change(.cleared, &record, in: &decision)
            } else {
                record.isOver = true
                decision.records.append(record)
            }
        case .holds, .undecided:
            guard record.state == .open else { return }
            if let snooze = record.snooze, isOver(snooze) {
                record.snooze = nil
                change(.woken, &record, in: &decision)
            }
            if let at = record.escalatesAt, at <= now, record.severity == .amber {
                record.severity = .red
                record.escalatesAt = nil
                change(.escalated, &record, in: &decision)
            }
        }
    }

    private func isOver(_ snooze: CaseRecord.Snooze) -> Bool {
        snooze.until <= now || snooze.orAfterSequence.map { delivery.arrival.sequence > $0 } ?? false
    }

    private func change(_ kind: CaseChangeKind, _ record: inout CaseRecord, in decision: inout CaseDecision) {
        record.version += 1
        record.changedAt = now
        record.changedBy = nil
        decision.add(kind, record, at: now)
    }

    /// Silently: a person has settled it already.
    private func end(_ record: CaseRecord, in decision: inout CaseDecision) {
        var record = record
        record.isOver = true
        decision.records.append(record)
    }

    // MARK: Expiry

    private func expire(in decision: inout CaseDecision) {
        guard let expiry = rules.expiry else { return }
        guard expiry.at <= now else { return decision.expect(expiry.at, after: now) }
        guard let id = EventID("expired:\(expiry.after.text)") else { return }
        var event = Event(
            id: id, type: .expired, merchant: delivery.key.merchant, deliveryID: delivery.key.deliveryID,
            occurredAt: expiry.at)
        event.after = expiry.after
        event.source = "monitor"
        decision.expiry = event
        // Published at least once: looked at again until it has come back.
        decision.expect(now.advanced(bySeconds: 3600), after: now)
    }
}

extension CaseDecision {
    fileprivate mutating func expect(_ instant: Timestamp?, after now: Timestamp) {
        guard let instant, instant < .distantFuture else { return }
        let next = max(instant, now.advanced(byMicroseconds: 1))
        due = min(due ?? next, next)
    }

    fileprivate mutating func add(_ change: CaseChangeKind, _ record: CaseRecord, at now: Timestamp) {
        changes.append(CaseChange(change, record, at: now))
        records.removeAll { $0.kind == record.kind && $0.occurrence == record.occurrence }
        records.append(record)
    }
}
