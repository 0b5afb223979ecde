/// Tells one delivery's history again and notes which cases a set of rules would have opened, and when: how rules are
/// judged before they go live.
package struct RuleReplay: Sendable {
    /// A case that would have been opened.
    package struct Found: Hashable, Sendable {
        package var kind: CaseKind
        package var openedAt: Timestamp
        /// Nil: it would be open still.
        package var clearedAt: Timestamp?
        package var lastSeverity: CaseSeverity
    }

    /// What came of a delivery in the end, by its history.
    package struct Truth: Hashable, Sendable {
        /// It was not delivered within its promise, or not at all.
        package var wasInTrouble: Bool
        /// When the carrier first said that something was wrong.
        package var admittedAt: Timestamp?
    }

    private let book: RuleBook
    private let model: ArrivalModel
    /// Looks at one delivery: far more than any real one needs.
    private static let looks = 10_000

    package init(_ book: RuleBook, model: ArrivalModel = ArrivalModel()) {
        self.book = book
        self.model = model
    }

    /// - Parameters:
    ///   - history: in the order of arrival.
    ///   - end: nothing is looked at after it.
    package func run(_ key: DeliveryKey, _ history: [HistoryEntry], until end: Timestamp) -> [Found] {
        var run = Run(application: DeliveryApplication(key: key, stored: nil))
        for entry in history where entry.receivedAt <= end {
            look(&run, until: entry.receivedAt)
            _ = run.application.apply(entry.event, receivedAt: entry.receivedAt)
            decide(&run, at: entry.receivedAt)
        }
        look(&run, until: end)
        return run.records.map { record in
            Found(
                kind: record.kind, openedAt: record.openedAt,
                clearedAt: record.state == .cleared ? record.changedAt : nil, lastSeverity: record.severity)
        }.sorted { ($0.openedAt, $0.kind.bit) < ($1.openedAt, $1.kind.bit) }
    }

    private struct Run {
        var application: DeliveryApplication
        var records: [CaseRecord] = []
        var due: Timestamp?
        var looks = 0
    }

    private func look(_ run: inout Run, until instant: Timestamp) {
        while let due = run.due, due <= instant, run.looks < Self.looks { decide(&run, at: due) }
    }

    private func decide(_ run: inout Run, at now: Timestamp) {
        run.looks += 1
        let state = run.application.state
        let prediction = model.prediction(for: state.folded, at: now)
        let decision = CaseEvaluation(state, at: now, book, prediction: prediction).decide(over: run.records)
        for record in decision.records {
            run.records.removeAll { $0.kind == record.kind && $0.occurrence == record.occurrence }
            run.records.append(record)
        }
        run.due = decision.due
    }

    // MARK: The truth

    package static func truth(_ history: [HistoryEntry]) -> Truth {
        let state = Fold.state(of: history.map(\.event))
        let admitted = history.first { [.delayed, .exception, .returning].contains($0.event.type) }
        let isInTime: Bool
        if state.status == .delivered, let deliveredAt = state.deliveredAt {
            isInTime = state.accountablePromise.map { deliveredAt <= $0.latest } ?? true
        } else {
            isInTime = state.status == .cancelled
        }
        return Truth(wasInTrouble: !isInTime, admittedAt: admitted?.receivedAt)
    }
}
