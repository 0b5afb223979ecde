import ArgumentParser
import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// The flags that every command takes.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "embedded: one process, files in one directory.")
    var profile: String?

    @Option(help: "The directory that holds everything.")
    var data: String?

    @Option(help: "Partitions of the log, fixed when the directory is made.")
    var partitions: String?

    @Option(help: "A JSON file with the keys of docs/configuration.md.")
    var config: String?

    @Option(help: "Kafka brokers (cluster profile).")
    var kafka: String?

    @Option(help: "PostgreSQL URI (cluster profile).")
    var database: String?

    func configuration(_ more: [ConfigurationKey: String?] = [:]) throws -> Configuration {
        guard kafka == nil, database == nil else {
            throw ValidationError("--kafka and --database belong to the cluster profile, which is not in this version.")
        }
        var flags = more.compactMapValues { $0 }
        flags[.profile] = profile
        flags[.data] = data
        flags[.partitions] = partitions
        var reader = ConfigurationReader(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        return try reader.configuration()
    }

    /// Opens the installation for a command that works on it alone.
    func open(as command: String, acceptsLogEnd: Bool = false) async throws -> Installation {
        let configuration = try configuration()
        let known = EmbeddedDoctor.partitions(of: configuration.data)
        return try await Installation(
            configuration, partitions: partitions == nil ? known : nil, acceptsLogEnd: acceptsLogEnd,
            owner: "waybill \(command)")
    }
}
