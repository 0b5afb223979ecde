/// How a message travels. The raw value is the wire name.
package enum Channel: String, CaseIterable, Sendable {
    case email, sms, push, chat, webhook

    /// Whether it interrupts whoever it reaches: those channels keep quiet hours even where nobody asked for them.
    package var interrupts: Bool { self == .sms || self == .push }
}

/// Whom a rule speaks to. The raw value is the wire name.
package enum Audience: String, CaseIterable, Sendable {
    /// Whoever the parcel is for.
    case recipient
    case merchant, support, warehouse
    /// The merchant's webhook endpoints.
    case endpoints
}

/// Who a message of the ledger is for, without anything that reaches a person.
package enum MessageParty: Hashable, Sendable {
    /// A recipient's id.
    case recipient(String)
    /// A webhook endpoint's id.
    case endpoint(String)
    /// The address that a rule names.
    case rule(String)

    /// `recipient:<id>`, `endpoint:<id>`, `rule:<id>`.
    package var text: String {
        switch self {
        case .recipient(let id): "recipient:" + id
        case .endpoint(let id): "endpoint:" + id
        case .rule(let id): "rule:" + id
        }
    }

    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let id = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "recipient": self = .recipient(id)
        case "endpoint": self = .endpoint(id)
        case "rule": self = .rule(id)
        default: return nil
        }
    }
}

/// Text that must not be seen: a signing secret, a provider's token. It shows itself as `***`.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The text itself, for the one who uses it.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
}
