import NIOCore

/// The built dashboard, held in memory: one page, and assets whose names carry a hash of their content.
package struct DashboardFiles: Sendable {
    struct File: Sendable {
        var type: String
        var bytes: ByteBuffer
        /// Compressed copies by content coding, where the build made some.
        var encodings: [String: ByteBuffer]
    }

    let page: ByteBuffer
    let licences: ByteBuffer
    private let assets: [String: File]
    /// The script of the tracking page, as a path; nil where the build has none.
    let trackingScript: String?
    /// Outlines of countries for the map of the tracking page.
    let outlines: TrackingOutlines?

    /// - Parameter files: by path below the directory; `assets/` and `index.html` as `make web` builds them.
    /// - Returns: nil when there is no page among them.
    package init?(_ files: [String: [UInt8]]) {
        guard let page = files["index.html"] else { return nil }
        self.page = ByteBuffer(bytes: page)
        licences = ByteBuffer(bytes: files["LICENSES.txt"] ?? [])
        var assets: [String: File] = [:]
        for (path, bytes) in files where path.hasPrefix("assets/") && !path.hasSuffix(".gz") && !path.hasSuffix(".br") {
            let codings = [("br", ".br"), ("gzip", ".gz")].compactMap { coding, suffix in
                files[path + suffix].map { (coding, ByteBuffer(bytes: $0)) }
            }
            assets[String(path.dropFirst(7))] = File(
                type: Self.type(of: path), bytes: ByteBuffer(bytes: bytes),
                encodings: Dictionary(uniqueKeysWithValues: codings))
        }
        self.assets = assets
        let script = assets.keys.first { $0.hasPrefix("tracking-") && $0.hasSuffix(".js") }
        trackingScript = script.map { "/assets/\($0)" }
        outlines = files["tracking-map.json"].flatMap(TrackingOutlines.init)
    }

    func asset(_ name: String) -> File? { assets[name] }

    private static func type(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }
}
