import WaybillCore

/// What people do at the exceptions desk: one case at a time, or many alike.
package struct Desk: Sendable {
    package enum Outcome: Sendable {
        case done(CaseRow)
        case conflict(CaseConflict)
        case unknown
    }

    private let store: any DeskStore
    /// Fires when there are changes for the feed.
    private let told: Signal?

    package init(store: any DeskStore, told: Signal? = nil) {
        self.store = store
        self.told = told
    }

    /// - Parameter isDryRun: only say what would come of it.
    package func act(
        _ action: CaseAction, on id: String, _ merchant: MerchantID, _ acting: CaseActing, isDryRun: Bool = false
    ) async throws(StorageError) -> Outcome {
        // Again: the monitor may change a case while a person acts on it, and that alone is no conflict.
        for _ in 0..<3 {
            guard let details = try await store.caseDetails(id, merchant).value else { return .unknown }
            var row = details.row
            let change: CaseChange
            do throws(CaseConflict) {
                change = try row.record.applying(action, acting, sequence: row.delivery.arrival.sequence)
            } catch { return .conflict(error) }
            row.record = change.record
            if isDryRun { return .done(row) }
            if try await store.commit(change) {
                told?.fire()
                return .done(row)
            }
        }
        guard let record = try await store.caseDetails(id, merchant).value?.row.record else { return .unknown }
        return .conflict(CaseConflict(reason: .changed, by: record.changedBy, at: record.changedAt))
    }
}
