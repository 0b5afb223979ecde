import WaybillEngine

/// The topics of the platform. All have the same partitions.
package enum KafkaTopic: String, CaseIterable, Sendable {
    case events = "delivery-events"
    case updates = "delivery-updates"
    case deadLetters = "delivery-events-dead-letters"
    case notifications
}

extension KafkaSettings {
    package func name(of topic: KafkaTopic) -> String { prefix + topic.rawValue }

    /// The group whose members share the events.
    package var trackerGroup: String { prefix + Tracking.consumerGroup }
}
