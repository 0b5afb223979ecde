import WaybillCore

/// How the API listens and whom it lets in.
package struct HTTPSettings: Sendable {
    package var host = "127.0.0.1"
    package var port = 8080
    package var adminPort = 9090
    /// Nil: no token is needed, which is only allowed on loopback.
    package var token: String?
    /// Names that `Host` may have, beside the address and loopback.
    package var allowedHosts: [String] = []
    /// Whose name and colour the tracking pages bear; nil takes the merchant's id and a green.
    package var brand: Brand?
    package var headerSeconds = Limits.headerSeconds
    package var bodySeconds = Limits.bodySeconds
    package var idleSeconds = Limits.idleSeconds
    package var writeStallSeconds = Limits.writeStallSeconds

    package init() {}

    package static let loopbackNames = ["localhost", "127.0.0.1", "[::1]", "::1"]

    package var isLoopback: Bool { Self.loopbackNames.contains(host) || host.hasPrefix("127.") }

    /// Whether a `Host` field, port and all, names this server. By bytes: every request asks.
    func allows(host field: String) -> Bool {
        var name = field[...]
        if let colon = field.utf8.lastIndex(of: UInt8(ascii: ":")), !field.hasSuffix("]"),
            field.utf8[colon...].dropFirst().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            name = field[..<colon]
        }
        return isNamed(name) || isNamed(name.lowercased()[...])
    }

    private func isNamed(_ name: Substring) -> Bool {
        name == host || Self.loopbackNames.contains { $0 == name } || allowedHosts.contains { $0 == name }
    }
}
