import ArgumentParser
import EmbeddedStorage
import Foundation
import WaybillEngine

/// `waybill rebuild`: folds everything again, and puts it in place or only compares.
struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fold all deliveries again from their events.",
        discussion: """
            From the history always; from the log while it still begins at its first record. Publishes nothing, and leaves \
            recipients, tokens, dead letters and kept answers as they are. Run it while the server is stopped.
            """)

    enum Origin: String, ExpressibleByArgument, CaseIterable { case history, log }

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "What to fold from: history or log.")
    var from: Origin = .history

    @Flag(help: "Change nothing: compare, and exit with 1 where anything differs.")
    var verify = false

    func run() async throws {
        try await Failure.explained {
            let installation = try await connection.open(as: "rebuild")
            let report: RebuildReport
            switch from {
            case .history:
                let rebuilding = Rebuilding(store: installation.store)
                report = verify
                    ? try await rebuilding.verify() : try await rebuilding.rebuild(feedID: SystemTokens.seed())
            case .log:
                report = try await LogRebuild(installation).run(verify: verify)
            }
            say(report)
            if verify, !report.differences.isEmpty { throw ExitCode.failure }
        }
    }

    private func say(_ report: RebuildReport) {
        for difference in report.differences.prefix(50) { Console.say("differs: \(difference)") }
        if report.differences.count > 50 { Console.say("... and \(report.differences.count - 50) more") }
        let verdict = report.differences.isEmpty ? "all equal" : "\(report.differences.count) differences"
        Console.say(
            "\(verify ? "Verified" : "Rebuilt") \(report.deliveries) deliveries from \(report.events) events of the \(from.rawValue); \(verdict).")
        if report.sealed > 0 { Console.say("\(report.sealed) sealed deliveries have no history and were left as they are.") }
        Console.say("state hash: \(report.stateHash)")
    }
}
