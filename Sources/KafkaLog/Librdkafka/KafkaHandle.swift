import CLibrdkafka
import Synchronization
import WaybillEngine

/// Owns one librdkafka client. The library's handles are safe to use from any thread, which is what makes this, the
/// topics and the queues of this file `Sendable`; everything that borrows from a client holds it alive.
///
/// Only this folder calls the library, and no pointer of it leaves the folder.
final class KafkaHandle: @unchecked Sendable {
    enum Kind { case producer, consumer }

    let client: OpaquePointer
    let relay: ListenerRelay

    /// - Parameter reportsDeliveries: the producer's delivery reports come as events of `pollReports`.
    /// - Throws: a failure whose text names the property that the library does not take.
    init(_ kind: Kind, _ properties: [String: String], listener: any ClientListener) throws(KafkaFailure) {
        relay = ListenerRelay(listener)
        let configuration = try Self.configuration(properties)
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(relay).toOpaque())
        Self.setCallbacks(configuration, kind)
        var reason = [CChar](repeating: 0, count: 512)
        let type = kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let client = rd_kafka_new(type, configuration, &reason, reason.count) else {
            // Only a successful call takes the configuration over.
            rd_kafka_conf_destroy(configuration)
            throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG, text: Self.text(reason))
        }
        self.client = client
    }

    /// Waits for the library's threads; no callback runs after it.
    deinit { rd_kafka_destroy(client) }

    private static func configuration(_ properties: [String: String]) throws(KafkaFailure) -> OpaquePointer {
        let configuration = rd_kafka_conf_new()!
        for (name, value) in properties {
            guard let fault = fault(of: name, value, in: configuration) else { continue }
            rd_kafka_conf_destroy(configuration)
            throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG, text: fault)
        }
        return configuration
    }

    private static func fault(of name: String, _ value: String, in configuration: OpaquePointer) -> String? {
        var reason = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(configuration, name, value, &reason, reason.count)
        return result == RD_KAFKA_CONF_OK ? nil : text(reason)
    }

    /// Why the linked library does not take a property; nil when it does.
    static func fault(of name: String, _ value: String) -> String? {
        let configuration = rd_kafka_conf_new()!
        defer { rd_kafka_conf_destroy(configuration) }
        return fault(of: name, value, in: configuration)
    }

    static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The version of the library this process runs with, such as `2.0.2`.
    static var linkedVersion: String { String(cString: rd_kafka_version_str()) }
    /// The same as a number: `0xMMmmrrxx`.
    static var linkedVersionNumber: Int32 { rd_kafka_version() }
}

/// A topic of one client.
final class KafkaTopicHandle: @unchecked Sendable {
    let handle: KafkaHandle
    let name: String
    let topic: OpaquePointer

    init(_ handle: KafkaHandle, _ name: String) throws(KafkaFailure) {
        guard let topic = rd_kafka_topic_new(handle.client, name, nil) else {
            throw KafkaFailure(rd_kafka_last_error())
        }
        self.handle = handle
        self.name = name
        self.topic = topic
    }

    deinit { rd_kafka_topic_destroy(topic) }
}

/// A queue of one client.
final class KafkaQueue: @unchecked Sendable {
    let handle: KafkaHandle
    let queue: OpaquePointer

    private init(_ handle: KafkaHandle, _ queue: OpaquePointer) {
        self.handle = handle
        self.queue = queue
    }

    convenience init(new handle: KafkaHandle) { self.init(handle, rd_kafka_queue_new(handle.client)) }
    convenience init(mainOf handle: KafkaHandle) { self.init(handle, rd_kafka_queue_get_main(handle.client)) }
    convenience init(groupOf handle: KafkaHandle) { self.init(handle, rd_kafka_queue_get_consumer(handle.client)) }

    deinit { rd_kafka_queue_destroy(queue) }

    /// Ends a wait on this queue, now or the next one.
    func wake() { rd_kafka_queue_yield(queue) }
}
