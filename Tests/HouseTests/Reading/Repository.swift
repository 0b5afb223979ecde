import Foundation

/// The checked-out repository this test was built from.
enum Repository {
    /// Found from this file's own path, so that the tests run from any working directory.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    static func text(_ path: String) throws -> String {
        guard exists(path) else { throw Missing(path: path) }
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Paths below `folder` that end in one of `suffixes`, in order. Hidden folders and build products are left out.
    static func paths(under folder: String, suffixes: [String]) -> [String] {
        let start = folder.isEmpty ? root : root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
        var found: [String] = []
        while let path = walk.nextObject() as? String {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if [".git", ".build", ".venv", "build", "data", "dist", "node_modules"].contains(name) {
                walk.skipDescendants()
            } else if suffixes.contains(where: name.hasSuffix) {
                found.append(folder.isEmpty ? path : folder + "/" + path)
            }
        }
        return found.sorted()
    }

    /// Every Swift file of the product and its tests.
    static func swiftFiles() throws -> [SourceFile] {
        try ["Sources", "Tests", "Benchmarks"]
            .flatMap { paths(under: $0, suffixes: [".swift"]) }
            .map { SourceFile(path: $0, text: try text($0)) }
    }

    /// A file that a rule needs and that is not there: said plainly instead of passing quietly.
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) is missing: this rule has nothing to check" }
    }
}
