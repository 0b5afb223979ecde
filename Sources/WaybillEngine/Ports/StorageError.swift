/// What is wrong with the world outside, for logs and stores alike.
package enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No room on the disk. Goes on by itself once there is room.
    case full(String)
    /// Busy, unreachable or overloaded: try again.
    case unavailable(String)
    /// Somebody else has moved the offsets this writer expected: its claim is gone.
    case superseded(String)
    /// The files are not what was written. Needs a person.
    case damaged(String)

    package var isRetriable: Bool {
        if case .damaged = self { false } else { true }
    }

    package var description: String {
        switch self {
        case .full(let detail): "storage full: \(detail)"
        case .unavailable(let detail): "storage unavailable: \(detail)"
        case .superseded(let detail): "superseded: \(detail)"
        case .damaged(let detail): "storage damaged: \(detail)"
        }
    }
}
