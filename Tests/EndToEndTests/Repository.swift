import Foundation

/// Where things are in the repository.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let fixtures = root.appending(path: "Tests/Fixtures")
    static let openAPI = root.appending(path: "docs/openapi.yaml")

    /// The program under test: the release build, or what `WAYBILL_BINARY` names.
    static var binary: String {
        Scale.environment["WAYBILL_BINARY"] ?? root.appending(path: ".build/release/waybill").path
    }

    /// The real shipments: the part that is kept here, or the whole set where `WAYBILL_REPLAY_DIR` names it.
    static var replay: URL {
        guard let directory = Scale.environment["WAYBILL_REPLAY_DIR"] else { return fixtures }
        return URL(filePath: directory)
    }
}
