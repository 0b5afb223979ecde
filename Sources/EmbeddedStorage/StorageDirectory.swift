import Foundation
import WaybillEngine

/// The directory of an embedded installation: `log.db`, `state.db`, and a lock that one process holds.
package final class StorageDirectory: Sendable {
    package let path: String
    private let descriptor: Int32

    package var logPath: String { path + "/log.db" }
    package var statePath: String { path + "/state.db" }

    /// Creates the directory where it is missing, and locks it.
    /// - Parameter owner: one line about this process that the next one's error message shows.
    package init(_ path: String, owner: String) throws(StorageError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unavailable("cannot create the directory \(path): \(error.localizedDescription)")
        }
        descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable("cannot open \(path)/lock: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = StorageDirectory.holder(of: path)
            close(descriptor)
            throw .unavailable(
                "the directory \(path) is in use by another waybill process (\(holder ?? "unknown")); "
                    + "stop it or choose another --data"
            )
        }
        ftruncate(descriptor, 0)
        _ = owner.withCString { write(descriptor, $0, strlen($0)) }
    }

    deinit { close(descriptor) }

    /// Who holds the lock, in its own words; nil when nobody does.
    package static func holder(of path: String) -> String? {
        let descriptor = open(path + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return (try? String(contentsOfFile: path + "/lock", encoding: .utf8)) ?? "unknown"
    }
}
