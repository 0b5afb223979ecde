import ArgumentParser
import EmbeddedStorage
import Foundation
import WaybillCore
import WaybillEngine

/// `waybill export`: events as first received, and recipients, as NDJSON.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write events as first received, and recipients, as NDJSON.",
        discussion:
            "Recipients are personal data: keep the output as safe as the installation. Run it while "
            + "the server is stopped."
    )

    private static let page = 2000

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Where to write; - is standard output.")
    var output = "-"

    func run() async throws {
        try await Failure.explained {
            let installation = try await connection.open(as: "export")
            if let files = installation.embedded?.directory.path,
                let fault = EmbeddedDoctor.examine(files).first(where: \.isFault)
            {
                throw StorageError.damaged(fault.text)
            }
            let store = installation.store
            let file = try Self.file(output)
            let events = try await writeEvents(of: store, to: file)
            let recipients = try await writeRecipients(of: store, to: file)
            try file.synchronize()
            Console.complain("Exported \(events) events and \(recipients) recipients.")
        }
    }

    private static func file(_ path: String) throws -> FileHandle {
        guard path != "-" else { return .standardOutput }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ValidationError("Cannot write \(path): \(String(cString: strerror(errno)))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private func writeEvents(of store: any WholeStore, to file: FileHandle) async throws -> Int {
        var count = 0
        var last: Int64 = 0
        while true {
            let page = try await store.received(after: last, limit: Self.page)
            guard let end = page.last?.row else { return count }
            var lines = JSONWriter(capacity: 1 << 20)
            for event in page {
                lines.object { json in
                    json.member("kind", "event")
                    json.member("received_at", event.receivedAt)
                    json.key("event")
                    json.raw(event.bytes)
                }
                lines.newline()
            }
            try file.write(contentsOf: Data(lines.bytes))
            count += page.count
            last = end
        }
    }

    private func writeRecipients(of store: any WholeStore, to file: FileHandle) async throws -> Int {
        var count = 0
        var last: RecipientMark?
        while true {
            let page = try await store.recipients(after: last, limit: Self.page)
            guard let end = page.last?.mark else { return count }
            var lines = JSONWriter(capacity: 1 << 18)
            for recipient in page {
                lines.object { json in
                    json.member("kind", "recipient")
                    json.member("merchant", recipient.mark.merchant.text)
                    json.member("recipient_id", recipient.mark.id)
                    json.member("updated_at", recipient.updatedAt)
                    json.member("data", recipient.data)
                }
                lines.newline()
            }
            try file.write(contentsOf: Data(lines.bytes))
            count += page.count
            last = end
        }
    }
}
