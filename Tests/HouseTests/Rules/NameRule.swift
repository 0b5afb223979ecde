/// Names that say nothing about what a file is for.
enum NameRule {
    static let empty = ["Utils", "Utilities", "Helpers", "Helper", "Common", "Manager", "Misc", "V2"]

    static func violations(_ file: SourceFile) -> [Violation] {
        let stem = file.name.split(separator: ".")[0]
        return empty.compactMap { word in
            guard stem.hasSuffix(word) else { return nil }
            return Violation(path: file.path, line: 1, message: "\(word): name the file after the one thing in it")
        }
    }
}
