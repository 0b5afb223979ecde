import EmbeddedStorage
import HTTPAPI
import KafkaLog
import Logging
import PostgresStore
import WaybillCore
import WaybillEngine

/// What the whole program runs by, read once: flags, then environment, then file, then defaults.
struct Configuration: Sendable {
    /// What the state is kept in, and what carries the events.
    enum Profile: Sendable {
        /// One process, files in one directory.
        case embedded
        case cluster(Cluster)
    }

    /// Kafka and PostgreSQL, and what of the platform this process is.
    struct Cluster: Sendable {
        var kafka: KafkaSettings
        var database: PostgresSettings
        var roles: Set<Role>
    }

    enum Role: String, CaseIterable, Sendable { case api, tracker, monitor, notifier }

    enum LogFormat: String, CaseIterable, Sendable { case text, json }

    var profile = Profile.embedded
    var data = "./data"
    var instance: String
    var partitions = Limits.partitions
    var http = HTTPSettings()
    var retention = Housekeeping.Retention()
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.text
    var durability = Durability.full
    var notifications = NotificationConfiguration()
    /// What the monitor goes by.
    var rules = RuleBook()
    /// The built dashboard; nil looks beside the program.
    var dashboard: String?

    init(instance: String) { self.instance = instance }
}

/// Everything that is wrong with a configuration, told at once.
struct ConfigurationFaults: Error, CustomStringConvertible {
    var faults: [String]

    var description: String {
        "The configuration is not valid:\n" + faults.map { "  - \($0)" }.joined(separator: "\n")
    }
}
