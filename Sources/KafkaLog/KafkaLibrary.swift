import WaybillEngine

/// The client library, for `waybill doctor`.
package enum KafkaLibrary {
    package static var linkedVersion: String { KafkaHandle.linkedVersion }

    /// Why another version would be better; nil from 2.4 on.
    package static var warning: String? {
        guard KafkaHandle.linkedVersionNumber < 0x0204_0000 else { return nil }
        return """
            librdkafka \(linkedVersion) is linked: versions before 2.4 can give a record twice after a rebalance and \
            lose an idempotent producer after a timeout. Waybill recognises both; 2.4 or later avoids them
            """
    }
}

extension KafkaLibrary {
    /// What one failure of the library or a broker means to Waybill.
    package struct Failure: Sendable {
        package var name: String
        package var error: StorageError
    }

    /// Every failure that the linked library knows.
    package static var failures: [Failure] {
        KafkaFailure.all.map { Failure(name: $0.name, error: $0.storageError) }
    }
}
