import WaybillCore

/// An address that mail can be sent to: one mailbox, no name, nothing that could end a command or a header.
package struct MailAddress: Hashable, Sendable {
    package let text: String

    /// RFC 5321 lengths: 64 for the local part, 254 in all. Quoted local parts and addresses as domains are not taken.
    package init?(_ text: String) {
        guard (3...254).contains(text.utf8.count), text.isVisibleASCII, let at = text.lastIndex(of: "@") else {
            return nil
        }
        let local = text[..<at].utf8
        let domain = text[text.index(after: at)...]
        let closed = Set(#"()<>[]:;@\,""#.utf8)
        guard (1...64).contains(local.count), !local.contains(where: closed.contains), !text.hasPrefix("-"),
            !text.contains(".."), local.first != UInt8(ascii: "."), local.last != UInt8(ascii: ".")
        else { return nil }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                    default: false
                    }
                }
        }
        guard isName, labels.count >= 2 || domain == "localhost" else { return nil }
        self.text = text
    }

    package var domain: String { String(text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...]) }
}
