import ArgumentParser
import EmbeddedStorage
import Foundation
import Logging
import WaybillEngine

/// `waybill serve`: everything in one process, until SIGTERM.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the platform.",
        discussion: "With no flags: everything in one process on ./data, listening on 127.0.0.1.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Services that run here. The embedded profile runs all of them.")
    var roles: String?

    @Option(help: "Address to listen on. Any but loopback needs WAYBILL_API_TOKEN.")
    var host: String?

    @Option(help: "Port of the API; 0 lets the system choose.")
    var port: String?

    @Option(help: "Port of /live, /ready and /metrics; 0 lets the system choose.")
    var adminPort: String?

    @Option(help: "Names that Host may have, beside the address and loopback.")
    var allowedHosts: String?

    @Option(help: "Name of this process in logs and metrics.")
    var instance: String?

    @Option(help: "Days the log keeps records at least.")
    var retentionDays: String?

    @Option(help: "Days the history of a delivery is kept after it is over.")
    var historyDays: String?

    @Option(help: "A JSON file with the monitor's rules and calendars.")
    var rules: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(help: "text or json.")
    var logFormat: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let configuration = try Failure.explained {
            try connection.configuration([
                .roles: roles, .host: host, .port: port, .adminPort: adminPort, .allowedHosts: allowedHosts,
                .instance: instance, .retentionDays: retentionDays, .historyDays: historyDays, .rules: rules,
                .logLevel: logLevel,
                .logFormat: logFormat,
            ])
        }
        let logger = LogOutput.logger(configuration)
        if configuration.durability == .unsafe {
            Console.complain(
                "WARNING: WAYBILL_UNSAFE_SYNCHRONOUS=off: accepted events are lost when the machine stops.")
        }
        let telemetry = Telemetry(logger: logger, version: Waybill.version)
        try await Failure.explained { try await build(configuration, telemetry: telemetry, logger: logger).run() }
    }
}

/// Turns an error into a sentence on standard error and exit code 1.
enum Failure {
    static func explained<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw explain(error) }
    }

    static func explained<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch { throw explain(error) }
    }

    private static func explain(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError || error is CleanExit { return error }
        let words = "\(error)"
        let isTaken = words.contains("Address already in use")
        Console.complain(
            isTaken ? "waybill: the port is in use; choose others with --port and --admin-port." : "waybill: \(words)")
        return ExitCode.failure
    }
}
