import CLibrdkafka
import Synchronization

/// What a client says on its own.
protocol ClientListener: Sendable {
    /// From any thread of the library: must not block.
    func clientLogged(_ line: String, severity: Int)
    /// While one of its queues is polled.
    func clientFailed(_ failure: KafkaFailure)
    /// Statistics as JSON, while one of its queues is polled.
    func clientCounted(_ statistics: [UInt8])
    /// While the group is polled. Must be followed by `finishAssigning` or `finishRevoking`.
    func groupChanged(_ change: GroupChange)
}

extension ClientListener {
    func groupChanged(_ change: GroupChange) {}
}

/// A change of which partitions a member of a group has.
enum GroupChange: Sendable {
    case assigned([Int])
    /// `isLost`: others may have them already, there is nothing to finish.
    case revoked([Int], isLost: Bool)
    case failed(KafkaFailure)
}

/// Where the library's callbacks find the listener. C functions capture nothing, so the client carries this as its
/// opaque pointer; the handle keeps it alive for as long as callbacks can come.
final class ListenerRelay: Sendable {
    let listener: any ClientListener
    /// A closing member gives everything back inside the callback: nobody polls any more who could do it later.
    let isClosing = Atomic<Bool>(false)

    init(_ listener: any ClientListener) { self.listener = listener }

    static func of(_ opaque: UnsafeMutableRawPointer?) -> ListenerRelay? {
        opaque.map { Unmanaged<ListenerRelay>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension KafkaHandle {
    static func setCallbacks(_ configuration: OpaquePointer, _ kind: Kind) {
        rd_kafka_conf_set_log_cb(configuration) { client, level, facility, line in
            guard let client, let relay = ListenerRelay.of(rd_kafka_opaque(client)) else { return }
            let text = [facility, line].compactMap { $0.map { String(cString: $0) } }.joined(separator: ": ")
            relay.listener.clientLogged(text, severity: Int(level))
        }
        switch kind {
        case .producer:
            rd_kafka_conf_set_events(configuration, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
        case .consumer:
            rd_kafka_conf_set_error_cb(configuration) { client, code, text, opaque in
                guard let relay = ListenerRelay.of(opaque) else { return }
                let code = rd_kafka_resp_err_t(rawValue: code)
                relay.listener.clientFailed(KafkaFailure.of(client, code, text))
            }
            rd_kafka_conf_set_stats_cb(configuration) { _, json, length, opaque in
                guard let relay = ListenerRelay.of(opaque), let json else { return 0 }
                relay.listener.clientCounted(Array(UnsafeRawBufferPointer(start: json, count: length)))
                return 0
            }
            rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
                guard let client, let relay = ListenerRelay.of(opaque) else { return }
                KafkaHandle.rebalance(client, code, partitions, relay)
            }
        }
    }
}

extension KafkaFailure {
    /// A client that failed for good says why in a place of its own.
    static func of(_ client: OpaquePointer?, _ code: rd_kafka_resp_err_t, _ text: UnsafePointer<CChar>?) -> Self {
        guard code == RD_KAFKA_RESP_ERR__FATAL, let client else {
            return KafkaFailure(code, text: text.map { String(cString: $0) })
        }
        var reason = [CChar](repeating: 0, count: 512)
        let cause = rd_kafka_fatal_error(client, &reason, reason.count)
        return KafkaFailure(cause, text: KafkaHandle.text(reason), isFatal: true)
    }
}
