import WaybillCore
import WaybillEngine

/// A template that a merchant has written: `{"subject", "text", "short", "html"}`.
enum OwnTemplate {
    static func read(_ data: JSONFragment) -> TemplateText? {
        var fields: [String: String] = [:]
        var text = data.text
        let isRead = text.withUTF8 { bytes -> Bool in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() { fields[key.text] = try reader.readString() }
                return true
            } catch { return false }
        }
        guard isRead, let subject = fields["subject"], let body = fields["text"] else { return nil }
        return TemplateText(subject: subject, text: body, html: fields["html"], short: fields["short"] ?? body)
    }

    /// Tags that only the platform may use: unescaped values, includes, inheritance, pragmas, other delimiters.
    private static let closed: Set<Character> = ["{", "&", ">", "<", "$", "=", "%", "*"]

    static func fault(in source: String) -> TemplateFault? {
        guard source.utf8.count <= Limits.templateBytes else {
            return TemplateFault("a template may have \(Limits.templateBytes) bytes at most")
        }
        var depth = 0
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            rest = rest[open.upperBound...].drop(while: \.isWhitespace)
            guard let mark = rest.first else { return TemplateFault("a tag is not closed") }
            if closed.contains(mark) { return TemplateFault("tags that begin with {{\(mark) are not available") }
            if mark == "#" || mark == "^" { depth += 1 }
            if depth > 32 { return TemplateFault("sections are nested too deep") }
            if mark == "/" { depth -= 1 }
        }
        return nil
    }
}
