import TestSupport
import WaybillEngine

/// Python's client, with a librdkafka of its own: the other side of what Waybill reads and writes.
enum Python {
    /// Runs a script with the broker's address as its first argument; what it prints.
    @discardableResult
    static func run(_ script: String, _ arguments: String...) throws -> String {
        let imports = """
            import json, sys
            from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
            from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

            """
        return try TestSupport.run(
            KafkaTools.python, ["-c", imports + script, KafkaBroker.shared.get().address] + arguments)
    }

    /// Deletes the records of partition 0 before an offset, as retention does.
    static func deleteRecords(_ topic: String, before offset: Int) throws {
        try run(
            """
            admin = AdminClient({"bootstrap.servers": sys.argv[1]})
            for deleted in admin.delete_records([TopicPartition(sys.argv[2], 0, int(sys.argv[3]))]).values():
                deleted.result()
            """, topic, "\(offset)")
    }

    /// What a group has committed of a topic.
    static func committed(_ group: String, _ topic: String, partitions: Int) throws -> LogOffsets {
        let output = try run(
            """
            consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": sys.argv[2]})
            wanted = [TopicPartition(sys.argv[3], number) for number in range(int(sys.argv[4]))]
            for found in consumer.committed(wanted, timeout=10):
                print(found.partition, found.offset)
            consumer.close()
            """, group, topic, "\(partitions)")
        let pairs = output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int64($0) } }
        return Dictionary(uniqueKeysWithValues: pairs.map { (Int($0[0]), $0[1]) })
    }

    /// Makes a topic with properties of its own.
    static func create(_ topic: String, partitions: Int, _ properties: String = "{}") throws {
        try run(
            """
            admin = AdminClient({"bootstrap.servers": sys.argv[1]})
            topic = NewTopic(sys.argv[2], int(sys.argv[3]), 1, config=json.loads(sys.argv[4]))
            for made in admin.create_topics([topic]).values():
                made.result()
            """, topic, "\(partitions)", properties)
    }
}

/// Another client in C, as people use it by hand.
enum Kcat {
    static func run(_ arguments: [String], input: String = "") throws -> String {
        try TestSupport.run("kcat", ["-b", KafkaBroker.shared.get().address, "-q"] + arguments, input: input)
    }
}
