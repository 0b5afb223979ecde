/// Which modules each target may import. Arrows point down, adapters never import one another, the core imports
/// nothing.
enum ImportRule {
    /// The program may import every target below it; an adapter none of its kind.
    static let adapters: Set<String> = [
        "EmbeddedStorage", "HTTPAPI", "KafkaLog", "PostgresStore", "Senders", "Simulation",
    ]

    /// A new line here is a new arrow between parts: the change that deserves the most thought in a review.
    static let allowed: [String: Set<String>] = [
        "WaybillCore": ["Collections", "DequeModule", "HeapModule", "OrderedCollections"],
        "WaybillEngine": [
            "AsyncAlgorithms", "Collections", "Crypto", "DequeModule", "HeapModule", "OrderedCollections",
            "ServiceLifecycle", "Synchronization", "WaybillCore",
        ],
        "HTTPAPI": [
            "AsyncAlgorithms", "Crypto", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore",
            "NIOHTTP1", "NIOHTTPTypes", "NIOPosix", "ServiceLifecycle", "Synchronization", "WaybillCore",
            "WaybillEngine",
        ],
        "EmbeddedStorage": [
            "Dispatch", "Foundation", "GRDB", "GRDBSQLite", "Glibc", "ServiceLifecycle", "Synchronization",
            "WaybillCore", "WaybillEngine",
        ],
        "KafkaLog": [
            "CLibrdkafka", "Dispatch", "Foundation", "Glibc", "Synchronization", "WaybillCore", "WaybillEngine",
        ],
        "PostgresStore": [
            "CLibpq", "Dispatch", "Foundation", "Glibc", "Synchronization", "WaybillCore", "WaybillEngine",
        ],
        "Senders": [
            "AsyncHTTPClient", "CLibcurl", "Crypto", "Dispatch", "Foundation", "Glibc", "Mustache", "NIOCore",
            "NIOHTTP1", "NIOSSL", "Synchronization", "WaybillCore", "WaybillEngine",
        ],
        "Simulation": ["Synchronization", "WaybillCore", "WaybillEngine"],
        "waybill": [
            "ArgumentParser", "AsyncAlgorithms", "AsyncHTTPClient", "Configuration", "Dispatch", "EmbeddedStorage",
            "Foundation", "Glibc", "HTTPAPI", "KafkaLog", "Logging", "NIOCore", "PostgresStore", "Senders",
            "ServiceLifecycle", "Simulation", "Synchronization", "UnixSignals", "WaybillCore", "WaybillEngine",
        ],
    ]

    static func violations(_ file: SourceFile) -> [Violation] {
        guard file.isSource, let target = file.target else { return [] }
        return file.imports.compactMap { line, module in
            guard let permitted = allowed[target] else {
                return Violation(path: file.path, line: line, message: "target \(target) has no list of imports")
            }
            if permitted.contains(module) { return nil }
            let message =
                adapters.contains(target) && adapters.contains(module)
                ? "adapters never import each other: \(target) must not know \(module)"
                : "\(target) may not import \(module) (ImportRule.allowed)"
            return Violation(path: file.path, line: line, message: message)
        }
    }
}

extension SourceFile {
    /// The modules this file imports, with their lines.
    var imports: [(line: Int, module: String)] {
        codeLines.enumerated().compactMap { index, line in
            guard let match = line.firstMatch(of: #/^\s*(?:@\w+(?:\(\w*\))?\s+|\w+\s+)*?import\s+(.+?)\s*$/#) else {
                return nil
            }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
            let words = match.1.split(separator: " ")
            guard let named = words.first(where: { !kinds.contains($0) }) else { return nil }
            return (index + 1, String(named.split(separator: ".")[0]))
        }
    }
}
