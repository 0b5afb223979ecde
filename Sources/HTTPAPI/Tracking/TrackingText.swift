import WaybillCore

/// The texts of the tracking page in one of its languages.
struct TrackingText: Sendable {
    static let languages = ["de", "en", "fr", "nl", "pl"]

    let language: String
    private let texts: [String: String]

    private static let all: [String: [String: String]] = read(PackageResources.tracking_texts_json)

    /// - Parameters:
    ///   - chosen: by the reader, in the address.
    ///   - accepted: the browser's `Accept-Language`.
    init(chosen: String?, accepted: String?) {
        let wanted = [chosen].compactMap { $0 } + Self.preferences(accepted ?? "")
        language = wanted.first { Self.languages.contains($0) } ?? "en"
        texts = Self.all[language] ?? [:]
    }

    /// The text of `key` with `{name}` replaced; the key itself where there is none, which a test would find.
    func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
        var text = texts[key] ?? key
        for (name, value) in values { text = text.replacing("{\(name)}", with: value) }
        return text
    }

    /// Nil for a code that the customer is not told in words.
    func ifKnown(_ key: String) -> String? { texts[key].flatMap { $0.isEmpty ? nil : $0 } }

    func list(_ key: String) -> [String] { self(key).split(separator: ",").map(String.init) }

    var keys: Set<String> { Set(texts.keys) }

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

    private static func read(_ bytes: [UInt8]) -> [String: [String: String]] {
        bytes.withUnsafeBufferPointer { buffer in
            var languages: [String: [String: String]] = [:]
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                try reader.beginObject()
                while let language = try reader.nextKey() {
                    var texts: [String: String] = [:]
                    try reader.beginObject()
                    while let key = try reader.nextKey() { texts[key.text] = try reader.readString() }
                    languages[language.text] = texts
                }
            } catch {
                preconditionFailure("tracking-texts.json is not an object of objects of strings")
            }
            return languages
        }
    }
}
