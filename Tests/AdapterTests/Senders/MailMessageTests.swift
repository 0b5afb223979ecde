import Foundation
import Senders
import Testing
import WaybillCore

/// No value can add a header, a recipient or a line that a server would read as a command.
@Suite struct MailMessageTests {
    private static let attacks = [
        "\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\rBcc: eve@example.com", "\r\n\r\nbody",
        "\r\n.\r\nMAIL FROM:<x>",
        "a\u{0}b", "=?utf-8?B?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=", "\u{2028}Bcc: eve@example.com",
        "\u{85}Bcc: eve@example.com",
        "<script>", "\"quoted\" <eve@example.com>", ", eve@example.com", "eve@example.com>", "\u{202E}moc.elpmaxe",
        "\t\tx",
        String(repeating: "x", count: 5000), String(repeating: "é", count: 2000), "%0d%0aBcc: eve", "\\r\\nBcc: eve",
        "\u{1B}[2J",
    ]
    private static let expected: Set = [
        "date", "from", "to", "subject", "message-id", "mime-version", "auto-submitted", "content-type",
    ]

    private static func message(_ value: String) throws -> MailMessage {
        MailMessage(
            from: try #require(MailAddress("shop@example.com")), to: try #require(MailAddress("ada@example.com")),
            toName: value, id: "msg_1", subject: value, text: value, html: value, language: value,
            at: Timestamp(seconds: 1_795_486_200), unsubscribeURL: nil)
    }

    @Test func valuesStayInTheirHeaders() throws {
        for attack in Self.attacks {
            for value in [attack, "Ada" + attack, attack + "Ada", attack + attack] {
                let bytes = try Self.message(value).bytes
                let text = String(decoding: bytes, as: UTF8.self)
                let head = try #require(text.firstRange(of: "\r\n\r\n").map { text[..<$0.lowerBound] })
                // Folded lines begin with a space.
                let names = head.split(separator: "\r\n").filter { !$0.hasPrefix(" ") }
                    .compactMap { $0.split(separator: ":").first?.lowercased() }
                #expect(Set(names) == Self.expected && names.count == Self.expected.count, "\(value.debugDescription)")
                #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
                let lines = text.components(separatedBy: "\r\n")
                #expect(lines.allSatisfy { $0.utf8.count <= 998 && !$0.contains("\r") && !$0.contains("\n") })
                #expect(!lines.contains { $0.hasPrefix(".") })
            }
        }
    }

    @Test(arguments: [
        "ada@example.com\r\nRCPT TO:<eve@example.com>", "ada@example.com>\r\nDATA", "ada@example.com,eve@example.com",
        "ada",
        "@example.com", "ada@", "ada@@example.com", "ada@exam ple.com", "ada@example..com", ".ada@example.com",
        "ada.@example.com",
        "a..b@example.com", "<ada@example.com>", "Ada <ada@example.com>", "ada@[127.0.0.1]", "\"ada\"@example.com",
        "ada@-example.com",
        "ada@example", "ada\u{0}@example.com", "adé@example.com", "-fada@example.com", "a;b@example.com",
        "a b@example.com",
    ])
    func whatIsNoAddressIsRefused(_ text: String) { #expect(MailAddress(text) == nil) }

    @Test func longAddressesAreRefused() {
        #expect(MailAddress(String(repeating: "a", count: 65) + "@example.com") == nil)
        #expect(MailAddress(String(repeating: "a", count: 64) + "@example.com") != nil)
        #expect(MailAddress("ada+tag@mail.example.co.uk")?.domain == "mail.example.co.uk")
    }

    @Test func theDateIsTheStandards() throws {
        let text = String(decoding: try Self.message("x").bytes, as: UTF8.self)
        #expect(text.contains("Date: Tue, 24 Nov 2026 02:10:00 +0000\r\n"))
        #expect(text.contains("Message-ID: <msg_1@example.com>\r\n"))
    }
}
