import WaybillEngine

/// The state of the platform's topics, in sentences for people.
package struct TopicsReport: Sendable {
    /// What the brokers call their cluster; nil where they have no name for it.
    package var clusterID: String?
    package var brokers: Int
    /// Names of topics that were made just now.
    package var created: [String]
    /// Each one keeps `serve` from starting, and says what to change.
    package var faults: [String]
    package var warnings: [String]
}

/// Makes and checks the topics; changes nothing about one that is there (the protocol's way to alter one property, in
/// the library Debian has, resets all others).
package struct Topics: Sendable {
    private let settings: KafkaSettings
    private let partitions: Int
    private let handle: KafkaHandle
    private let questions = BlockingQueue("kafka-topics")

    package init(
        _ settings: KafkaSettings, partitions: Int, observe: @escaping KafkaObserver = { _ in }
    ) throws(StorageError) {
        self.settings = settings
        self.partitions = partitions
        do throws(KafkaFailure) {
            handle = try KafkaHandle(.consumer, settings.properties([:]), listener: AdminVoice(observe: observe))
        } catch {
            throw error.storageError
        }
    }

    /// Makes those that are missing, then checks all.
    package func create() async throws(StorageError) -> TopicsReport {
        let created = try await questions.run { () throws(KafkaFailure) in try createMissing() }
        return try await check(created: created)
    }

    package func check() async throws(StorageError) -> TopicsReport { try await check(created: []) }

    /// Where the partitions of `delivery-events` begin and end.
    package func eventEdges() async throws(StorageError) -> [Int: Range<Int64>] {
        try await PartitionEdges(handle, topic: settings.name(of: .events), questions).of(0..<partitions)
    }

    private func createMissing() throws(KafkaFailure) -> [String] {
        let cluster = try handle.describeCluster(milliseconds: KafkaLimits.requestMilliseconds)
        let rules = TopicRules(partitions: partitions, brokers: cluster.brokers)
        let missing = KafkaTopic.allCases.map(settings.name).filter { cluster.topics[$0] == nil }
        for name in missing {
            let topic = NewTopic(
                name: name, partitions: partitions, replicas: rules.replicas, properties: rules.properties())
            try handle.create(topic, milliseconds: KafkaLimits.creationMilliseconds)
        }
        return missing
    }

    private func check(created: [String]) async throws(StorageError) -> TopicsReport {
        try await questions.run { () throws(KafkaFailure) in
            let cluster = try describe(awaiting: created)
            let rules = TopicRules(partitions: partitions, brokers: cluster.brokers)
            let names = KafkaTopic.allCases.map(settings.name)
            let known = names.filter { cluster.topics[$0] != nil }
            let properties =
                known.isEmpty
                ? [:] : try handle.properties(of: known, milliseconds: KafkaLimits.requestMilliseconds)
            var report = TopicsReport(
                clusterID: cluster.id, brokers: cluster.brokers, created: created, faults: [], warnings: [])
            for name in names {
                report.faults += rules.faults(name, cluster.topics[name], properties[name] ?? [:])
                report.warnings += rules.warnings(name, cluster.topics[name], properties[name] ?? [:])
            }
            return report
        }
    }

    /// A broker may hear of a new topic a moment after the one that made it.
    private func describe(awaiting created: [String]) throws(KafkaFailure) -> ClusterDescription {
        let deadline = Monotonic.milliseconds() + Int64(KafkaLimits.requestMilliseconds)
        while true {
            let cluster = try handle.describeCluster(milliseconds: KafkaLimits.requestMilliseconds)
            let isComplete = created.allSatisfy { cluster.topics[$0]?.partitions == partitions }
            if isComplete || Monotonic.milliseconds() > deadline { return cluster }
            handle.serveEvents(milliseconds: KafkaLimits.pollMilliseconds)
        }
    }
}

private struct AdminVoice: ClientListener {
    let observe: KafkaObserver

    func clientFailed(_ failure: KafkaFailure) { observe(.failed(failure.description)) }
    func clientLogged(_ line: String, severity: Int) { observe(.logged(line, severity: severity)) }
    func clientCounted(_ statistics: [UInt8]) {}
}
