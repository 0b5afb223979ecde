import ArgumentParser
import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// `waybill dead-letters`: events that could not be used, and what to do about them.
struct DeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, retry or discard events that could not be used.",
        discussion: "While the server runs, use its calls under /v1/dead-letters instead.",
        subcommands: [List.self, Show.self, Retry.self, Discard.self], defaultSubcommand: List.self)

    struct Selection: ParsableArguments {
        @OptionGroup var connection: ConnectionOptions

        @Option(help: "The merchant they belong to.")
        var merchant = "default"

        var merchantID: MerchantID {
            get throws {
                guard let id = MerchantID(merchant) else { throw ValidationError("--merchant is not a merchant id.") }
                return id
            }
        }

        func letter(_ id: Int64, in installation: Installation) async throws -> DeadLetterRow {
            guard let row = try await installation.store.deadLetter(id, merchantID) else {
                throw ValidationError("There is no dead letter \(id).")
            }
            return row
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The newest 200, one a line.")
        @OptionGroup var selection: Selection
        @Flag(help: "Settled ones too.") var all = false

        func run() async throws {
            try await Failure.explained {
                let installation = try await selection.connection.open(as: "dead-letters")
                let rows = try await installation.store.deadLetters(
                    selection.merchantID, state: all ? nil : .open, before: nil, limit: Limits.pageSize)
                for row in rows {
                    Console.say("\(row.id)\t\(row.state.rawValue)\t\(row.letter.rejection.code.rawValue)\t\(row.letter.record.key)\t\(row.firstSeen.rfc3339)\t\(row.letter.rejection.detail)")
                }
                if rows.isEmpty { Console.say("No dead letters.") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The bytes of one, as they came.")
        @OptionGroup var selection: Selection
        @Argument var id: Int64

        func run() async throws {
            try await Failure.explained {
                let row = try await selection.letter(id, in: try await selection.connection.open(as: "dead-letters"))
                FileHandle.standardOutput.write(Data(row.letter.record.value + [UInt8(ascii: "\n")]))
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Append the bytes once more.")
        @OptionGroup var selection: Selection
        @Argument var id: Int64

        func run() async throws {
            try await Failure.explained {
                let installation = try await selection.connection.open(as: "dead-letters")
                let row = try await selection.letter(id, in: installation)
                guard let key = DeliveryKey(row.letter.record.key) else {
                    throw ValidationError("Its key is not <merchant>/<delivery id>; it cannot be retried.")
                }
                try await installation.log.append([NewRecord(key: key, value: row.letter.record.value)])
                _ = try await installation.store.settle(id, as: .retried)
                Console.say("Dead letter \(id) was appended again; the server applies it when it runs.")
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put one aside for good.")
        @OptionGroup var selection: Selection
        @Argument var id: Int64

        func run() async throws {
            try await Failure.explained {
                let installation = try await selection.connection.open(as: "dead-letters")
                _ = try await selection.letter(id, in: installation)
                _ = try await installation.store.settle(id, as: .discarded)
                Console.say("Dead letter \(id) is discarded.")
            }
        }
    }
}
