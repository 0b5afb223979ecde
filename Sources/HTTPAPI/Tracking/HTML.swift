/// HTML that is written a piece at a time. Only `raw` takes markup; everything else is text, and is escaped.
struct HTML {
    private(set) var text = ""

    mutating func raw(_ markup: StaticString) { text += "\(markup)" }

    /// Markup that this program made from escaped parts.
    mutating func markup(_ html: HTML) { text += html.text }

    mutating func write(_ value: String) { text += Self.escaped(value) }

    /// An element with its attributes and content. Attribute values are escaped.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: (inout HTML) -> Void
    ) {
        text += "<\(name)"
        for (attribute, value) in attributes { text += " \(attribute)=\"\(Self.escaped(value))\"" }
        text += ">"
        content(&self)
        text += "</\(name)>"
    }

    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ content: String
    ) {
        element(name, attributes) { $0.write(content) }
    }

    mutating func element(_ name: StaticString, _ content: String) { element(name, [:], content) }

    /// Right in text and in quoted attributes. What could end a line of markup early, or turn text around, is dropped.
    static func escaped(_ value: String) -> String {
        var out = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}": continue
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
