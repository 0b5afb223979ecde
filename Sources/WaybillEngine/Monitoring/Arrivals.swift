import Synchronization
import WaybillCore

/// What has been learned of arrival times, read from the store now and then.
package final class Arrivals: Sendable {
    private struct State {
        var model = ArrivalModel()
        var learnedAt: Timestamp?
    }

    private let store: any DeskStore
    private let state = Mutex(State())
    /// In seconds.
    private static let freshness: Int64 = 600

    package init(store: any DeskStore) { self.store = store }

    package func model(at now: Timestamp) async throws(StorageError) -> ArrivalModel {
        let (known, learnedAt) = state.withLock { ($0.model, $0.learnedAt) }
        if let learnedAt, now < learnedAt.advanced(bySeconds: Self.freshness), now >= learnedAt { return known }
        let counters = try await store.counters(
            nil, from: ArrivalModel.namesFrom, to: ArrivalModel.namesTo, limit: Limits.arrivalCells)
        let model = ArrivalModel(counters: counters)
        state.withLock { state in
            state.model = model
            state.learnedAt = now
        }
        return model
    }
}
