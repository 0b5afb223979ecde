import Configuration
import EmbeddedStorage
import Foundation
import HTTPAPI
import KafkaLog
import Logging
import WaybillCore

/// Resolves the sources of configuration and checks every value before anything is opened.
struct ConfigurationReader {
    private let reader: ConfigReader
    let environment: [String: String]
    private var faults: [String] = []

    /// - Parameters:
    ///   - flags: what was given on the command line.
    ///   - file: the path of a JSON file, or nil.
    init(flags: [ConfigurationKey: String], environment: [String: String], file: String?) {
        self.environment = environment
        let (values, fileFaults) = ConfigurationFile.read(file)
        faults = fileFaults
        reader = ConfigReader(providers: [
            Self.provider("flags", flags),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "waybill"),
            Self.provider("file", values),
        ])
    }

    private static func provider(_ name: String, _ values: [ConfigurationKey: String]) -> InMemoryProvider {
        let pairs = values.map { (AbsoluteConfigKey([$0.rawValue]), ConfigValue(.string($1), isSecret: $0.isSecret)) }
        return InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: pairs))
    }

    mutating func configuration() throws(ConfigurationFaults) -> Configuration {
        var configuration = Configuration(instance: text(.instance) ?? ProcessInfo.processInfo.hostName)
        if let data = text(.data) { configuration.data = data }
        configuration.profile = profile(instance: configuration.instance)
        readHTTP(&configuration.http)
        configuration.partitions = number(.partitions, in: 1...1024) ?? configuration.partitions
        if let days = number(.retentionDays, in: 1...3650) { configuration.retention.log = Int64(days) * 86_400 }
        if let days = number(.historyDays, in: 1...36_500) { configuration.retention.history = Int64(days) * 86_400 }
        if let path = text(.rules) {
            let (book, problems) = RulesFile.read(path)
            configuration.rules = book
            for problem in problems { fault(.rules, problem) }
        }
        if let name = text(.logLevel) {
            if let level = Logger.Level(rawValue: name) {
                configuration.logLevel = level
            } else {
                fault(.logLevel, "must be trace, debug, info, notice, warning, error or critical")
            }
        }
        if let name = text(.logFormat) {
            if let format = Configuration.LogFormat(rawValue: name) {
                configuration.logFormat = format
            } else {
                fault(.logFormat, "must be text or json")
            }
        }
        configuration.notifications = notifications()
        configuration.dashboard = text(.dashboard)
        readBrand(&configuration.http)
        if environment["WAYBILL_UNSAFE_SYNCHRONOUS"] == "off" { configuration.durability = .unsafe }
        guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
        return configuration
    }

    /// For a command that only speaks to the brokers: how, and the partitions of their topics.
    mutating func brokers() throws(ConfigurationFaults) -> (kafka: KafkaSettings, partitions: Int) {
        let partitions = number(.partitions, in: 1...1024) ?? Limits.partitions
        let kafka = kafka(instance: text(.instance) ?? ProcessInfo.processInfo.hostName)
        guard faults.isEmpty, let kafka else { throw ConfigurationFaults(faults: faults) }
        return (kafka, partitions)
    }

    private mutating func readHTTP(_ http: inout HTTPSettings) {
        if let host = text(.host) { http.host = host }
        http.port = number(.port, in: 0...65_535) ?? http.port
        http.adminPort = number(.adminPort, in: 0...65_535) ?? http.adminPort
        if http.port == http.adminPort, http.port != 0 { fault(.adminPort, "must differ from port") }
        http.allowedHosts = (text(.allowedHosts) ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        http.token = secret(.apiToken)
        if let token = http.token, token.utf8.count < 16 { fault(.apiToken, "must have 16 characters or more") }
        if !http.isLoopback, http.token == nil {
            fault(
                .apiToken,
                "is needed to listen on \(http.host): set \(ConfigurationKey.apiToken.variable), or listen on 127.0.0.1"
            )
        }
        if let seconds = environment["WAYBILL_HEADER_SECONDS"].flatMap(Int64.init) { http.headerSeconds = seconds }
        if let seconds = environment["WAYBILL_BODY_SECONDS"].flatMap(Int64.init) { http.bodySeconds = seconds }
    }

    private mutating func readBrand(_ http: inout HTTPSettings) {
        guard let name = text(.brandName) else {
            if text(.brandColour) != nil { fault(.brandColour, "needs a brand-name beside it") }
            return
        }
        http.brand = Brand(name: name, colour: text(.brandColour) ?? Brand.standardColour)
        if http.brand == nil { fault(.brandColour, "must be like #1c5a45") }
    }

    // MARK: Values

    func text(_ key: ConfigurationKey) -> String? {
        reader.string(forKey: ConfigKey([key.rawValue]), isSecret: key.isSecret)
    }

    mutating func number(_ key: ConfigurationKey, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            fault(key, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// The value itself, or the content of the file that `..._FILE` names.
    mutating func secret(_ key: ConfigurationKey) -> String? {
        let value = text(key)
        guard let path = environment[key.variable + "_FILE"] else { return value }
        guard value == nil else {
            fault(key, "is given twice: as itself and as \(key.variable)_FILE")
            return value
        }
        guard let content = try? String(contentsOfFile: path, encoding: .utf8) else {
            fault(key, "cannot be read from the file that \(key.variable)_FILE names")
            return nil
        }
        return content.trimmingCharacters(in: .newlines)
    }

    mutating func fault(_ key: ConfigurationKey, _ problem: String) {
        faults.append("\(key.rawValue) (--\(key.rawValue), \(key.variable)) \(problem)")
    }
}
