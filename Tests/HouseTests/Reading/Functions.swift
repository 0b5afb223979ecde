/// A function, initialiser, subscript or computed property, found by matching braces.
struct FunctionBody: Hashable {
    let name: String
    /// Line of its first word, from 1.
    let line: Int
    /// From its first word to its closing brace.
    let length: Int
}

extension SourceFile {
    /// Every body in this file. A heuristic: it reads braces, not grammar.
    var functions: [FunctionBody] {
        var found: [FunctionBody] = []
        var line = 1
        var word = ""
        for (index, byte) in code.enumerated() {
            if byte.isWord {
                word.unicodeScalars.append(Unicode.Scalar(byte))
                continue
            }
            let start = index - word.utf8.count
            let isMember = start > 0 && code[start - 1] == UInt8(ascii: ".")
            if let introducer = Introducer(rawValue: word), !isMember, let body = body(after: index, of: introducer) {
                found.append(
                    FunctionBody(name: body.name, line: line, length: lineBreaks(from: index, to: body.end) + 1))
            }
            word = ""
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
        return found
    }

    private enum Introducer: String {
        case function = "func"
        case initialiser = "init"
        case subscriptMember = "subscript"
        case property = "var"
    }

    private func lineBreaks(from start: Int, to end: Int) -> Int {
        code[start..<end].count { $0 == UInt8(ascii: "\n") }
    }

    private func body(after start: Int, of introducer: Introducer) -> (name: String, end: Int)? {
        let rest = code[start...].drop { $0 == UInt8(ascii: " ") }
        let declared = String(decoding: rest.prefix { $0.isWord }, as: UTF8.self)
        let isNamed = introducer == .function || introducer == .property
        guard let open = openingBrace(after: start, stopsAtEquals: introducer == .property) else { return nil }
        var depth = 0
        for index in open..<code.count {
            if code[index] == UInt8(ascii: "{") { depth += 1 }
            if code[index] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return (isNamed && !declared.isEmpty ? declared : introducer.rawValue, index) }
            }
        }
        return nil
    }

    /// The brace that opens the body of a declaration, or nil when it has none (a requirement, a stored property).
    private func openingBrace(after start: Int, stopsAtEquals: Bool) -> Int? {
        var depth = 0
        var index = start
        while index < code.count {
            switch code[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return index
            case UInt8(ascii: "}") where depth == 0: return nil
            case UInt8(ascii: ";") where depth == 0: return nil
            case UInt8(ascii: "=") where depth == 0 && stopsAtEquals: return nil
            case UInt8(ascii: "\n") where depth == 0 && !signatureGoesOn(after: index): return nil
            default: break
            }
            if depth < 0 { return nil }
            index += 1
        }
        return nil
    }

    private func signatureGoesOn(after lineBreak: Int) -> Bool {
        let next = code[lineBreak...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        let text = String(decoding: next.prefix(6), as: UTF8.self)
        return ["{", "->", "where ", "throws", "async ", "("].contains { text.hasPrefix($0) }
    }
}

extension UInt8 {
    fileprivate var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
