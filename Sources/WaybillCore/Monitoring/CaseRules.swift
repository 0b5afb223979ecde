/// What a rule says of a delivery at an instant.
package struct Verdict: Sendable {
    package enum Answer: Sendable {
        /// It is so: open a case, or keep it.
        case holds(CaseFinding)
        /// It is not so: clear the case.
        case ended
        /// Nothing that would open a case, nor anything that would clear one.
        case undecided
    }

    package var answer: Answer
    /// The next instant at which the answer may be another although nothing happens.
    package var due: Timestamp?

    package init(_ answer: Answer, due: Timestamp? = nil) {
        self.answer = answer
        self.due = due
    }
}

/// The rules: one function a kind, each of them a pure function of what is known of the delivery and of the time.
package struct CaseRules: Sendable {
    let delivery: DeliveryState
    let now: Timestamp
    let parameters: CaseParameters
    let calendar: WorkingCalendar
    /// When it will arrive by what the platform has seen of others; nil where it has not seen enough.
    let prediction: Prediction?

    private var folded: FoldedState { delivery.folded }
    private var status: Status { folded.status }

    /// - Parameter book: the installation's rules.
    package init(_ delivery: DeliveryState, at now: Timestamp, _ book: RuleBook, prediction: Prediction? = nil) {
        let lane = Lane(delivery.folded)
        self.delivery = delivery
        self.now = now
        parameters = book.parameters(for: delivery.key.merchant, carrier: delivery.folded.carrier, lane: lane)
        calendar = book.calendar(of: lane.destination)
        self.prediction = prediction
    }

    package func verdict(on kind: CaseKind) -> Verdict {
        if parameters.disabled.contains(kind) || isOverruled(kind) { return Verdict(.ended) }
        switch kind {
        case .notDispatched: return notDispatched
        case .notScanned: return notScanned
        case .stalled: return stalled
        case .delayed: return delayed
        case .etaRisk: return etaRisk
        case .late: return late
        case .failedAttempt: return failedAttempt
        case .exception: return standing(.exception, .exception, clears: "it leaves the status exception")
        case .onHold: return standing(.onHold, .onHold, clears: "it leaves the status on_hold")
        case .returning: return standing(.returning, .returning, clears: "it is returned or delivered")
        case .contradiction: return contradiction
        }
    }

    /// A terminal status ends every case but `contradiction` and `returning`; `returning` ends all but itself.
    private func isOverruled(_ kind: CaseKind) -> Bool {
        if status == .returning { return kind != .returning }
        return status.isTerminal && kind != .contradiction && kind != .returning
    }

    // MARK: Silence

    /// The later of when the last event happened and when it came: replayed history is old, not silent.
    private var lastHeard: Timestamp {
        max(folded.lastEvent?.key.occurredAt ?? delivery.arrival.updatedAt, delivery.arrival.updatedAt)
    }

    private var lastEvent: [EventID] { folded.lastEvent.map { [$0.key.id] } ?? [] }

    private func silence(
        _ kind: CaseKind, hours: Int64, what: String, clears: String
    ) -> Verdict {
        let due = calendar.instant(after: hours * 3600, from: lastHeard)
        guard now >= due else { return Verdict(.undecided, due: due) }
        return Verdict(
            .holds(
                finding(
                    kind,
                    [
                        ("status", .text(status.rawValue)), ("last_heard", .instant(lastHeard)),
                        ("due", .instant(due)), ("carrier", .text(folded.carrier)),
                    ],
                    threshold: "\(hours) working hours \(what)", evidence: lastEvent, clears: clears)))
    }

    private var notDispatched: Verdict {
        guard status == .created, !folded.isProvisional else { return Verdict(.ended) }
        return silence(
            .notDispatched, hours: parameters.dispatchHours, what: "without a handover to the carrier",
            clears: "it is dispatched")
    }

    private var notScanned: Verdict {
        guard status == .dispatched else { return Verdict(.ended) }
        return silence(
            .notScanned, hours: parameters.scanHours, what: "from the handover without a scan", clears: "any scan")
    }

    /// What a person or a plan adds is not movement: it keeps a case as it is.
    private var stalled: Verdict {
        if status == .expired { return Verdict(.undecided) }
        guard let hours = parameters.silenceHours[status] else { return Verdict(.ended) }
        let verdict = silence(.stalled, hours: hours, what: "without an event in this status", clears: "any movement")
        guard case .undecided = verdict.answer, folded.lastEvent?.type.status != nil else { return verdict }
        return Verdict(.ended, due: verdict.due)
    }

    // MARK: Promises

    private var late: Verdict {
        guard let promise = folded.promised else { return Verdict(.ended) }
        let due = promise.latest.advanced(bySeconds: parameters.graceMinutes * 60)
        // Late is who is not there when the window has passed, not in its last moment.
        guard now > due else { return Verdict(.ended, due: due.advanced(byMicroseconds: 1)) }
        return Verdict(
            .holds(
                finding(
                    .late, [("promised", .instant(promise.latest)), ("status", .text(status.rawValue))],
                    threshold: "\(parameters.graceMinutes) minutes after the promised window", evidence: lastEvent,
                    clears: "it is delivered, or the promise is moved")))
    }

    private var delayed: Verdict {
        guard let delay = folded.delay else { return Verdict(.ended) }
        var inputs: [(name: String, value: CaseFinding.Input)] = [
            ("since", .instant(delay.since)), ("reason", .text(delay.reason?.rawValue)),
        ]
        if let minutes = delay.minutes { inputs.append(("minutes", .number(Int64(minutes)))) }
        var finding = finding(
            .delayed, inputs, threshold: "the carrier says so", evidence: [delay.openedBy],
            clears: "the arrival time is back inside the promise")
        finding.occasion = delay.openedBy
        return Verdict(.holds(finding))
    }

    private var etaRisk: Verdict {
        guard let promise = folded.promised, let prediction, promise.latest >= now else {
            // Behind the promise it is late, not at risk.
            return Verdict(.ended)
        }
        guard prediction.isAtRisk(promise.latest, at: now) else {
            return Verdict(.ended, due: prediction.riskBegins(promise.latest, after: now))
        }
        let window = prediction.window(at: now)
        return Verdict(
            .holds(
                finding(
                    .etaRisk,
                    [
                        ("promised", .instant(promise.latest)), ("earliest", .instant(window.earliest)),
                        ("latest", .instant(window.latest)), ("confidence", .real(prediction.confidence)),
                        ("based_on", .text(prediction.basis)), ("samples", .number(prediction.samples)),
                    ],
                    threshold: "the promise ends before the predicted window begins", evidence: lastEvent,
                    clears: "the promise is inside the predicted window again")),
            due: promise.latest.advanced(byMicroseconds: 1))
    }

    // MARK: Statuses

    private func standing(_ wanted: Status, _ kind: CaseKind, clears: String) -> Verdict {
        guard status == wanted else { return Verdict(.ended) }
        var finding = finding(
            kind, [("status", .text(status.rawValue)), ("reason", .text(folded.reason?.rawValue))],
            threshold: "the status itself", evidence: folded.statusEvent.map { [$0] } ?? [], clears: clears)
        finding.occasion = folded.statusEvent
        return Verdict(.holds(finding))
    }

    private var failedAttempt: Verdict {
        switch status {
        case .attemptFailed:
            var finding = finding(
                .failedAttempt,
                [("attempts", .number(Int64(folded.attempts))), ("reason", .text(folded.reason?.rawValue))],
                threshold: "an attempt failed", evidence: folded.statusEvent.map { [$0] } ?? [],
                clears: "it is out for delivery again or can be picked up")
            finding.occasion = folded.statusEvent
            return Verdict(.holds(finding))
        case .outForDelivery, .availableForPickup: return Verdict(.ended)
        // Back at the depot nothing is mended yet; a correction of the attempt takes it back.
        default: return Verdict(folded.attempts == 0 ? .ended : .undecided)
        }
    }

    private var contradiction: Verdict {
        guard let contradiction = folded.contradiction else { return Verdict(.ended) }
        let limit = parameters.afterDeliveryHours * 3600
        let isSlowScanner =
            contradiction.status == .delivered
            && folded.deliveredAt.map {
                contradiction.occurredAt <= $0.advanced(bySeconds: limit)
            } ?? false
        let ends = max(contradiction.occurredAt, delivery.arrival.updatedAt).advanced(bySeconds: limit)
        if isSlowScanner, now >= ends { return Verdict(.ended) }
        var finding = finding(
            .contradiction,
            [
                ("type", .text(contradiction.type.rawValue)), ("against", .text(contradiction.status.rawValue)),
                ("occurred_at", .instant(contradiction.occurredAt)), ("count", .number(Int64(contradiction.count))),
            ],
            threshold: "a scan after a terminal status", evidence: [contradiction.event],
            clears: isSlowScanner
                ? "a person decides, a correction, or \(parameters.afterDeliveryHours) h without another"
                : "a person decides, or a correction")
        finding.occasion = contradiction.event
        if isSlowScanner { finding.severity = .amber }
        return Verdict(.holds(finding), due: isSlowScanner ? ends : nil)
    }

    private func finding(
        _ kind: CaseKind, _ inputs: [(name: String, value: CaseFinding.Input)], threshold: String,
        evidence: [EventID], clears: String
    ) -> CaseFinding {
        CaseFinding(
            kind: kind, severity: parameters.severity(of: kind), inputs: inputs, threshold: threshold,
            evidence: evidence, clearsWhen: clears)
    }

    // MARK: Expiry

    /// The instant at which nothing was heard for the silence limit, and the event after which that is.
    package var expiry: (after: EventID, at: Timestamp)? {
        guard !status.isTerminal, status != .expired, let last = folded.lastEvent else { return nil }
        return (last.key.id, lastHeard.advanced(bySeconds: parameters.expiryDays * 86_400))
    }
}
