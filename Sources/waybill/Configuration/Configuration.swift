import EmbeddedStorage
import HTTPAPI
import Logging
import WaybillCore
import WaybillEngine

/// What the whole program runs by, read once: flags, then environment, then file, then defaults.
struct Configuration: Sendable {
    enum LogFormat: String, CaseIterable, Sendable { case text, json }

    var data = "./data"
    var instance: String
    var partitions = Limits.partitions
    var http = HTTPSettings()
    var retention = Housekeeping.Retention()
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.text
    var durability = Durability.full

    init(instance: String) { self.instance = instance }
}

/// Everything that is wrong with a configuration, told at once.
struct ConfigurationFaults: Error, CustomStringConvertible {
    var faults: [String]

    var description: String {
        "The configuration is not valid:\n" + faults.map { "  - \($0)" }.joined(separator: "\n")
    }
}
