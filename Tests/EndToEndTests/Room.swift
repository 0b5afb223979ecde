import Foundation
import Glibc

/// A small disk of its own for one server: a tmpfs in a mount namespace that a holder process keeps alive.
///
/// Nothing is mounted in the machine's own namespace, so nothing is left behind whatever happens. As root the
/// namespace is enough; others get a user namespace as well, where the kernel allows it.
final class Room: Sendable {
    private let holder: Program
    private let enter: [String]
    /// The mount point as the programs inside see it.
    let path: String

    /// Why no room can be made here, or nil.
    static let obstacle: String? = {
        guard let run = try? Run("unshare", flags + ["sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]) else {
            return "unshare is missing"
        }
        return run.exit == .code(0) ? nil : "no small disk can be mounted here: \(run.stderr)"
    }()

    private static var flags: [String] { geteuid() == 0 ? ["-m"] : ["-r", "-m"] }

    /// `parent` must outlive the room; its directory `disk` is where the small disk appears.
    init(in parent: TemporaryDirectory, megabytes: Int) throws {
        let mount = parent.url.appending(path: "disk")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
        path = mount.path
        let ready = parent.url.appending(path: "ready").path
        let script = "mount -t tmpfs -o size=\(megabytes)m tmpfs \(path) && touch \(ready) && exec sleep infinity"
        holder = try Program("unshare", Self.flags + ["sh", "-c", script], output: parent.url.appending(path: "room"))
        let user = geteuid() == 0 ? [] : ["-U", "--preserve-credentials"]
        enter = ["nsenter", "-t", "\(holder.pid)", "-m"] + user
        try eventually("a small disk") { FileManager.default.fileExists(atPath: ready) ? () : nil }
    }

    deinit { holder.end() }

    /// What to put before a command so that it runs inside.
    var wrapper: [String] { enter }

    /// A file of the small disk as it is seen from outside.
    func outside(_ name: String) -> String { "/proc/\(holder.pid)/root\(path)/\(name)" }

    /// Writes until nothing more fits.
    func fill(_ name: String) throws {
        let descriptor = open(outside(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TimedOut(description: "cannot write to the small disk") }
        defer { close(descriptor) }
        for size in [1 << 20, 4096, 512, 1] {
            let block = [UInt8](repeating: 0x2E, count: size)
            while write(descriptor, block, block.count) == block.count {}
        }
    }

    func remove(_ name: String) { unlink(outside(name)) }
}
