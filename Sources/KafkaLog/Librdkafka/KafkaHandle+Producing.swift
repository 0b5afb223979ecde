import CLibrdkafka

/// How one record fared. `tag` is what it was produced under.
struct DeliveryReport: Sendable {
    var tag: UInt
    /// Nil when it is durable on as many brokers as the topic asks for.
    var failure: KafkaFailure?
}

extension KafkaTopicHandle {
    /// Hands one record to the client, which copies it. Reported under `tag` (not 0), unless this throws.
    func produce(
        partition: Int, key: String, value: [UInt8], headers: [(name: String, value: String)], tag: UInt
    ) throws(KafkaFailure) {
        let list = headers.isEmpty ? nil : Self.headerList(headers)
        var key = key
        let error = key.withUTF8 { key in
            value.withUnsafeBytes { value in
                // An empty value is empty, not null: a null one would be a tombstone.
                let start = value.baseAddress ?? UnsafeRawPointer(key.baseAddress)
                return waybill_produce(
                    handle.client, topic, Int32(truncatingIfNeeded: partition), key.baseAddress, key.count, start,
                    value.count, list, UnsafeMutableRawPointer(bitPattern: tag))
            }
        }
        guard let error else { return }
        if let list { rd_kafka_headers_destroy(list) }
        throw KafkaFailure(consuming: error)
    }

    private static func headerList(_ headers: [(name: String, value: String)]) -> OpaquePointer? {
        let list = rd_kafka_headers_new(headers.count)
        for (name, value) in headers {
            var value = value
            value.withUTF8 { bytes in
                _ = rd_kafka_header_add(list, name, name.utf8.count, bytes.baseAddress, bytes.count)
            }
        }
        return list
    }
}

extension KafkaQueue {
    /// Waits for the next reports of a producer; errors and statistics go to its listener. Nil when it took none.
    func pollReports(milliseconds: Int32) -> [DeliveryReport]? {
        guard let event = rd_kafka_queue_poll(queue, milliseconds) else { return nil }
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR: return Self.reports(event)
        case RD_KAFKA_EVENT_ERROR:
            let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
            let failure = KafkaFailure(
                rd_kafka_event_error(event), text: text, isFatal: rd_kafka_event_error_is_fatal(event) != 0)
            handle.relay.listener.clientFailed(failure)
        case RD_KAFKA_EVENT_STATS:
            guard let json = rd_kafka_event_stats(event) else { break }
            handle.relay.listener.clientCounted(Array(String(cString: json).utf8))
        default: break
        }
        return []
    }

    private static func reports(_ event: OpaquePointer) -> [DeliveryReport] {
        let count = rd_kafka_event_message_count(event)
        return withUnsafeTemporaryAllocation(of: UnsafePointer<rd_kafka_message_t>?.self, capacity: count) { buffer in
            let filled = rd_kafka_event_message_array(event, buffer.baseAddress, count)
            return buffer.prefix(filled).compactMap { message in
                guard let message, let tag = message.pointee._private else { return nil }
                let code = message.pointee.err
                let failure = code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFailure(code)
                return DeliveryReport(tag: UInt(bitPattern: tag), failure: failure)
            }
        }
    }
}

extension KafkaHandle {
    /// Records that were produced and not reported yet.
    var waitingRecords: Int { Int(rd_kafka_outq_len(client)) }

    /// Gives up on everything that was not reported yet: each record is reported as failed.
    func purge() { _ = rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }
}
