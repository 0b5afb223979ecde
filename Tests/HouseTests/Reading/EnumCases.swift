extension SourceFile {
    /// The raw values of `enum name: String` in this file, or nil when it declares none of that name.
    ///
    /// For types this test target cannot import. Reads `case a, b` and `case a = "text"`.
    func rawValues(ofEnum name: String) -> [String]? {
        guard let first = codeLines.firstIndex(where: { $0.contains("enum \(name)") && $0.contains("String") }) else {
            return nil
        }
        var values: [String] = []
        var depth = 0
        for (code, line) in zip(codeLines[first...], lines[first...]) {
            if depth == 1, code.contains(#/^\s*case\s/#) { values += Self.values(ofCases: line) }
            depth += code.count { $0 == "{" } - code.count { $0 == "}" }
            if depth == 0, code.contains("}") { break }
        }
        return values
    }

    private static func values(ofCases line: Substring) -> [String] {
        guard let word = line.firstRange(of: "case ") else { return [] }
        return line[word.upperBound...].prefix { $0 != "/" }.split(separator: ",").compactMap { declared in
            if let quoted = declared.firstMatch(of: #/"([^"]*)"/#) { return String(quoted.1) }
            return declared.split(whereSeparator: { " `".contains($0) }).first.map(String.init)
        }
    }
}
