import WaybillCore

/// How far the trackers are behind the log, whichever processes they run in.
package struct TrackingLag: Sendable {
    private let log: any EventLog
    private let store: any TrackingStore

    package init(log: any EventLog, store: any TrackingStore) {
        self.log = log
        self.store = store
    }

    package func read() async throws(StorageError) -> LogLag {
        try await log.lag(behind: try await store.progress().claims)
    }
}
