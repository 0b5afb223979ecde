/// Where the platform may connect to on a merchant's word: addresses of the public internet, by HTTPS. What lies
/// inside is for the operator to permit.
package struct OutboundRules: Hashable, Sendable {
    /// Blocks that the operator permits although they are not public. Hosts in them may be spoken to without TLS and on
    /// any port.
    package var permitted: [AddressBlock] = []
    /// Names that are this installation's own.
    package var ownHosts: Set<String> = []

    package init() {}

    private static let ports: Set<Int> = [443, 8443]
    private static let closedSuffixes = [
        "localhost", "local", "internal", "localdomain", "lan", "home", "corp", "intranet", "private", "test",
        "invalid", "onion", "arpa",
    ]

    /// The IANA registries of special-purpose addresses, and everything of version 6 outside 2000::/3.
    private static let refused4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap { AddressBlock($0) }
    private static let refused6 = [
        "2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20", "2001:10::/28", "2001:20::/28",
    ].compactMap { AddressBlock($0) }
    private static let global6 = AddressBlock("2000::/3")
    private static let mapped4 = AddressBlock("::ffff:0:0/96")

    /// Whether the operator permits an address that is not public.
    package func isPermitted(_ address: IPAddress) -> Bool {
        let plain = Self.unwrapped(address)
        return permitted.contains { $0.contains(plain) }
    }

    /// Whether a connection to this address may be made at all.
    package func allows(_ address: IPAddress) -> Bool {
        let plain = Self.unwrapped(address)
        if isPermitted(plain) { return true }
        if plain.bytes.count == 4 { return !Self.refused4.contains { $0.contains(plain) } }
        return Self.global6?.contains(plain) == true && !Self.refused6.contains { $0.contains(plain) }
    }

    /// ::ffff:127.0.0.1 is 127.0.0.1.
    private static func unwrapped(_ address: IPAddress) -> IPAddress {
        guard mapped4?.contains(address) == true else { return address }
        return IPAddress(bytes: Array(address.bytes.suffix(4))) ?? address
    }

    // MARK: URLs

    /// Why an address is refused before it is resolved, or nil. The sentence tells nothing of the network.
    package func fault(in url: OutboundURL) -> String? {
        if let address = url.address {
            guard allows(address) else { return "The host is not a public address." }
            if isPermitted(address) { return nil }
        } else if let fault = fault(inName: url.host) {
            return fault
        }
        if !permitted.isEmpty { return nil }
        if !url.isSecure { return "The URL must begin with https://." }
        return Self.ports.contains(url.port) ? nil : "The port must be 443 or 8443."
    }

    private func fault(inName host: String) -> String? {
        let isOwn = ownHosts.contains(host)
        let isClosed = Self.closedSuffixes.contains { host == $0 || host.hasSuffix("." + $0) }
        if isOwn || isClosed || !host.contains(".") {
            return permitted.isEmpty ? "The host is not a public name." : nil
        }
        return nil
    }

    /// What is wrong with the addresses that a name has, or nil. One that is refused condemns all: a name with both
    /// kinds is a trick.
    package func fault(in url: OutboundURL, resolvedTo addresses: [IPAddress]) -> String? {
        guard !addresses.isEmpty else { return "The host has no address." }
        guard addresses.allSatisfy(allows) else { return "The host is not a public address." }
        if addresses.allSatisfy(isPermitted) { return nil }
        if !url.isSecure { return "The URL must begin with https://." }
        return Self.ports.contains(url.port) ? nil : "The port must be 443 or 8443."
    }
}

/// A URL as far as it decides where a connection goes, read strictly: what two parsers could read in two ways is none.
package struct OutboundURL: Hashable, Sendable {
    package let isSecure: Bool
    /// In lower case, without brackets.
    package let host: String
    /// Where the host is written as an address.
    package let address: IPAddress?
    package let port: Int
    /// Path and query, at least `/`.
    package let target: String

    package init?(_ text: String) {
        guard (8...2048).contains(text.utf8.count), text.isVisibleASCII,
            !text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") })
        else { return nil }
        let lower = text.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { return nil }
        isSecure = lower.hasPrefix("https://")
        let rest = text.dropFirst(isSecure ? 8 : 7)
        guard !rest.contains("#") else { return nil }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let path = String(rest[end...])
        target = path.hasPrefix("/") ? path : "/" + path
        guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
        let number = port.isEmpty ? (isSecure ? 443 : 80) : Int(port) ?? 0
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), (1...65_535).contains(number) else { return nil }
        self.port = number
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), let address = IPAddress(String(host.dropFirst().dropLast())),
                address.bytes.count == 16
            else { return nil }
            self.address = address
            self.host = address.description
        } else {
            let name = host.lowercased()
            guard Self.isName(name) else { return nil }
            address = IPAddress(name)
            self.host = name
        }
    }

    /// No user information: `https://public@inside/` must not be read in two ways.
    private static func authority(_ text: Substring) -> (host: String, port: String)? {
        guard !text.contains("@"), !text.contains("%") else { return nil }
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let after = text[text.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") && after.count > 1 else { return nil }
            return (String(text[...close]), String(after.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !(parts.count == 2 && parts[1].isEmpty) else { return nil }
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }

    /// Labels of letters, digits and hyphens; the last is no number in any notation, unless all is a plain address.
    private static func isName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253,
            labels.allSatisfy({ label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { byte in
                        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                    }
            }), let last = labels.last
        else { return false }
        let isNumber = last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.hasPrefix("0x")
        return !isNumber || IPAddress(text) != nil
    }
}
