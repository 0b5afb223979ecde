import CLibrdkafka
import Synchronization

extension KafkaHandle {
    /// Joins the group that the client was configured for.
    func subscribe(to topic: String) throws(KafkaFailure) {
        try rd_kafka_poll_set_consumer(client).check()
        let topics = PartitionList()
        topics.add(topic, partition: -1)
        try topics.use { rd_kafka_subscribe(client, $0) }.check()
    }

    /// One look at what the group has to say, waiting for it so long at most. A member that does not look for
    /// `max.poll.interval.ms` is thrown out of its group.
    func pollGroup(milliseconds: Int32) -> KafkaFailure? {
        guard let message = rd_kafka_consumer_poll(client, milliseconds) else { return nil }
        defer { rd_kafka_message_destroy(message) }
        let code = message.pointee.err
        // A member never fetches: a record that slipped in before its partition was paused is of no interest.
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaFailure.of(client, code, rd_kafka_message_errstr(message))
    }

    /// Takes partitions over, without fetching them: others do that.
    func finishAssigning(_ partitions: [Int], of topic: String) -> KafkaFailure? {
        PartitionList(partitions, of: topic, offset: 0).use { list in
            rd_kafka_pause_partitions(client, list)
            let failure = isCooperative ? Self.failure(rd_kafka_incremental_assign(client, list)) : nil
            if !isCooperative { rd_kafka_assign(client, list) }
            // A new assignment is not paused, whatever its partitions were before.
            rd_kafka_pause_partitions(client, list)
            return failure
        }
    }

    func finishRevoking(_ partitions: [Int], of topic: String) -> KafkaFailure? {
        PartitionList(partitions, of: topic, offset: 0).use { Self.unassign(client, $0) }
    }

    /// Tells the group how far it has come, without waiting for the answer.
    func commit(_ offsets: [Int: Int64], of topic: String) throws(KafkaFailure) {
        let list = PartitionList()
        for (partition, offset) in offsets { list.add(topic, partition: partition, offset: offset) }
        try list.use { rd_kafka_commit(client, $0, 1) }.check()
    }

    /// Stops being a member. A static member keeps its place until its session ends.
    func closeGroup() {
        relay.isClosing.store(true, ordering: .releasing)
        _ = rd_kafka_consumer_close(client)
    }

    private var isCooperative: Bool { Self.isCooperative(client) }

    private static func isCooperative(_ client: OpaquePointer) -> Bool {
        rd_kafka_rebalance_protocol(client).map { String(cString: $0) == "COOPERATIVE" } ?? false
    }

    private static func failure(_ error: OpaquePointer?) -> KafkaFailure? { error.map(KafkaFailure.init(consuming:)) }

    private static func unassign(
        _ client: OpaquePointer, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) -> KafkaFailure? {
        if isCooperative(client) { return failure(rd_kafka_incremental_unassign(client, list)) }
        let code = rd_kafka_assign(client, nil)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFailure(code)
    }

    /// The library's callback. It only tells: whoever polls answers with `finish...` in its own time, which the library
    /// waits for while the member stays in its group.
    static func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, _ relay: ListenerRelay
    ) {
        guard !relay.isClosing.load(ordering: .acquiring) else {
            _ = unassign(client, list)
            return
        }
        let partitions = PartitionList.partitions(list)
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: relay.listener.groupChanged(.assigned(partitions))
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            relay.listener.groupChanged(.revoked(partitions, isLost: rd_kafka_assignment_lost(client) != 0))
        default:
            rd_kafka_assign(client, nil)
            relay.listener.groupChanged(.failed(KafkaFailure(code)))
        }
    }
}

/// The library's list of partitions.
final class PartitionList {
    private let list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init() { list = rd_kafka_topic_partition_list_new(12) }

    convenience init(_ partitions: some Sequence<Int>, of topic: String, offset: Int64) {
        self.init()
        for partition in partitions { add(topic, partition: partition, offset: offset) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(list) }

    /// The pointer outlives neither the call nor the list.
    func use<Value>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Value) -> Value {
        withExtendedLifetime(self) { body(list) }
    }

    static func partitions(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [Int] {
        guard let list = list?.pointee else { return [] }
        return (0..<Int(list.cnt)).map { Int(list.elems[$0].partition) }
    }

    func add(_ topic: String, partition: Int, offset: Int64? = nil) {
        let element = rd_kafka_topic_partition_list_add(list, topic, Int32(partition))
        if let offset { element?.pointee.offset = offset }
    }

    /// Partition and offset of each; throws the first that failed.
    func offsets() throws(KafkaFailure) -> [Int: Int64] {
        let elements = use { list in (0..<Int(list.pointee.cnt)).map { list.pointee.elems[$0] } }
        var offsets: [Int: Int64] = [:]
        for element in elements {
            try element.err.check()
            offsets[Int(element.partition)] = element.offset
        }
        return offsets
    }
}
