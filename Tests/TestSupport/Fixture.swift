import Foundation

/// A file of `Tests/Fixtures`, found from this file's own path so that tests run from any directory.
package enum Fixture {
    package static let folder = repository.appendingPathComponent("Tests/Fixtures")
    package static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static func data(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    package static func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }
}
