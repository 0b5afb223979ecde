/// What a description must have to be worth reading.
enum OpenAPIRules {
    static func violations(_ document: OpenAPIDocument) -> [String] {
        brokenReferences(document) + unusedComponents(document) + operationIDs(document)
            + document.operations.flatMap { answers($0, of: document) + bodies($0, of: document) }
    }

    private static func brokenReferences(_ document: OpenAPIDocument) -> [String] {
        Set(document.references).filter { document.resolve($0) == nil }.sorted().map { "\($0) leads nowhere" }
    }

    private static func unusedComponents(_ document: OpenAPIDocument) -> [String] {
        let used = Set(document.references)
        let components = document.root["components"] as? [String: Any] ?? [:]
        return components.filter { $0.key != "securitySchemes" }.flatMap { kind, members in
            (members as? [String: Any] ?? [:]).keys.map { "#/components/\(kind)/\($0)" }
        }.filter { !used.contains($0) }.sorted().map { "\($0) is not used" }
    }

    private static func operationIDs(_ document: OpenAPIDocument) -> [String] {
        var seen: Set<String> = []
        return document.operations.compactMap { operation in
            guard let id = operation.id else { return "\(operation.name) has no operationId" }
            return seen.insert(id).inserted ? nil : "operationId \(id) is there twice"
        }
    }

    /// Every error answer is a problem, or a page where people are answered, and the ones every call can give are
    /// listed.
    private static func answers(_ operation: OpenAPIDocument.Operation, of document: OpenAPIDocument) -> [String] {
        var expected = operation.isOpen ? ["403", "500"] : ["400", "401", "403", "500", "503"]
        if operation.isChange { expected += ["413", "415"] }
        if operation.path.contains("{") { expected.append("404") }
        let missing = expected.filter { operation.responses[$0] == nil }.map { "\(operation.name) lists no \($0)" }
        let unlike = operation.responses.keys.sorted().filter { $0 >= "400" }.compactMap { status -> String? in
            let answer = document.following(operation.responses[status])
            let content = answer["content"] as? [String: Any] ?? [:]
            if content["text/html"] != nil { return nil }
            let body = content["application/problem+json"] as? [String: Any] ?? [:]
            let schema = body["schema"] as? [String: Any]
            if schema?["$ref"] as? String == "#/components/schemas/Problem" { return nil }
            return "\(operation.name) answers \(status) with something that is no Problem"
        }
        return missing + unlike
    }

    private static func bodies(_ operation: OpenAPIDocument.Operation, of document: OpenAPIDocument) -> [String] {
        guard operation.isChange, operation.members["requestBody"] == nil else { return [] }
        return ["\(operation.name) has no requestBody, so no content type guards it"]
    }
}
