import Foundation
import WaybillCore
import WaybillEngine

/// A mail as its bytes (RFC 5322), made so that no value can add a header or end the body.
package struct MailMessage: Sendable {
    package var from: MailAddress
    package var to: MailAddress
    package var toName: String?
    package var id: String
    package var subject: String
    package var text: String
    package var html: String?
    package var language: String
    package var at: Timestamp
    /// For one click on "unsubscribe" (RFC 8058).
    package var unsubscribeURL: String?

    package init(
        from: MailAddress, to: MailAddress, toName: String?, id: String, subject: String, text: String, html: String?,
        language: String, at: Timestamp, unsubscribeURL: String?
    ) {
        self.from = from
        self.to = to
        self.toName = toName
        self.id = id
        self.subject = subject
        self.text = text
        self.html = html
        self.language = language
        self.at = at
        self.unsubscribeURL = unsubscribeURL
    }

    /// CRLF line ends; bodies in base64, so that no line begins with a dot or is too long.
    package var bytes: [UInt8] {
        let boundary = "waybill-" + id.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        var lines = headers(boundary: boundary)
        lines.append("")
        if let html {
            lines += ["--" + boundary] + Self.part("text/plain", text) + ["--" + boundary]
            lines += Self.part("text/html", html) + ["--\(boundary)--"]
        } else {
            lines += Self.base64(text)
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private func headers(boundary: String) -> [String] {
        var lines = [
            "Date: " + Self.date(at), "From: <\(from.text)>",
            "To: " + (toName.map { Self.phrase($0) + " " } ?? "") + "<\(to.text)>", "Subject: " + Self.encoded(subject),
            "Message-ID: <\(id)@\(from.domain)>", "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
        ]
        let isTag = language.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }
        if isTag, (2...35).contains(language.utf8.count) {
            lines.append("Content-Language: " + language)
        }
        if let unsubscribeURL {
            lines.append("List-Unsubscribe: <\(unsubscribeURL)>")
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        }
        if html == nil {
            lines += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"]
        } else {
            lines.append("Content-Type: multipart/alternative; boundary=\"\(boundary)\"")
        }
        return lines
    }

    private static func part(_ type: String, _ text: String) -> [String] {
        ["Content-Type: \(type); charset=utf-8", "Content-Transfer-Encoding: base64", ""] + base64(text)
    }

    private static func base64(_ text: String) -> [String] {
        let encoded = Array(Data(text.utf8).base64EncodedString().utf8)
        return stride(from: 0, to: encoded.count, by: 76).map { start in
            String(decoding: encoded[start..<min(start + 76, encoded.count)], as: UTF8.self)
        }
    }

    /// RFC 2047 words, whatever the text is: never a control, never a line of more than 78.
    static func encoded(_ text: String) -> String {
        let clean = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in clean.prefix(512) {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > 42 {
                words.append("=?utf-8?B?\(Data(word).base64EncodedString())?=")
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append("=?utf-8?B?\(Data(word).base64EncodedString())?=") }
        return words.joined(separator: "\r\n ")
    }

    private static func phrase(_ name: String) -> String { encoded(String(name.prefix(128))) }

    /// `Mon, 24 Nov 2026 02:10:00 +0000`.
    static func date(_ instant: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = instant.rfc3339
        let month = Int(text.dropFirst(5).prefix(2)) ?? 1
        let day = days[Int(instant.microseconds / 86_400_000_000) % 7]
        let date = "\(text.dropFirst(8).prefix(2)) \(months[month - 1]) \(text.prefix(4))"
        return "\(day), \(date) \(text.dropFirst(11).prefix(8)) +0000"
    }
}
