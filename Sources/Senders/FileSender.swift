import Foundation
import WaybillCore
import WaybillEngine

/// Writes messages into a folder instead of sending them, so that a newcomer sees at once what would go out.
///
/// A file is named by the message's id: a repeat replaces it.
package struct FileSender: Sender {
    private let folder: URL

    /// - Parameter folder: made when it is first needed, for its owner's eyes only.
    package init(folder: String) { self.folder = URL(fileURLWithPath: folder) }

    package func send(_ envelope: Envelope) async -> SendOutcome {
        let (channel, to) = Self.destination(envelope.address)
        let file = folder.appendingPathComponent("\(envelope.id).\(channel).txt")
        var text = "To: \(to)\nMessage-ID: \(envelope.id)\nLanguage: \(envelope.content.language)\n"
        if !envelope.content.subject.isEmpty { text += "Subject: \(envelope.content.subject)\n" }
        text += "\n\(envelope.content.text)\n"
        if let html = envelope.content.html { text += "\n--- HTML\n\(html)\n" }
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Data(text.utf8).write(to: file, options: .atomic)
            return SendOutcome(.sent, "written to the outbox")
        } catch {
            return SendOutcome(.unavailable, "the outbox cannot be written to")
        }
    }

    private static func destination(_ address: Envelope.Address) -> (channel: String, to: String) {
        switch address {
        case .email(let address, _): ("email", address)
        case .phone(let number): ("sms", number)
        case .push: ("push", "a browser")
        case .chat: ("chat", "a chat")
        case .webhook(let url, _): ("webhook", url)
        }
    }
}
