import ArgumentParser
import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// `waybill import`: takes what `waybill export` wrote. A second import of the same file changes nothing.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Append exported events to the log and store exported recipients.",
        discussion: "The embedded profile's server must be stopped; it applies the events when it starts.")

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "What to read; - is standard input.")
    var input = "-"

    func run() async throws {
        try await Failure.explained {
            let installation = try await connection.open(as: "import")
            var importer = Importer(installation)
            if input != "-" {
                let descriptor = open(input, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0, dup2(descriptor, STDIN_FILENO) >= 0 else {
                    throw ValidationError("Cannot read \(input).")
                }
            }
            while let line = readLine(strippingNewline: true) { try await importer.add(line) }
            try await importer.flush()
            Console.say("Imported \(importer.events) events and \(importer.recipients) recipients.")
            if importer.refused > 0 {
                Console.complain(
                    "waybill: \(importer.refused) lines could not be used; the first: \(importer.firstFault)")
                throw ExitCode.failure
            }
        }
    }
}

/// Reads exported lines and appends events in batches; recipients come before the events that name them are applied.
struct Importer {
    private(set) var events = 0
    private(set) var recipients = 0
    private(set) var refused = 0
    private(set) var firstFault = ""
    private let installation: Installation
    private var waiting: [NewRecord] = []

    init(_ installation: Installation) { self.installation = installation }

    mutating func add(_ line: String) async throws {
        guard !line.isEmpty else { return }
        do {
            switch try ExportedLine(line) {
            case .event(let bytes):
                let event = try EventDecoder().decode(bytes).event
                waiting.append(NewRecord(key: event.key, value: bytes, event: event))
                if waiting.count >= 2000 { try await flush() }
            case .recipient(let merchant, let id, let data, let updatedAt):
                try await installation.store.saveRecipient(id, merchant, data, at: updatedAt)
                recipients += 1
            }
        } catch let error as StorageError {
            throw error
        } catch {
            refused += 1
            if firstFault.isEmpty { firstFault = "\(error)" }
        }
    }

    mutating func flush() async throws {
        guard !waiting.isEmpty else { return }
        try await installation.log.append(waiting)
        events += waiting.count
        waiting = []
    }
}

/// One line of an export.
enum ExportedLine {
    case event([UInt8])
    case recipient(MerchantID, String, JSONFragment, Timestamp)

    init(_ line: String) throws {
        var line = line
        self = try line.withUTF8 { try Self.read($0) }
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> ExportedLine {
        var reader = JSONReader(bytes)
        var fields: [String: JSONFragment] = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() { fields[key.text] = try reader.readFragment() }
        try reader.expectEnd()
        if let event = fields["event"] { return .event(Array(event.text.utf8)) }
        guard let merchant = fields["merchant"].flatMap(text).flatMap({ MerchantID($0) }),
            let id = fields["recipient_id"].flatMap(text), let data = fields["data"],
            let updatedAt = fields["updated_at"].flatMap(text).flatMap({ Timestamp(rfc3339: $0) })
        else { throw JSONError(problem: "neither an event nor a recipient", offset: 0) }
        return .recipient(merchant, id, data, updatedAt)
    }

    private static func text(_ fragment: JSONFragment) -> String? {
        var json = fragment.text
        return json.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            return try? reader.readString()
        }
    }
}
