import Foundation
import KafkaLog
import PostgresStore
import WaybillCore

/// Two profiles, not a matrix: what belongs to the one is refused in the other.
extension ConfigurationReader {
    mutating func profile(instance: String) -> Configuration.Profile {
        switch text(.profile) {
        case nil, "embedded": checkEmbedded()
        case "cluster": return cluster(instance: instance).map(Configuration.Profile.cluster) ?? .embedded
        default: fault(.profile, "must be embedded or cluster")
        }
        return .embedded
    }

    private mutating func checkEmbedded() {
        for key in [ConfigurationKey.kafka, .kafkaProperties, .kafkaPrefix, .database] where secret(key) != nil {
            fault(key, "belongs to the cluster profile; add --profile cluster, or leave it away")
        }
        guard let roles = roles() else { return }
        if roles != Set(Configuration.Role.allCases) {
            fault(.roles, "the embedded profile runs everything in one process; leave roles away")
        }
    }

    private mutating func cluster(instance: String) -> Configuration.Cluster? {
        let roles = roles() ?? Set(Configuration.Role.allCases)
        let kafka = kafka(instance: instance)
        guard let uri = secret(.database) else {
            fault(.database, "is needed by the cluster profile: postgres://user@host/name?sslmode=verify-full")
            return nil
        }
        guard let kafka else { return nil }
        return Configuration.Cluster(
            kafka: kafka, database: PostgresSettings(uri: uri, seed: SystemTokens.seed()), roles: roles)
    }

    mutating func kafka(instance: String) -> KafkaSettings? {
        guard let brokers = secret(.kafka) else {
            fault(.kafka, "is needed by the cluster profile: host:port,host:port")
            return nil
        }
        let kafka = KafkaSettings(
            brokers: brokers, client: kafkaProperties(), instance: instance, prefix: text(.kafkaPrefix) ?? "")
        for problem in kafka.faults() { fault(.kafka, "cannot be used: \(problem)") }
        return kafka
    }

    /// `name=value`, one a line.
    private mutating func kafkaProperties() -> [String: String] {
        var properties: [String: String] = [:]
        for line in (secret(.kafkaProperties) ?? "").split(whereSeparator: \.isNewline) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.isEmpty || text.hasPrefix("#") { continue }
            guard let equals = text.firstIndex(of: "=") else {
                fault(.kafkaProperties, "must be name=value, one a line")
                continue
            }
            let name = text[..<equals].trimmingCharacters(in: .whitespaces)
            properties[name] = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        }
        return properties
    }

    private mutating func roles() -> Set<Configuration.Role>? {
        guard let names = text(.roles) else { return nil }
        var roles: Set<Configuration.Role> = []
        for name in names.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if let role = Configuration.Role(rawValue: name) {
                roles.insert(role)
            } else {
                fault(.roles, "\(name) is not one of api, tracker, monitor, notifier")
            }
        }
        if roles.isEmpty { fault(.roles, "names nothing that could run") }
        return roles
    }
}
