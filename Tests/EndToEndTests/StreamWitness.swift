import Foundation
import Synchronization

/// One subscriber that lives through every kill: it resumes with `Last-Event-ID` and demands that the positions of each
/// partition go up by exactly one, unless the server says `reset`.
final class StreamWitness: Sendable {
    struct Seen: Sendable {
        /// The last position of each partition.
        var positions: [Int: Int] = [:]
        /// Of events.
        var updates = 0
        var resets = 0
        var resumes = 0
        /// Repeats and gaps.
        var problems: [String] = []
    }

    private let port: Int
    private let gate: Gate
    private let seen = Mutex(Seen())
    private let firstCursor: String

    /// The cursor is of a moment before the first update.
    init(port: Int, gate: Gate, cursor: String) {
        self.port = port
        self.gate = gate
        firstCursor = cursor
    }

    var current: Seen { seen.withLock { $0 } }

    /// Until the gate says that it is over.
    func run() {
        var cursor = firstCursor
        while gate.pass() {
            guard let stream = try? SSEClient(port: port, lastEventID: cursor, seconds: 5) else { continue }
            seen.withLock { $0.resumes += 1 }
            while gate.pass() {
                do {
                    let event = try stream.next(within: 1)
                    note(event)
                    if let id = event.id { cursor = id }
                } catch ConnectionError.timedOut {
                    continue
                } catch {
                    break
                }
            }
        }
    }

    private func note(_ event: StreamEvent) {
        seen.withLock { seen in
            if event.name == "reset" {
                seen.resets += 1
                seen.positions = [:]
            }
            guard event.name == "update" else { return }
            guard let partition = event.json?["partition"]?.int, let position = event.json?["position"]?.int else {
                seen.problems.append("an update without a position: \(event.data.prefix(200))")
                return
            }
            let expected = seen.positions[partition].map { $0 + 1 } ?? (seen.resets == 0 ? 1 : position)
            if position != expected {
                seen.problems.append("partition \(partition): \(position) where \(expected) was due")
            }
            seen.positions[partition] = position
            // Changes of cases have places of their own among the updates of events.
            if event.json?["kind"]?.string == "event" { seen.updates += 1 }
        }
    }
}
