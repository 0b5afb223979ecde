import WaybillCore

/// The public page of a delivery, by its token.
package struct TrackingLinks: Sendable {
    private let base: String
    private let personal: any PersonalStore
    private let newToken: @Sendable () -> String

    /// - Parameters:
    ///   - base: without a slash at its end.
    ///   - newToken: an unguessable one, for a delivery that has none yet.
    package init(base: String, personal: any PersonalStore, newToken: @escaping @Sendable () -> String) {
        self.base = base
        self.personal = personal
        self.newToken = newToken
    }

    func link(_ delivery: DeliveryKey) async throws(StorageError) -> String {
        base + "/t/" + (try await personal.trackingToken(delivery, offered: newToken()))
    }
}
