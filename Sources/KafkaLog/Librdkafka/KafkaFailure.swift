import CLibrdkafka
import WaybillEngine

/// What the client library or a broker answered instead of success.
struct KafkaFailure: Error, Hashable, Sendable, CustomStringConvertible {
    let code: Int32
    /// As the protocol names it, such as `NOT_LEADER_FOR_PARTITION`.
    let name: String
    let text: String
    /// Whether the client is of no more use and must be made anew.
    let isFatal: Bool

    init(_ code: rd_kafka_resp_err_t, text: String? = nil, isFatal: Bool = false) {
        self.code = code.rawValue
        self.isFatal = isFatal || code == RD_KAFKA_RESP_ERR__FATAL
        name = String(cString: rd_kafka_err2name(code))
        self.text = text ?? String(cString: rd_kafka_err2str(code))
    }

    /// Takes over the error object.
    init(consuming error: OpaquePointer) {
        self.init(
            rd_kafka_error_code(error), text: String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) != 0)
        rd_kafka_error_destroy(error)
    }

    /// This side has ended; nothing is known of what was on its way.
    static let gone = KafkaFailure(RD_KAFKA_RESP_ERR__DESTROY)

    var description: String { "Kafka: \(name): \(text)" }

    /// Whether trying again, as it stands, can never help: a person must change something first.
    var needsPerson: Bool { Self.lasting.contains(code) }

    /// Whether another member has joined the group under this one's name.
    var isFencing: Bool {
        code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID.rawValue || code == RD_KAFKA_RESP_ERR__FENCED.rawValue
    }

    var storageError: StorageError { needsPerson ? .damaged(description) : .unavailable(description) }
}

extension KafkaFailure {
    /// Everything else passes by itself: leaders move, brokers come back, queues drain. An unknown code counts as
    /// passing, since trying again loses nothing.
    private static let lasting: Set<Int32> = Set((permissions + requests + content).map(\.rawValue))

    private static let permissions: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
        RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_DELEGATION_TOKEN_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_SECURITY_DISABLED,
        RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, RD_KAFKA_RESP_ERR__FENCED,
    ]

    private static let requests: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
        RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED, RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__UNKNOWN_PROTOCOL,
        RD_KAFKA_RESP_ERR_INVALID_REQUEST, RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
        RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_INVALID_REPLICA_ASSIGNMENT,
        RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL,
        RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
        RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE, RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
    ]

    private static let content: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
        RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
        RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, RD_KAFKA_RESP_ERR__BAD_MSG,
        RD_KAFKA_RESP_ERR__BAD_COMPRESSION,
    ]

    /// Every failure the linked library knows, for the documents and the tests.
    static var all: [KafkaFailure] {
        var descriptions: UnsafePointer<rd_kafka_err_desc>?
        var count = 0
        rd_kafka_get_err_descs(&descriptions, &count)
        return UnsafeBufferPointer(start: descriptions, count: count).compactMap {
            $0.desc == nil || $0.code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFailure($0.code)
        }
    }
}

extension rd_kafka_resp_err_t {
    /// Throws unless this is success.
    func check() throws(KafkaFailure) {
        if self != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaFailure(self) }
    }
}
