import ArgumentParser
import Foundation
import WaybillCore
import WaybillEngine

/// `waybill rules`: looks at the monitor's rules before they go live.
struct Rules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the monitor's rules, and try them on history.", subcommands: [Check.self, Simulate.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what is wrong with a file of rules.")

        @Argument(help: "The file.")
        var file: String

        func run() throws {
            let (book, faults) = RulesFile.read(file)
            for fault in faults { Console.complain(fault) }
            guard faults.isEmpty else { throw ExitCode.failure }
            Console.say(
                "Version \(book.version), \(book.exceptions.count) exceptions, "
                    + "\(book.calendars.count) calendars: no faults.")
        }
    }

    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replay history against rules and print which cases they would have opened.",
            discussion: """
                True: the delivery missed its promise or never arrived. False: it arrived in time. Lead: how long \
                before the carrier said that something was wrong. Changes nothing. Run it while an embedded server is \
                stopped.
                """)

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "The rules to try; those of the configuration when it is not given.")
        var file: String?

        @Option(help: "How far back to go, such as 30d or 12h.")
        var since = "30d"

        func run() async throws {
            try await Failure.explained {
                guard let seconds = Self.seconds(since) else { throw ValidationError("--since is like 30d or 12h") }
                let book = try rules()
                let installation = try await connection.open(as: "rules simulate")
                let now = SystemTime().now()
                let (deliveries, rows) = try await RuleSimulation(store: installation.store)
                    .run(book, from: now.advanced(bySeconds: -seconds), until: now)
                Console.say("Rules version \(book.version) over \(deliveries) deliveries of the last \(since):")
                for line in Self.table(rows) { Console.say(line) }
            }
        }

        private func rules() throws -> RuleBook {
            guard let file else { return try connection.configuration().rules }
            let (book, faults) = RulesFile.read(file)
            guard faults.isEmpty else { throw ValidationError(faults.joined(separator: "\n")) }
            return book
        }

        private static func seconds(_ text: String) -> Int64? {
            guard let unit = text.last, let number = Int64(text.dropLast()), (1...100_000).contains(number) else {
                return nil
            }
            return switch unit {
            case "d": number * 86_400
            case "h": number * 3600
            default: nil
            }
        }

        private static func table(_ rows: [RuleSimulation.Row]) -> [String] {
            func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
                let space = String(repeating: " ", count: max(0, width - text.count))
                return left ? text + space : space + text
            }
            func line(_ cells: [String]) -> String {
                cells.enumerated().map { pad($1, $0 == 0 ? 16 : 10, left: $0 == 0) }.joined(separator: " ")
            }
            let head = line(["kind", "opened", "true", "false", "open still", "lead (h)"])
            return [head]
                + rows.map { row in
                    let lead = row.medianLead.map { "\(($0 * 10).rounded() / 10)" } ?? "-"
                    return line([
                        row.kind.rawValue, "\(row.opened)", "\(row.right)", "\(row.wrong)", "\(row.stillOpen)", lead,
                    ])
                }
        }
    }
}
