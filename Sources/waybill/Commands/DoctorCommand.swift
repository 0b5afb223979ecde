import ArgumentParser
import EmbeddedStorage
import Foundation

/// `waybill doctor`: looks an installation over without changing it; works beside a running server.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the files: integrity, versions, what waits, what went wrong.")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Also print one hash over the folded state of all deliveries.")
    var stateHash = false

    func run() async throws {
        let configuration = try Failure.explained { try connection.configuration() }
        let findings = EmbeddedDoctor.examine(configuration.data)
        for finding in findings { Console.say("\(finding.isFault ? "FAULT" : "ok   ")  \(finding.text)") }
        if findings.contains(where: \.isFault) {
            Console.complain("waybill: \(configuration.data) needs attention; see \"Damaged files\" in docs/operating.md.")
            throw ExitCode.failure
        }
        if stateHash {
            let hash = try Failure.explained { try EmbeddedDoctor.stateHash(configuration.data) }
            Console.say("state hash: \(hash)")
        }
    }
}

/// `waybill migrate`: brings the files to the schema of this version.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the files to the schema of this version; serve does it too.")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Go on although the log ends before what the state has consumed. What was lost stays lost.")
    var acceptLogEnd = false

    func run() async throws {
        try await Failure.explained {
            let installation = try await connection.open(as: "migrate", acceptsLogEnd: acceptLogEnd)
            Console.say("\(installation.directory.path) has the schema of this version.")
        }
    }
}
