import Yams

/// The API's description as plain values.
struct OpenAPIDocument {
    static let path = "Sources/HTTPAPI/Resources/openapi.yaml"

    let root: [String: Any]

    init(yaml: String) throws {
        guard let root = try Yams.load(yaml: yaml) as? [String: Any] else { throw NotAnObject() }
        self.root = root
    }

    init() throws { try self.init(yaml: Repository.text(Self.path)) }

    struct NotAnObject: Error {}

    struct Operation {
        let method: String
        let path: String
        let members: [String: Any]
        let isOpen: Bool

        var name: String { "\(method.uppercased()) \(path)" }
        var id: String? { members["operationId"] as? String }
        var responses: [String: Any] { members["responses"] as? [String: Any] ?? [:] }
        var isChange: Bool { method != "get" }
    }

    var operations: [Operation] {
        let methods = ["get", "put", "post", "delete", "patch"]
        let paths = root["paths"] as? [String: Any] ?? [:]
        return paths.sorted { $0.key < $1.key }.flatMap { path, item -> [Operation] in
            let item = item as? [String: Any] ?? [:]
            return methods.compactMap { method in
                guard let members = item[method] as? [String: Any] else { return nil }
                let isOpen = (members["security"] as? [Any])?.isEmpty == true
                return Operation(method: method, path: path, members: members, isOpen: isOpen)
            }
        }
    }

    /// Follows `#/a/b/c`; nil when it leads nowhere.
    func resolve(_ reference: String) -> Any? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: Any? = root
        for part in reference.dropFirst(2).split(separator: "/") {
            let key = part.replacing("~1", with: "/").replacing("~0", with: "~")
            value = (value as? [String: Any])?[String(key)]
        }
        return value
    }

    /// What stands in place of a `$ref`, or the value itself.
    func following(_ value: Any?) -> [String: Any] {
        let members = value as? [String: Any] ?? [:]
        guard let reference = members["$ref"] as? String else { return members }
        return resolve(reference) as? [String: Any] ?? [:]
    }

    var references: [String] { Self.references(in: root) }

    private static func references(in value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(references) }
        guard let members = value as? [String: Any] else { return [] }
        let own = (members["$ref"] as? String).map { [$0] } ?? []
        return own + members.values.flatMap(references)
    }

    /// The `enum` at a reference such as `#/components/schemas/Status`.
    func values(at reference: String) -> [String] {
        (resolve(reference) as? [String: Any])?["enum"] as? [String] ?? []
    }
}
