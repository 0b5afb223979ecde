import CLibcurl
import Foundation
import WaybillCore
import WaybillEngine

/// One handle of libcurl: a connection that is kept open between mails. Used by one thread at a time.
final class SMTPConnection: Sendable {
    /// The handle as a number: pointers do not travel between threads, and this one has only one user at a time.
    private let bits: UInt
    private let settings: SMTPSettings

    init(_ settings: SMTPSettings) {
        self.settings = settings
        bits = UInt(bitPattern: curl_easy_init())
        for (option, text) in texts { waybill_curl_text(handle, option, text) }
        for (option, number) in numbers { waybill_curl_number(handle, option, number) }
    }

    deinit { curl_easy_cleanup(handle) }

    private var handle: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: bits) }

    private var texts: [(CURLoption, String)] {
        let scheme = if case .implicit = settings.security { "smtps" } else { "smtp" }
        var texts: [(CURLoption, String)] = [
            (CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)/\(settings.from.domain)"),
            (CURLOPT_MAIL_FROM, "<\(settings.from.text)>"), (CURLOPT_PROXY, ""),
        ]
        if let user = settings.user { texts.append((CURLOPT_USERNAME, user)) }
        if let password = settings.password { texts.append((CURLOPT_PASSWORD, password.revealed)) }
        if let authorities = settings.authorities { texts.append((CURLOPT_CAINFO, authorities)) }
        return texts
    }

    private var numbers: [(CURLoption, Int)] {
        // A server that does not offer STARTTLS, or from whose greeting somebody took it, is not spoken to.
        let security =
            switch settings.security {
            case .implicit, .required: Int(CURLUSESSL_ALL.rawValue)
            case .none: Int(CURLUSESSL_NONE.rawValue)
            }
        return [
            (CURLOPT_USE_SSL, security), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, 6), (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT, 5),
            (CURLOPT_TIMEOUT, Int(Limits.attemptSeconds)),
        ]
    }

    /// Blocks until the server has taken the mail, or not.
    func send(_ mail: MailMessage) -> SendOutcome {
        let bytes = mail.bytes
        let recipients = curl_slist_append(nil, "<\(mail.to.text)>")
        defer { curl_slist_free_all(recipients) }
        waybill_curl_list(handle, CURLOPT_MAIL_RCPT, recipients)
        var reply = waybill_reply()
        let code = bytes.withUnsafeBytes { buffer in
            var upload = waybill_upload(
                bytes: buffer.bindMemory(to: CChar.self).baseAddress, count: buffer.count, position: 0)
            return withUnsafeMutablePointer(to: &upload) { upload in
                withUnsafeMutablePointer(to: &reply) { reply in
                    waybill_curl_upload(handle, upload)
                    waybill_curl_reply(handle, reply)
                    return curl_easy_perform(handle)
                }
            }
        }
        let said = withUnsafeBytes(of: reply.text) { String(decoding: $0.prefix(reply.count), as: UTF8.self) }
        return Self.outcome(code, said: said.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func outcome(_ code: CURLcode, said: String) -> SendOutcome {
        switch code {
        case CURLE_OK: return SendOutcome(.sent, said)
        case CURLE_OPERATION_TIMEDOUT: return SendOutcome(.timeout, "the mail server did not answer in time")
        case CURLE_USE_SSL_FAILED: return SendOutcome(.tls, "the mail server offers no TLS; nothing was sent")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE:
            return SendOutcome(.tls, "the mail server's certificate or handshake is not right")
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST:
            return SendOutcome(.connect, "the mail server cannot be reached")
        case CURLE_LOGIN_DENIED: return SendOutcome(.unavailable, "the mail server refused the login")
        default: break
        }
        // RFC 3463: 5.1.x and 5.2.1 are about the mailbox, 5.1.7 and 5.1.8 about the sender's.
        if let status = said.firstMatch(of: #/\b5\.(1\.(?:1|2|3|6|10)|2\.1)\b/#) {
            return SendOutcome(.recipientRefused, "the mailbox does not take mail (\(status.output.0))")
        }
        // The reply may quote the address; its codes are enough.
        let codes = said.prefixMatch(of: #/\d{3}(?:[ -]\d\.\d+\.\d+)?/#).map { String($0.output) } ?? ""
        if codes.hasPrefix("5") { return SendOutcome(.rejected, "the mail server refused the mail: \(codes)") }
        return SendOutcome(.unavailable, "the mail server could not take the mail: \(codes)")
    }
}
