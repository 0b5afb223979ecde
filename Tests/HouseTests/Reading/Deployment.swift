import Foundation
import Yams

/// What is deployed, as far as rules look into it: names only.
enum Deployment {
    /// Every file that tells the program what to do.
    static func files() throws -> [(path: String, text: String)] {
        let suffixes = [".yaml", ".sh", "Dockerfile"]
        return try Repository.paths(under: "deploy", suffixes: suffixes).map { ($0, try Repository.text($0)) }
    }

    /// The variables of the program that a text names.
    static func variables(in text: String) -> Set<String> {
        Set(text.matches(of: #/WAYBILL_[A-Z0-9_]*[A-Z0-9]/#).map { String($0.0) })
    }

    /// Variables that are no key's: neither `WAYBILL_<KEY>` nor, for a secret's file, `WAYBILL_<KEY>_FILE`.
    static func strangeVariables(_ files: [(path: String, text: String)], keys: [String]) -> [String] {
        let known = keys.map { "WAYBILL_" + $0.uppercased().replacing("-", with: "_") }
        let all = Set(known + known.map { $0 + "_FILE" })
        return files.flatMap { path, text in
            variables(in: text).subtracting(all).sorted().map { "\(path) sets \($0), which is no key" }
        }
    }

    /// The addresses of a description's channels.
    static func topics(asyncAPI yaml: String) throws -> Set<String> {
        let root = try Yams.load(yaml: yaml) as? [String: Any] ?? [:]
        let channels = root["channels"] as? [String: Any] ?? [:]
        return Set(channels.values.compactMap { ($0 as? [String: Any])?["address"] as? String })
    }
}

// MARK: - What the code says

extension Deployment {
    static func configurationKeys() throws -> [String] { try rawValues(ofEnum: "ConfigurationKey") }
    static func topicsOfTheCode() throws -> [String] { try rawValues(ofEnum: "KafkaTopic") }

    private static func rawValues(ofEnum name: String) throws -> [String] {
        try Repository.swiftFiles().filter(\.isSource).compactMap { $0.rawValues(ofEnum: name) }.flatMap(\.self)
    }
}
