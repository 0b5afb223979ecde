/// A document of the repository, as far as rules look into it.
struct Markdown {
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    init(path: String) throws { self.init(path: path, text: try Repository.text(path)) }

    /// Words in backquotes in the first column of the tables under the heading whose text is `heading`.
    func firstColumn(under heading: String) -> [String] {
        section(heading).compactMap { line in
            line.firstMatch(of: #/^\|\s*`([^`]+)`/#).map { String($0.1) }
        }
    }

    /// Every word in backquotes under a heading.
    func quotedWords(under heading: String) -> Set<String> {
        Set(section(heading).flatMap { $0.matches(of: #/`([^`]+)`/#).map { String($0.1) } })
    }

    private func section(_ heading: String) -> [Substring] {
        guard let start = lines.firstIndex(where: { Self.title(of: $0) == heading }) else { return [] }
        let level = lines[start].prefix { $0 == "#" }.count
        return Array(
            lines[(start + 1)...].prefix { line in
                Self.title(of: line) == nil || line.prefix { $0 == "#" }.count > level
            })
    }

    private static func title(of line: Substring) -> String? {
        guard line.hasPrefix("#") else { return nil }
        return String(line.drop { $0 == "#" || $0 == " " })
    }

    /// Links to other files of the repository, relative to this file.
    var localLinks: [(line: Int, target: String)] {
        lines.enumerated().flatMap { index, line in
            line.matches(of: #/\]\(([^)\s]+)\)/#).compactMap { match in
                let target = match.1.prefix { $0 != "#" }
                return target.isEmpty || target.contains("://") ? nil : (index + 1, String(target))
            }
        }
    }
}
