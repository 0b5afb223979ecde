import WaybillCore

/// The opaque cursor of a page: base64url of a scope, which names list, filter and sort, and the marks of the last row.
///
/// A cursor of another list, filter or sort is noticed and refused.
struct PageCursor {
    private let scope: UInt64

    /// - Parameter scope: everything that must stay the same from page to page.
    init(scope: String) { self.scope = StableHash.fnv1a(scope.utf8) }

    func encode(_ marks: [String]) -> String {
        Base64URL.encode(Array(([String(scope, radix: 36)] + marks).joined(separator: "\u{1F}").utf8))
    }

    /// The marks, or nil without a cursor.
    func decode(_ text: String?, count: Int) throws(APIProblem) -> [String]? {
        guard let text else { return nil }
        guard let bytes = Base64URL.decode(text), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .validation("This is not a cursor of this list.", parameter: "cursor")
        }
        let parts = decoded.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == count + 1, parts[0] == String(scope, radix: 36) else {
            throw .validation("The cursor belongs to another list, filter or sort.", parameter: "cursor")
        }
        return Array(parts.dropFirst())
    }
}
