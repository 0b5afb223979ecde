import Foundation

/// Proves from a trace that every "accepted" went out after the log was on the disk: the event's append ended, then a
/// sync of the log began and ended, then the answer was written.
struct DurabilityCheck {
    private(set) var proven = 0
    /// One line for each answer that broke the rule, the first reason found.
    private(set) var violations: [String] = []

    /// `ids` are texts that occur in exactly one event each and in the answer to it.
    init(_ trace: SystemCallTrace, ids: [String]) {
        let appends = trace.calls.filter { Self.writes.contains($0.name) && Self.isLog($0.file) }
        let answers = trace.calls.filter { Self.writes.contains($0.name) && Self.isSocket($0.file) }
        let syncs = trace.calls.filter { Self.syncs.contains($0.name) && Self.isLog($0.file) && $0.succeeded }
        let appended = Self.index(appends, ids)
        let answered = Self.index(answers, ids)
        for id in ids {
            guard let answer = answered[id] else {
                violations.append("\(id): no answer in the trace")
                continue
            }
            guard let append = appended[id], append.endLine < answer.startLine else {
                violations.append("\(id): answered before it was written to the log")
                continue
            }
            let covered = syncs.contains { sync in
                sync.started >= append.ended && sync.startLine > append.startLine && sync.ended <= answer.started
            }
            if covered { proven += 1 } else { violations.append("\(id): no sync of the log between append and answer") }
        }
    }

    private static let writes: Set<Substring> = [
        "write", "pwrite64", "pwritev", "pwritev2", "sendto", "writev", "sendmsg",
    ]
    private static let syncs: Set<Substring> = ["fsync", "fdatasync"]

    private static func isLog(_ file: Substring) -> Bool {
        let name = file.split(separator: "/").last ?? ""
        return name == "log.db" || name == "log.db-wal"
    }

    private static func isSocket(_ file: Substring) -> Bool { file.hasPrefix("socket:") || file.hasPrefix("TCP") }

    /// The first call that carries each id. The ids begin with a common mark, so that a call is searched once.
    private static func index(_ calls: [SystemCallTrace.Call], _ ids: [String]) -> [String: SystemCallTrace.Call] {
        let wanted = Set(ids)
        var found: [String: SystemCallTrace.Call] = [:]
        for call in calls {
            let bytes = Array(call.arguments.utf8)
            var start = 0
            while let at = bytes[start...].firstRange(of: mark) {
                start = at.upperBound
                let id = String(
                    decoding: bytes[at.lowerBound..<min(at.lowerBound + idLength, bytes.count)], as: UTF8.self)
                if wanted.contains(id), found[id] == nil { found[id] = call }
            }
        }
        return found
    }

    private static let mark = Array("trace-id-".utf8)
    private static let idLength = 15

    /// The id of an event by its number: all are equally long.
    static func id(_ number: Int) -> String { "trace-id-" + String(1_000_000 + number).dropFirst() }
}
