import Foundation
import WaybillCore

/// The file of `--config`: one JSON object with the keys of `ConfigurationKey`.
enum ConfigurationFile {
    static func read(_ path: String?) -> (values: [ConfigurationKey: String], faults: [String]) {
        guard let path else { return ([:], []) }
        guard let bytes = FileManager.default.contents(atPath: path).map(Array.init) else {
            return ([:], ["the file \(path) cannot be read"])
        }
        var values: [ConfigurationKey: String] = [:]
        var faults: [String] = []
        bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                try reader.beginObject()
                while let name = try reader.nextKey() {
                    guard let key = ConfigurationKey(rawValue: name.text) else {
                        faults.append("\(path): \(name.text) is not a key; docs/configuration.md lists them")
                        _ = try reader.skipValue()
                        continue
                    }
                    values[key] =
                        reader.peek() == UInt8(ascii: "\"") ? try reader.readString() : try reader.readFragment().text
                }
                try reader.expectEnd()
            } catch {
                faults.append("\(path) is not one JSON object: \(error)")
            }
        }
        return (values, faults)
    }
}
