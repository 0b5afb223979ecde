import Foundation

/// Checks a value against the part of JSON Schema that `docs/openapi.yaml` uses.
///
/// An unknown keyword is an error, so that a schema never says more than is checked.
struct SchemaValidator {
    /// The document that `$ref` points into.
    let document: JSON

    private static let annotations: Set<String> = [
        "description", "title", "example", "examples", "default", "deprecated", "readOnly", "writeOnly",
        "discriminator", "$comment",
        "contentMediaType", "contentEncoding",
    ]

    /// Every way in which the value breaks the schema, each with the place of the fault.
    func faults(of value: JSON, in schema: JSON, at place: String = "") -> [String] {
        if case .bool(let allowed) = schema { return allowed ? [] : ["\(place): not allowed"] }
        guard let keywords = schema.object else { return ["\(place): not a schema: \(schema.text)"] }
        return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument in
            check(keyword, argument, value, keywords, place)
        }
    }

    private func check(
        _ keyword: String, _ argument: JSON, _ value: JSON, _ schema: [String: JSON], _ place: String
    ) -> [String] {
        switch keyword {
        case "$ref": return reference(argument, value, place)
        case "type":
            let types = argument.array?.compactMap(\.string) ?? [argument.string ?? ""]
            return types.contains { isType($0, value) } ? [] : ["\(place): \(value.text.prefix(80)) is not \(types)"]
        case "enum":
            return (argument.array ?? []).contains(value) ? [] : ["\(place): \(value.text.prefix(80)) is not listed"]
        case "const": return argument == value ? [] : ["\(place): \(value.text.prefix(80)) is not \(argument.text)"]
        case "allOf": return (argument.array ?? []).flatMap { faults(of: value, in: $0, at: place) }
        case "anyOf", "oneOf": return choice(keyword, argument, value, place)
        case "not": return faults(of: value, in: argument).isEmpty ? ["\(place): matches what it must not"] : []
        case "properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames":
            return object(keyword, argument, value, schema, place)
        case "items", "minItems", "maxItems", "uniqueItems", "prefixItems":
            return array(keyword, argument, value, place)
        case "format", "pattern", "minLength", "maxLength": return string(keyword, argument, value, place)
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
            return number(keyword, argument, value, place)
        default:
            return Self.annotations.contains(keyword) || keyword.hasPrefix("x-")
                ? [] : ["\(place): unknown keyword \(keyword)"]
        }
    }

    /// The value that a local reference names.
    func resolve(_ reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(Optional(document)) { found, name in
            found?[String(name.replacing("~1", with: "/").replacing("~0", with: "~"))]
        }
    }

    /// Follows references until something else comes.
    func resolved(_ value: JSON) -> JSON {
        guard let reference = value["$ref"]?.string, let target = resolve(reference) else { return value }
        return resolved(target)
    }

    private func reference(_ argument: JSON, _ value: JSON, _ place: String) -> [String] {
        guard let name = argument.string, let target = resolve(name) else {
            return ["\(place): no such $ref \(argument.text)"]
        }
        return faults(of: value, in: target, at: place)
    }

    private func isType(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }

    private func choice(_ keyword: String, _ argument: JSON, _ value: JSON, _ place: String) -> [String] {
        let results = (argument.array ?? []).map { faults(of: value, in: $0, at: place) }
        let matches = results.count(where: \.isEmpty)
        if matches == 1 || (keyword == "anyOf" && matches > 1) { return [] }
        return ["\(place): \(matches) of \(keyword) match: \(results.map { $0.first ?? "ok" })"]
    }

    private func object(
        _ keyword: String, _ argument: JSON, _ value: JSON, _ schema: [String: JSON], _ place: String
    ) -> [String] {
        guard let members = value.object else { return [] }
        switch keyword {
        case "properties":
            return (argument.object ?? [:]).flatMap { name, schema in
                members[name].map { faults(of: $0, in: schema, at: "\(place)/\(name)") } ?? []
            }
        case "required":
            return (argument.array ?? []).compactMap(\.string).filter { members[$0] == nil }.map {
                "\(place): no \($0)"
            }
        case "additionalProperties":
            let known = Set((schema["properties"]?.object ?? [:]).keys)
            return members.filter { !known.contains($0.key) }.flatMap {
                faults(of: $1, in: argument, at: "\(place)/\($0)")
            }
        case "propertyNames":
            return members.keys.flatMap { faults(of: .string($0), in: argument, at: "\(place)/\($0)") }
        case "minProperties": return members.count >= argument.int ?? 0 ? [] : ["\(place): too few members"]
        default: return members.count <= argument.int ?? .max ? [] : ["\(place): too many members"]
        }
    }

    private func array(_ keyword: String, _ argument: JSON, _ value: JSON, _ place: String) -> [String] {
        guard let list = value.array else { return [] }
        switch keyword {
        case "items": return list.enumerated().flatMap { faults(of: $1, in: argument, at: "\(place)/\($0)") }
        case "prefixItems":
            return zip(list, argument.array ?? []).enumerated().flatMap {
                faults(of: $1.0, in: $1.1, at: "\(place)/\($0)")
            }
        case "minItems": return list.count >= argument.int ?? 0 ? [] : ["\(place): too few items"]
        case "maxItems": return list.count <= argument.int ?? .max ? [] : ["\(place): too many items"]
        default: return argument.bool != true || Set(list).count == list.count ? [] : ["\(place): items repeat"]
        }
    }

    private func string(_ keyword: String, _ argument: JSON, _ value: JSON, _ place: String) -> [String] {
        guard let text = value.string else { return [] }
        let fits: Bool
        switch keyword {
        case "minLength": fits = text.unicodeScalars.count >= argument.int ?? 0
        case "maxLength": fits = text.unicodeScalars.count <= argument.int ?? .max
        case "pattern": fits = (try? Regex(argument.string ?? "")).map { text.contains($0) } ?? false
        default: fits = argument.string != "date-time" || Instant(text) != nil
        }
        return fits ? [] : ["\(place): \(text.prefix(80)) breaks \(keyword) \(argument.text)"]
    }

    private func number(_ keyword: String, _ argument: JSON, _ value: JSON, _ place: String) -> [String] {
        guard let number = value.number, let bound = argument.number else { return [] }
        let fits =
            switch keyword {
            case "minimum": number >= bound
            case "maximum": number <= bound
            case "exclusiveMinimum": number > bound
            case "exclusiveMaximum": number < bound
            default: (number / bound).rounded() == number / bound
            }
        return fits ? [] : ["\(place): \(number) breaks \(keyword) \(bound)"]
    }
}
