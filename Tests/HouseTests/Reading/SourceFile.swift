/// A Swift file as written, and with its comments and string texts blanked out, so that rules see code only.
struct SourceFile {
    /// Relative to the repository's root.
    let path: String
    let text: String
    let lines: [Substring]
    /// Same lines and columns as `lines`.
    let codeLines: [Substring]
    let code: [UInt8]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = CodeOnly.bytes(of: text)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        codeLines = String(decoding: code, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The target a file belongs to: `Sources/HTTPAPI/...` is of `HTTPAPI`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : nil
    }

    var isSource: Bool { path.hasPrefix("Sources/") }
    var isTest: Bool { path.hasPrefix("Tests/") }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// What a rule found, and what to do about it.
struct Violation: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// Blanks comments and string texts with spaces; code inside `\( )` stays, and so do line breaks.
struct CodeOnly {
    private var bytes: [UInt8]
    private var position = 0

    static func bytes(of text: String) -> [UInt8] {
        var blanking = CodeOnly(bytes: Array(text.utf8))
        blanking.code(untilParenthesis: false)
        return blanking.bytes
    }

    private func at(_ offset: Int) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    private func sees(_ text: StaticString) -> Bool {
        (0..<text.utf8CodeUnitCount).allSatisfy { at($0) == text.utf8Start[$0] }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
            position += 1
        }
    }

    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            if sees("//") {
                while position < bytes.count, at(0) != UInt8(ascii: "\n") { blank() }
            } else if sees("/*") {
                comment()
            } else if let hashes = quoteAhead() {
                string(hashes: hashes)
            } else {
                if at(0) == UInt8(ascii: "(") { depth += 1 }
                if at(0) == UInt8(ascii: ")") {
                    if untilParenthesis, depth == 0 { return }
                    depth -= 1
                }
                position += 1
            }
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < bytes.count
    }

    /// The number of `#` before a string or regular expression that begins here, or nil when none does.
    private func quoteAhead() -> Int? {
        var hashes = 0
        while at(hashes) == UInt8(ascii: "#") { hashes += 1 }
        let opening = at(hashes)
        return opening == UInt8(ascii: "\"") || (hashes > 0 && opening == UInt8(ascii: "/")) ? hashes : nil
    }

    private mutating func string(hashes: Int) {
        blank(hashes)
        let quote = at(0)
        let isLong = quote == UInt8(ascii: "\"") && sees("\"\"\"")
        let length = isLong ? 3 : 1
        blank(length)
        while position < bytes.count {
            if closes(quote: quote, length: length, hashes: hashes) { return blank(length + hashes) }
            if at(0) == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ at(1 + $0) == UInt8(ascii: "#") }) {
                let isInterpolation = at(1 + hashes) == UInt8(ascii: "(") && quote == UInt8(ascii: "\"")
                blank(2 + hashes)
                if isInterpolation {
                    code(untilParenthesis: true)
                    blank()
                }
            } else if at(0) == UInt8(ascii: "\n"), !isLong, hashes == 0 {
                return
            } else {
                blank()
            }
        }
    }

    private func closes(quote: UInt8, length: Int, hashes: Int) -> Bool {
        (0..<length).allSatisfy { at($0) == quote } && (0..<hashes).allSatisfy { at(length + $0) == UInt8(ascii: "#") }
    }
}
