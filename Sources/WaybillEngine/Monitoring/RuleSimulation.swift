import WaybillCore

/// What a set of rules would have done over the histories that the platform has.
package struct RuleSimulation: Sendable {
    package struct Row: Sendable {
        package var kind: CaseKind
        package var opened = 0
        /// Opened on a delivery that did get into trouble, or on one that went well.
        package var right = 0
        package var wrong = 0
        package var stillOpen = 0
        /// In seconds, of those that the carrier admitted: how long before.
        package var leads: [Int64] = []

        init(_ kind: CaseKind) { self.kind = kind }

        /// In hours; nil where nothing was admitted.
        package var medianLead: Double? {
            leads.isEmpty ? nil : Double(leads.sorted()[leads.count / 2]) / 3600
        }
    }

    private static let page = 500
    private let store: any MaintenanceStore & DeskStore

    package init(store: any MaintenanceStore & DeskStore) { self.store = store }

    /// - Parameter start: deliveries that nothing has happened to since are passed over, and cases opened before.
    package func run(
        _ book: RuleBook, from start: Timestamp, until end: Timestamp
    ) async throws(StorageError) -> (deliveries: Int, rows: [Row]) {
        let model = try await Arrivals(store: store).model(at: end)
        let replay = RuleReplay(book, model: model)
        var rows = CaseKind.allCases.map(Row.init)
        var deliveries = 0
        var last: Int64 = 0
        while true {
            let page = try await store.stored(after: last, limit: Self.page)
            guard let number = page.last?.0.number else { return (deliveries, rows) }
            last = number
            for (stored, history) in page
            where stored.state.arrival.updatedAt >= start && !history.isEmpty {
                deliveries += 1
                let truth = RuleReplay.truth(history)
                for found in replay.run(stored.state.key, history, until: end) where found.openedAt >= start {
                    rows[Int(found.kind.bit)].add(found, truth)
                }
            }
        }
    }
}

extension RuleSimulation.Row {
    fileprivate mutating func add(_ found: RuleReplay.Found, _ truth: RuleReplay.Truth) {
        opened += 1
        if found.clearedAt == nil { stillOpen += 1 }
        if truth.wasInTrouble { right += 1 } else { wrong += 1 }
        guard let admitted = truth.admittedAt, admitted > found.openedAt else { return }
        leads.append(admitted.seconds - found.openedAt.seconds)
    }
}
