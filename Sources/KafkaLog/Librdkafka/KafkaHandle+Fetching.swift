import CLibrdkafka
import WaybillCore
import WaybillEngine

/// What comes out of a queue that partitions are fetched into.
enum Fetched: Sendable {
    case record(LogRecord)
    /// There is nothing at `offset` yet: everything before it was either given out or is not for readers (markers and
    /// records of aborted transactions).
    case end(partition: Int, offset: Int64)
    /// The log does not have the wanted offset (any more). Fetching has stopped.
    case outOfRange(partition: Int)
    case failed(partition: Int?, KafkaFailure)
}

extension KafkaTopicHandle {
    /// Begins to fetch a partition, from exactly that offset, into `queue`.
    func start(_ partition: Int, at offset: Int64, into queue: KafkaQueue) throws(KafkaFailure) {
        guard rd_kafka_consume_start_queue(topic, Int32(partition), offset, queue.queue) == 0 else {
            throw KafkaFailure(rd_kafka_last_error())
        }
    }

    /// Waits until the partition is fetched no more. What the queue still holds of it is not given out.
    func stop(_ partition: Int) { _ = rd_kafka_consume_stop(topic, Int32(partition)) }
}

extension KafkaQueue {
    /// The next thing fetched, waiting for it so long at most.
    func take(milliseconds: Int32) -> Fetched? {
        guard let message = rd_kafka_consume_queue(queue, milliseconds) else { return nil }
        defer { rd_kafka_message_destroy(message) }
        let partition = Int(message.pointee.partition)
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR: return .record(LogRecord(copying: message))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: return .end(partition: partition, offset: message.pointee.offset)
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            return .outOfRange(partition: partition)
        default:
            let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
            return .failed(
                partition: message.pointee.rkt == nil ? nil : partition, KafkaFailure(message.pointee.err, text: text))
        }
    }
}

extension KafkaHandle {
    /// Serves what the client has to say on its main queue, waiting for it so long at most.
    func serveEvents(milliseconds: Int32) { _ = rd_kafka_poll(client, milliseconds) }

    /// The end of a partition as the last fetch saw it; nil when there was none.
    func knownEnd(of topic: String, _ partition: Int) -> Int64? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(client, topic, Int32(partition), &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }
}

extension LogRecord {
    /// Copies the value once; nothing of the message is used after it. Nothing a producer can send makes this fail:
    /// no key is an empty one, a key that is not UTF-8 is repaired and will not match its event, no value is no bytes.
    fileprivate init(copying message: UnsafeMutablePointer<rd_kafka_message_t>) {
        let fields = message.pointee
        let key = UnsafeRawBufferPointer(start: fields.key, count: fields.key == nil ? 0 : fields.key_len)
        let value = UnsafeRawBufferPointer(start: fields.payload, count: fields.payload == nil ? 0 : fields.len)
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let milliseconds = rd_kafka_message_timestamp(message, &kind)
        self.init(
            partition: Int(fields.partition), offset: fields.offset, key: String(decoding: key, as: UTF8.self),
            value: Array(value), form: Self.form(message),
            timestamp: Timestamp(microseconds: milliseconds > 0 ? milliseconds &* 1000 : 0))
    }

    private static func form(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Form {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return .native }
        var headers = CloudHeaders()
        var index = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            if let name { headers.read(name, UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size)) }
            index += 1
        }
        return headers.form
    }
}
