import CLibcurl
import Dispatch
import Foundation
import Synchronization
import WaybillCore
import WaybillEngine

/// Where mail is handed in, and how.
package struct SMTPSettings: Sendable {
    enum Security: Sendable {
        /// TLS from the first byte: `smtps://`.
        case implicit
        /// STARTTLS, and nothing without it: `smtp://`.
        case required
        /// In the clear, to a server on this machine alone.
        case none
    }

    var host: String
    var port: Int
    var security: Security
    var user: String?
    var password: Secret?
    var from: MailAddress
    /// Certificates to trust beside the system's, for a server of one's own.
    package var authorities: String?
    /// Connections, each with a thread of its own.
    package var connections = 4

    /// `smtps://user:password@host:465`, `smtp://user:password@host:587`; without TLS to loopback alone.
    package init?(uri: String, from: MailAddress) {
        guard let parts = URLComponents(string: uri), let host = parts.host, !host.isEmpty else { return nil }
        switch parts.scheme {
        case "smtps": (security, port) = (.implicit, parts.port ?? 465)
        case "smtp":
            let isPlain = parts.queryItems?.contains { $0.name == "tls" && $0.value == "none" } == true
            guard !isPlain || host == "127.0.0.1" || host == "localhost" else { return nil }
            (security, port) = (isPlain ? .none : .required, parts.port ?? 587)
        default: return nil
        }
        self.host = host
        self.from = from
        user = parts.user
        password = parts.password.map(Secret.init)
        authorities = parts.queryItems?.first { $0.name == "ca" }?.value
    }
}

/// Mail by SMTP through libcurl, whose calls block: each connection has a thread of its own and is used again.
package final class SMTPSender: Sender {
    private let settings: SMTPSettings
    private let queue = DispatchQueue(label: "waybill.smtp", attributes: .concurrent)
    private let room: DispatchSemaphore
    private let idle = Mutex<[SMTPConnection]>([])

    package init(_ settings: SMTPSettings) {
        self.settings = settings
        room = DispatchSemaphore(value: settings.connections)
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }

    package func send(_ envelope: Envelope) async -> SendOutcome {
        guard case .email(let address, let name) = envelope.address else { return SendOutcome(.rejected, "no mail") }
        guard let to = MailAddress(address) else {
            return SendOutcome(.recipientRefused, "the address is not one that mail can be sent to")
        }
        let mail = MailMessage(
            from: settings.from, to: to, toName: name, id: envelope.id, subject: envelope.content.subject,
            text: envelope.content.text, html: envelope.content.html, language: envelope.content.language,
            at: envelope.at, unsubscribeURL: nil)
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                room.wait()
                let connection = idle.withLock { $0.popLast() } ?? SMTPConnection(settings)
                let outcome = connection.send(mail)
                // A connection that failed is not trusted with another mail.
                if outcome.result == .sent || outcome.result == .recipientRefused {
                    idle.withLock { $0.append(connection) }
                }
                room.signal()
                continuation.resume(returning: outcome)
            }
        }
    }
}
