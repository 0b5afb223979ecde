/// How to reach the brokers.
package struct KafkaSettings: Sendable {
    /// `host:port,...`
    package var brokers: String
    /// Passed to the client library as they are: TLS, SASL and whatever an installation needs.
    package var client: [String: String]
    /// Names this process among the members of its groups.
    package var instance: String
    /// Stands before the names of topics and groups: several installations, or tests, on the same brokers.
    package var prefix: String

    package init(brokers: String, client: [String: String] = [:], instance: String, prefix: String = "") {
        self.brokers = brokers
        self.client = client
        self.instance = instance
        self.prefix = prefix
    }
}

extension KafkaSettings: CustomStringConvertible {
    /// Without values: some are secrets.
    package var description: String { "\(brokers) as \(instance), with \(client.keys.sorted())" }
}

extension KafkaSettings {
    /// What is wrong with these settings, each as a sentence that says what to change; empty when nothing is.
    package func faults() -> [String] {
        brokerFaults() + client.sorted { $0.key < $1.key }.flatMap { clientFaults($0.key, $0.value) }
    }

    private func brokerFaults() -> [String] {
        let brokers = brokers.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingPrefix { $0 == " " } }
        guard brokers.allSatisfy({ !$0.isEmpty }) else {
            return ["kafka is \"\(self.brokers)\"; give it as host:port,host:port"]
        }
        let remote = brokers.first { !Self.isLoopback($0) }
        guard let remote, client["security.protocol"] == nil else { return [] }
        return [
            """
            \(remote) is not on this machine, and how to speak to it is not said: set security.protocol to ssl or \
            sasl_ssl, or to plaintext if everybody on the way may read and change what is sent
            """
        ]
    }

    private static func isLoopback(_ broker: some StringProtocol) -> Bool {
        let host = broker.hasPrefix("[") ? broker.dropFirst().prefix { $0 != "]" } : broker.prefix { $0 != ":" }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    private func clientFaults(_ name: String, _ value: String) -> [String] {
        if let reason = Self.fixed[name] { return ["\(name) cannot be set: \(reason)"] }
        if let verifying = Self.verifying[name], !verifying.contains(value.lowercased()) {
            return ["\(name)=\(value) would trust anyone who answers: give the brokers' authority in ssl.ca.location"]
        }
        // The library's sentence may repeat the value, and the value may be a secret.
        guard KafkaHandle.fault(of: name, value) != nil else { return [] }
        return ["\(name) is not a property of librdkafka \(KafkaHandle.linkedVersion), or its value is not a valid one"]
    }

    /// The only values that keep an encrypted connection from ending at a stranger.
    private static let verifying: [String: [String]] = [
        "enable.ssl.certificate.verification": ["true", "t", "1"], "ssl.endpoint.identification.algorithm": ["https"],
    ]

    /// What the guarantees of the platform stand on.
    private static let fixed: [String: String] = [
        "bootstrap.servers": "the brokers are given by kafka",
        "metadata.broker.list": "the brokers are given by kafka",
        "group.id": "the group is waybill-tracker",
        "acks": "an accepted event is on all replicas in sync",
        "request.required.acks": "an accepted event is on all replicas in sync",
        "enable.idempotence": "records are neither repeated nor reordered by retries",
        "enable.gapless.guarantee": "updates keep their order",
        "enable.auto.commit": "offsets are kept in the database",
        "auto.commit.enable": "offsets are kept in the database",
        "enable.auto.offset.store": "offsets are kept in the database",
        "auto.offset.reset": "reading begins where the database says",
        "isolation.level": "records of aborted transactions are not read",
        "partition.assignment.strategy": "partitions move one by one",
        "enable.partition.eof": "the end of a partition is asked for",
        "transactional.id": "no Kafka transactions are used",
    ]
}

extension KafkaSettings {
    /// For one client: what is common to all of them, what `own` adds, and above both what the installation wants.
    func properties(_ own: [String: String]) -> [String: String] {
        var common = [
            "bootstrap.servers": brokers,
            "client.id": "waybill-\(instance)",
            "security.protocol": "plaintext",
            // A request is on its way at once, and a broker that comes back is found within a second.
            "socket.nagle.disable": "true",
            "socket.keepalive.enable": "true",
            "reconnect.backoff.ms": "50",
            "reconnect.backoff.max.ms": "1000",
        ]
        // The default since librdkafka 2.0, and not before.
        if client["security.protocol"]?.lowercased().hasSuffix("ssl") == true {
            common["ssl.endpoint.identification.algorithm"] = "https"
        }
        return common.merging(own) { $1 }.merging(client) { $1 }
    }

    /// The member of a group that this process is: the same after a restart, so that nothing is shuffled around.
    func member(of group: String) -> [String: String] {
        var properties = properties([
            "group.id": group,
            "group.instance.id": instance,
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": "10000",
            "heartbeat.interval.ms": "3000",
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": "false",
        ])
        // A member without a name of its own leaves for good when it closes.
        if properties["group.instance.id"] == "" { properties["group.instance.id"] = nil }
        return properties
    }

    /// A client that fetches partitions from where it is told, as a member of no group.
    var fetching: [String: String] {
        properties([
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "error",
            "enable.partition.eof": "true",
            "isolation.level": "read_committed",
            "check.crcs": "true",
            "allow.auto.create.topics": "false",
            // What waits in the library: the bound of what is fetched while nobody reads.
            "queued.min.messages": "\(KafkaLimits.queuedRecords)",
            "queued.max.messages.kbytes": "\(KafkaLimits.queuedKilobytes)",
            // A broker answers a connection's requests in order: a partition to be fetched as well waits for the
            // answer about those that have nothing new.
            "fetch.wait.max.ms": "100",
            "fetch.error.backoff.ms": "100",
            "statistics.interval.ms": "\(KafkaLimits.reportMilliseconds)",
        ])
    }
}
