import WaybillCore

/// The texts of the tracking page in one of its languages.
package struct TrackingText: Sendable {
    package static let languages = ["de", "en", "fr", "nl", "pl"]

    package let language: String
    private let texts: [String: String]

    /// - Parameters:
    ///   - chosen: by the reader, in the address.
    ///   - accepted: the browser's `Accept-Language`.
    package init(chosen: String?, accepted: String?) {
        let wanted = [chosen].compactMap { $0 } + Self.preferences(accepted ?? "")
        language = wanted.first { Self.languages.contains($0) } ?? "en"
        texts = TextFile.all[language] ?? [:]
    }

    /// The text of `key` with `{name}` replaced; the key itself where there is none, which a test would find.
    func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
        var text = texts[key] ?? key
        for (name, value) in values { text = text.replacing("{\(name)}", with: value) }
        return text
    }

    /// Nil for a code that the customer is not told in words.
    func ifKnown(_ key: String) -> String? { texts[key].flatMap { $0.isEmpty ? nil : $0 } }

    package func list(_ key: String) -> [String] { self(key).split(separator: ",").map(String.init) }

    package var keys: Set<String> { Set(texts.keys) }

    /// Languages of `Accept-Language`, the preferred first, without regions.
    static func preferences(_ field: String) -> [String] {
        let ranges = field.split(separator: ",").map { part -> (language: String, weight: Double) in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " } }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (String((pieces.first ?? "").prefix { $0 != "-" }).lowercased(), weight)
        }
        return ranges.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .filter { $0.element.weight > 0 }.map(\.element.language)
    }
}

/// `tracking-texts.json`: by language and key.
private enum TextFile {
    static let all: [String: [String: String]] = read(PackageResources.tracking_texts_json)

    private static func read(_ bytes: [UInt8]) -> [String: [String: String]] {
        var languages: [String: [String: String]] = [:]
        let isRead = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                try reader.beginObject()
                while let language = try reader.nextKey() {
                    var texts: [String: String] = [:]
                    try reader.beginObject()
                    while let key = try reader.nextKey() { texts[key.text] = try reader.readString() }
                    languages[language.text] = texts
                }
                return true
            } catch {
                return false
            }
        }
        precondition(isRead, "tracking-texts.json is an object of objects of strings")
        return languages
    }
}
