import ArgumentParser
import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// The flags that every command takes.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "embedded: one process, files in one directory. cluster: Kafka and PostgreSQL.")
    var profile: String?

    @Option(help: "The directory that holds everything.")
    var data: String?

    @Option(help: "Partitions of the log, fixed when the directory is made.")
    var partitions: String?

    @Option(help: "A JSON file with the keys of docs/configuration.md.")
    var config: String?

    @Option(help: "Kafka brokers, host:port,... (cluster profile).")
    var kafka: String?

    @Option(help: "PostgreSQL URI (cluster profile); with a password rather in WAYBILL_DATABASE_FILE.")
    var database: String?

    func configuration(_ more: [ConfigurationKey: String?] = [:]) throws -> Configuration {
        var flags = more.compactMapValues { $0 }
        flags[.profile] = profile
        flags[.data] = data
        flags[.partitions] = partitions
        flags[.kafka] = kafka
        flags[.database] = database
        var reader = ConfigurationReader(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        return try reader.configuration()
    }

    /// Opens the installation for a command; that of the embedded profile for it alone.
    func open(as command: String) async throws -> Installation {
        let configuration = try configuration()
        switch configuration.profile {
        case .embedded: return Installation(try await openEmbedded(configuration, as: command))
        case .cluster(let cluster): return try await Installation(cluster, partitions: configuration.partitions)
        }
    }

    func openEmbedded(
        _ configuration: Configuration, as command: String, acceptsLogEnd: Bool = false
    ) async throws -> EmbeddedInstallation {
        let known = EmbeddedDoctor.partitions(of: configuration.data)
        return try await EmbeddedInstallation(
            configuration, partitions: partitions == nil ? known : nil, acceptsLogEnd: acceptsLogEnd,
            owner: "waybill \(command)")
    }
}
