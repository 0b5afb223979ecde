import Foundation
import Yams

/// The API as `docs/openapi.yaml` describes it.
struct OpenAPIDocument {
    struct Operation: Hashable, CustomStringConvertible {
        let method: String
        let template: String
        var description: String { "\(method) \(template)" }
    }

    let validator: SchemaValidator
    private let paths: [String: JSON]
    private static let methods: Set<String> = ["get", "post", "put", "patch", "delete"]

    init(yaml text: String) throws {
        let document = JSON(any: try Yams.load(yaml: text) ?? [:])
        validator = SchemaValidator(document: document)
        paths = document["paths"]?.object ?? [:]
    }

    var operations: Set<Operation> {
        Set(
            paths.flatMap { template, item in
                (item.object ?? [:]).keys.filter(Self.methods.contains).map {
                    Operation(method: $0.uppercased(), template: template)
                }
            })
    }

    /// The operation that a path belongs to; a template without parameters goes before one with.
    func operation(_ method: String, _ path: String) -> Operation? {
        let segments = Self.segments(String(path.prefix { $0 != "?" }))
        let candidates = paths.keys.filter { template in
            let parts = Self.segments(template)
            return parts.count == segments.count && zip(parts, segments).allSatisfy { Self.matches($0, $1) }
        }
        let best = candidates.min { $0.count(where: { $0 == "{" }) < $1.count(where: { $0 == "{" }) }
        guard let best, paths[best]?[method.lowercased()] != nil else { return nil }
        return Operation(method: method.uppercased(), template: best)
    }

    /// Every way in which an answer is not what the document says of the operation.
    func faults(of response: Response, to operation: Operation) -> [String] {
        let responses = paths[operation.template]?[operation.method.lowercased()]?["responses"]
        guard let declared = responses?["\(response.status)"] ?? responses?["default"] else {
            return ["\(operation): status \(response.status) is not declared: \(response.text.prefix(200))"]
        }
        let described = validator.resolved(declared)
        let missing = (described["headers"]?.object ?? [:]).compactMap { name, header in
            validator.resolved(header)["required"]?.bool == true && response[name] == nil
                ? "\(operation): no header \(name)" : nil
        }
        guard let content = described["content"]?.object, !content.isEmpty else {
            return missing + (response.body.isEmpty ? [] : ["\(operation): a body where none is declared"])
        }
        guard let type = response.mediaType, let media = content[type] else {
            return missing + [
                "\(operation): \(response["content-type"] ?? "no content type") is not among \(content.keys.sorted())"
            ]
        }
        guard type.hasSuffix("json"), let schema = media["schema"] else { return missing }
        guard let json = response.json else { return missing + ["\(operation): the body is not JSON"] }
        return missing + validator.faults(of: json, in: schema).map { "\(operation) \(response.status) \($0)" }
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// `{id}` stands for any segment, `{token}.json` for any with that end.
    private static func matches(_ part: Substring, _ segment: Substring) -> Bool {
        guard let open = part.firstIndex(of: "{"), let close = part.lastIndex(of: "}") else { return part == segment }
        let end = part[part.index(after: close)...]
        return segment.hasPrefix(part[..<open]) && segment.hasSuffix(end) && segment.count > end.count
    }
}
