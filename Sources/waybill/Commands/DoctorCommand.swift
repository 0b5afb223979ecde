import ArgumentParser
import EmbeddedStorage
import Foundation

/// `waybill doctor`: looks an installation over without changing it; works beside a running server.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the installation: integrity, versions, what waits, what went wrong.")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Also print one hash over the folded state of all deliveries.")
    var stateHash = false

    func run() async throws {
        let configuration = try Failure.explained { try connection.configuration() }
        switch configuration.profile {
        case .embedded: try examine(configuration.data)
        case .cluster(let cluster):
            try await ClusterDoctor(cluster, partitions: configuration.partitions).examine(printingHash: stateHash)
        }
    }

    private func examine(_ directory: String) throws {
        let findings = EmbeddedDoctor.examine(directory)
        for finding in findings { Console.say("\(finding.isFault ? "FAULT" : "ok   ")  \(finding.text)") }
        if findings.contains(where: \.isFault) {
            Console.complain("waybill: \(directory) needs attention; see \"Damaged files\" in docs/operating.md.")
            throw ExitCode.failure
        }
        if stateHash {
            let hash = try Failure.explained { try EmbeddedDoctor.stateHash(directory) }
            Console.say("state hash: \(hash)")
        }
    }
}
