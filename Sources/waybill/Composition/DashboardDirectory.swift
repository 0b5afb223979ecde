import Foundation
import HTTPAPI
import WaybillCore

/// Reads the built dashboard: the directory that was configured, or `dashboard` beside the program.
enum DashboardDirectory {
    /// Nil where there is none: the server then shows its status page. A configured one must be there.
    static func read(_ configured: String?) throws -> DashboardFiles? {
        let directory = configured ?? beside
        guard let files = DashboardFiles(try contents(of: directory)) else {
            guard configured == nil else {
                throw ConfigurationFaults(faults: ["dashboard: there is no index.html in \(directory); run `make web`"])
            }
            return nil
        }
        return files
    }

    private static var beside: String {
        let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("dashboard").path
    }

    private static func contents(of directory: String) throws -> [String: [UInt8]] {
        let root = URL(fileURLWithPath: directory, isDirectory: true)
        guard let names = FileManager.default.enumerator(atPath: directory) else { return [:] }
        var files: [String: [UInt8]] = [:]
        var total = 0
        for case let name as String in names {
            var isDirectory: ObjCBool = false
            let path = root.appendingPathComponent(name).path
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
                let data = FileManager.default.contents(atPath: path)
            else { continue }
            files[name] = Array(data)
            total += data.count
            guard files.count <= Limits.dashboardFiles, total <= Limits.dashboardBytes else {
                throw ConfigurationFaults(faults: ["dashboard: \(directory) holds more than a built dashboard does"])
            }
        }
        return files
    }
}
