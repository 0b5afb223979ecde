import WaybillCore

/// What the topics of the platform must be like, and what is wrong with those that are there.
struct TopicRules {
    var partitions: Int
    var brokers: Int

    /// Three copies, of which two must have a record before it counts as accepted, where there are brokers for it.
    var replicas: Int { min(3, max(1, brokers)) }

    func properties() -> [String: String] {
        [
            "cleanup.policy": "delete",
            "retention.ms": "\(Limits.logRetentionSeconds * 1000)",
            "min.insync.replicas": replicas >= 3 ? "2" : "1",
            "message.timestamp.type": "LogAppendTime",
            "unclean.leader.election.enable": "false",
        ]
    }

    /// What keeps the platform from starting on a topic, each with what to change.
    func faults(_ name: String, _ topic: ClusterDescription.Topic?, _ properties: [String: String]) -> [String] {
        guard let topic else { return ["topic \(name) does not exist: run `waybill topics` to create it"] }
        var faults: [String] = []
        if topic.partitions != partitions {
            faults.append(
                """
                topic \(name) has \(topic.partitions) partitions, but Waybill is set to \(partitions): keys would move \
                to other partitions. Set partitions to \(topic.partitions), or delete the topic while it is unused
                """)
        }
        if let policy = properties["cleanup.policy"], policy != "delete" {
            faults.append(
                "topic \(name) has cleanup.policy=\(policy), which drops events of a delivery: set it to delete")
        }
        if let fault = retentionFault(name, properties["retention.ms"]) { faults.append(fault) }
        let insync = Int(properties["min.insync.replicas"] ?? "") ?? 1
        if topic.replicas >= 3, insync < 2 {
            faults.append(
                """
                topic \(name) has min.insync.replicas=\(insync): one broker's disk could hold the only copy of an \
                accepted event. Set it to 2
                """)
        }
        return faults
    }

    private func retentionFault(_ name: String, _ value: String?) -> String? {
        let wanted = Limits.logRetentionSeconds * 1000
        guard let value, let milliseconds = Int64(value), milliseconds >= 0, milliseconds < wanted else { return nil }
        return """
            topic \(name) has retention.ms=\(milliseconds): events could go before they are read, and nothing older \
            could be told again. Set it to \(wanted) (7 days) or more
            """
    }

    /// What works, and is less than there could be.
    func warnings(_ name: String, _ topic: ClusterDescription.Topic?, _ properties: [String: String]) -> [String] {
        guard let topic else { return [] }
        var warnings: [String] = []
        if topic.replicas < replicas {
            warnings.append(
                "topic \(name) has \(topic.replicas) replicas, and \(brokers) brokers could hold \(replicas)")
        }
        if let insync = Int(properties["min.insync.replicas"] ?? ""), topic.replicas > 1, insync >= topic.replicas {
            warnings.append("topic \(name) takes nothing while a single broker is away: min.insync.replicas=\(insync)")
        }
        if let type = properties["message.timestamp.type"], type != "LogAppendTime" {
            warnings.append(
                """
                topic \(name) has message.timestamp.type=\(type): what producers write as the time of a record decides \
                when retention removes it. LogAppendTime is safer
                """)
        }
        return warnings
    }
}
