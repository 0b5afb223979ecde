import Foundation

/// Documents that must agree with the code and with each other.
enum DocumentRules {
    static let architectureLines = 300

    /// What one side names and the other does not, in words.
    static func difference(
        _ mine: some Sequence<String>, _ here: String, _ theirs: some Sequence<String>, _ there: String
    ) -> [String] {
        let mine = Set(mine)
        let theirs = Set(theirs)
        return mine.subtracting(theirs).sorted().map { "`\($0)` is in \(here), not in \(there)" }
            + theirs.subtracting(mine).sorted().map { "`\($0)` is in \(there), not in \(here)" }
    }

    static func brokenLinks(_ document: Markdown, exists: (String) -> Bool) -> [Violation] {
        let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
        return document.localLinks.compactMap { line, target in
            let path = URL(fileURLWithPath: "/" + folder).appendingPathComponent(target).standardizedFileURL.path
            if exists(String(path.dropFirst())) { return nil }
            return Violation(path: document.path, line: line, message: "\(target) is not there")
        }
    }

    /// Paths outside the repository that a text must not lean on: they are not there on a reader's machine.
    static func outsidePaths(path: String, text: String) -> [Violation] {
        let outside = ["/wo" + "rk/", "../sha" + "red", "/ro" + "ot/"]
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            outside.filter(line.contains).map {
                Violation(path: path, line: index + 1, message: "\($0) is outside the repository")
            }
        }
    }
}
