import Mustache
import WaybillCore
import WaybillEngine

/// Mustache without what runs or reaches out: no lambdas, includes, unescaped values or changed delimiters.
///
/// A value in HTML is escaped; in plain text it is what it is. A merchant's own template comes first, then the shipped
/// one, each in the language asked for, then in its main language, then in English.
package struct MustacheRenderer: Renderer {
    private let shipped: [String: [String: TemplateText]]

    package init() {
        var shipped: [String: [String: TemplateText]] = [:]
        for language in ShippedLanguage.all {
            for name in language.occasions.keys { shipped[language.code, default: [:]][name] = language.text(name) }
        }
        self.shipped = shipped
    }

    /// BCP 47 codes of the shipped languages.
    package static let languages = ShippedLanguage.all.map(\.code)

    package func render(_ request: RenderRequest) throws(TemplateFault) -> RenderedMessage {
        let (text, language) = try template(request)
        let values = TemplateValues.values(request)
        let isShort = request.channel == .sms || request.channel == .push || request.channel == .chat
        let body = try Self.render(isShort ? text.short : text.text, values, asHTML: false)
        let subject = try Self.render(text.subject, values, asHTML: false)
        let html =
            request.channel == .email
            ? try text.html.map { source throws(TemplateFault) in
                try Self.render(source, values, asHTML: true)
            } : nil
        return RenderedMessage(
            subject: subject.split(whereSeparator: \.isNewline).joined(separator: " "), text: body, html: html,
            language: language)
    }

    private func template(_ request: RenderRequest) throws(TemplateFault) -> (TemplateText, String) {
        for language in Self.fallbacks(request.language) {
            let id = "\(request.template).\(language)"
            if let own = request.own.first(where: { $0.id == id }), let text = OwnTemplate.read(own.data) {
                return (text, language)
            }
            if let text = shipped[language]?[request.template] { return (text, language) }
        }
        throw TemplateFault("there is no template \(request.template)")
    }

    /// `pt-BR`, `pt`, `en`.
    static func fallbacks(_ language: String?) -> [String] {
        let whole = language?.lowercased() ?? "en"
        let main = String(whole.prefix { $0 != "-" && $0 != "_" })
        var seen: Set<String> = []
        return [whole, main, "en"].filter { seen.insert($0).inserted }
    }

    private static func render(
        _ source: String, _ values: [String: Any], asHTML: Bool
    ) throws(TemplateFault) -> String {
        let template: MustacheTemplate
        do {
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + source)
        } catch { throw TemplateFault("the template cannot be read: \(error)") }
        let text = template.render(asHTML ? values.mapValues(Self.escaped) : values)
        guard text.utf8.count <= Limits.renderedBytes else { throw TemplateFault("the message is too long") }
        return text
    }

    /// Scalar by scalar: the library escapes by characters, and a mark that combines with a quote would hide it.
    private static func escaped(_ value: Any) -> Any {
        guard let text = value as? String else { return value }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    package func fault(inTemplate data: JSONFragment) -> TemplateFault? {
        guard let text = OwnTemplate.read(data) else {
            return TemplateFault("needs subject, text and short, and may have html; each a string")
        }
        for source in [text.subject, text.text, text.short, text.html ?? ""] {
            if let fault = OwnTemplate.fault(in: source) { return fault }
            do throws(TemplateFault) { _ = try Self.render(source, [:], asHTML: true) } catch { return error }
        }
        return nil
    }
}
