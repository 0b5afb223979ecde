import CLibrdkafka

/// What the brokers say of themselves.
struct ClusterDescription: Sendable {
    struct Topic: Sendable {
        var partitions: Int
        /// Of the partition that has the fewest.
        var replicas: Int
    }

    var id: String?
    var brokers: Int
    var topics: [String: Topic]
}

/// A topic to be made.
struct NewTopic: Sendable {
    var name: String
    var partitions: Int
    var replicas: Int
    var properties: [String: String]
}

/// All of these block until the brokers have answered or the time is over.
extension KafkaHandle {
    /// Asks for every topic there is: asking for one by name would make it on brokers that create topics on demand.
    func describeCluster(milliseconds: Int32) throws(KafkaFailure) -> ClusterDescription {
        var answer: UnsafePointer<rd_kafka_metadata>?
        try rd_kafka_metadata(client, 1, nil, &answer, milliseconds).check()
        guard let answer else { throw KafkaFailure(RD_KAFKA_RESP_ERR__FAIL) }
        defer { rd_kafka_metadata_destroy(answer) }
        let metadata = answer.pointee
        var topics: [String: ClusterDescription.Topic] = [:]
        for topic in UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
        where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
            topics[String(cString: topic.topic)] = ClusterDescription.Topic(
                partitions: partitions.count, replicas: partitions.map { Int($0.replica_cnt) }.min() ?? 0)
        }
        return ClusterDescription(
            id: clusterID(milliseconds: milliseconds), brokers: Int(metadata.broker_cnt), topics: topics)
    }

    /// Nil when no broker answered in time.
    func clusterID(milliseconds: Int32) -> String? {
        guard let id = rd_kafka_clusterid(client, milliseconds) else { return nil }
        defer { rd_kafka_mem_free(client, id) }
        return String(cString: id)
    }

    enum Edge: Int64 {
        case beginning = -2
        case end = -1
    }

    /// The first offset of each partition, or the one after the last.
    func offsets(
        _ edge: Edge, of topic: String, _ partitions: some Sequence<Int>, milliseconds: Int32
    ) throws(KafkaFailure) -> [Int: Int64] {
        // The protocol asks for both by special times.
        let list = PartitionList(partitions, of: topic, offset: edge.rawValue)
        try list.use { rd_kafka_offsets_for_times(client, $0, milliseconds) }.check()
        return try list.offsets()
    }

    /// Makes a topic; that it is there already is no failure.
    func create(_ topic: NewTopic, milliseconds: Int32) throws(KafkaFailure) {
        var reason = [CChar](repeating: 0, count: 512)
        var wanted = rd_kafka_NewTopic_new(
            topic.name, Int32(topic.partitions), Int32(topic.replicas), &reason, reason.count)
        guard wanted != nil else { throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG, text: Self.text(reason)) }
        defer { rd_kafka_NewTopic_destroy(wanted) }
        for (name, value) in topic.properties { _ = rd_kafka_NewTopic_set_config(wanted, name, value) }
        let result = try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, milliseconds) { options, queue in
            rd_kafka_CreateTopics(client, &wanted, 1, options, queue)
        }
        defer { rd_kafka_event_destroy(result) }
        var count = 0
        guard let topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(result), &count)
        else { return }
        for index in 0..<count {
            let code = rd_kafka_topic_result_error(topics[index])
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { continue }
            let text = rd_kafka_topic_result_error_string(topics[index]).map { String(cString: $0) }
            throw KafkaFailure(code, text: text)
        }
    }

    /// The properties of some topics, by their names.
    func properties(of topics: [String], milliseconds: Int32) throws(KafkaFailure) -> [String: [String: String]] {
        var resources = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { for resource in resources { rd_kafka_ConfigResource_destroy(resource) } }
        let result = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, milliseconds) { options, queue in
            rd_kafka_DescribeConfigs(client, &resources, resources.count, options, queue)
        }
        defer { rd_kafka_event_destroy(result) }
        var properties: [String: [String: String]] = [:]
        var count = 0
        let answer = rd_kafka_event_DescribeConfigs_result(result)
        guard let described = rd_kafka_DescribeConfigs_result_resources(answer, &count) else { return [:] }
        for index in 0..<count {
            try rd_kafka_ConfigResource_error(described[index]).check()
            properties[String(cString: rd_kafka_ConfigResource_name(described[index]))] =
                Self.entries(of: described[index])
        }
        return properties
    }

    private static func entries(of resource: OpaquePointer?) -> [String: String] {
        var count = 0
        guard let entries = rd_kafka_ConfigResource_configs(resource, &count) else { return [:] }
        var properties: [String: String] = [:]
        for index in 0..<count {
            guard let name = rd_kafka_ConfigEntry_name(entries[index]),
                let value = rd_kafka_ConfigEntry_value(entries[index])
            else { continue }
            properties[String(cString: name)] = String(cString: value)
        }
        return properties
    }

    /// Sends one request of the admin kind and waits for its result, which the caller destroys.
    private func request(
        _ operation: rd_kafka_admin_op_t, _ milliseconds: Int32, _ send: (OpaquePointer?, OpaquePointer?) -> Void
    ) throws(KafkaFailure) -> OpaquePointer {
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(client, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        var reason = [CChar](repeating: 0, count: 512)
        _ = rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, &reason, reason.count)
        send(options, queue)
        guard let result = rd_kafka_queue_poll(queue, milliseconds) else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
        let code = rd_kafka_event_error(result)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let text = rd_kafka_event_error_string(result).map { String(cString: $0) }
            rd_kafka_event_destroy(result)
            throw KafkaFailure(code, text: text)
        }
        return result
    }
}
