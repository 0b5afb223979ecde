/// How long a file, a function and a line may be.
enum LengthRules {
    static let fileLines = 500
    static let testFileLines = 700
    static let functionLines = 70
    static let columns = 120

    /// Functions that may be longer, as `path:name`, each with its reason.
    static let longFunctions: [String: String] = [:]

    static func longFiles(_ file: SourceFile) -> [Violation] {
        let cap = file.isTest ? testFileLines : fileLines
        let count = file.lines.count - (file.lines.last?.isEmpty == true ? 1 : 0)
        guard count > cap else { return [] }
        return [Violation(path: file.path, line: cap + 1, message: "\(count) lines; \(cap) are enough for one idea")]
    }

    static func longFunctions(_ file: SourceFile) -> [Violation] {
        file.functions.compactMap { function in
            guard function.length > functionLines, longFunctions["\(file.path):\(function.name)"] == nil else {
                return nil
            }
            let message = "`\(function.name)` has \(function.length) lines; split it at \(functionLines)"
            return Violation(path: file.path, line: function.line, message: message)
        }
    }

    static func longLines(_ file: SourceFile) -> [Violation] {
        file.lines.enumerated().compactMap { index, line in
            guard line.count > columns else { return nil }
            return Violation(path: file.path, line: index + 1, message: "\(line.count) columns; \(columns) fit")
        }
    }
}
