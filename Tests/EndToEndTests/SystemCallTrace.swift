import Foundation

/// The system calls of a process and its threads, as `strace -f -y -ttt` writes them; unfinished calls are joined.
struct SystemCallTrace {
    struct Call {
        let thread: Substring
        let name: Substring
        /// Arguments as printed: the file of each descriptor and the bytes that were written are in here.
        var arguments: Substring
        let started: Double
        var ended: Double
        /// Line numbers break ties between calls of the same microsecond: lines are in the order of the kernel's stops.
        let startLine: Int
        var endLine: Int
        var succeeded: Bool

        /// The path or socket of the first descriptor.
        var file: Substring {
            guard let open = arguments.firstIndex(of: "<"), let close = arguments[open...].firstIndex(of: ">") else {
                return ""
            }
            return arguments[arguments.index(after: open)..<close]
        }
    }

    private(set) var calls: [Call] = []
    /// Lines that could not be understood; a trace with many of them proves nothing.
    private(set) var unreadable: [Substring] = []

    /// What to put before a command so that it writes a trace. With `-D` the command keeps its own process id.
    static func wrapper(writing file: URL) -> [String] {
        [
            "strace", "-D", "-f", "-y", "-ttt", "-T", "-s", "80000", "-o", file.path, "-e", "signal=none", "-e",
            "trace=fsync,fdatasync,sync_file_range,write,pwrite64,pwritev,pwritev2,sendto,writev,sendmsg",
        ]
    }

    init(parsing text: String) {
        var unfinished: [Substring: Int] = [:]
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let parts = Self.split(line) else {
                unreadable.append(line)
                continue
            }
            let (thread, time, rest) = parts
            if rest.hasPrefix("+++") || rest.hasPrefix("---") { continue }
            if rest.hasPrefix("<... ") {
                guard let index = unfinished.removeValue(forKey: thread) else { continue }
                calls[index].ended = time
                calls[index].endLine = number
                calls[index].succeeded = Self.succeeded(rest)
                continue
            }
            guard let open = rest.firstIndex(of: "(") else {
                unreadable.append(line)
                continue
            }
            let isUnfinished = rest.hasSuffix("<unfinished ...>")
            if isUnfinished { unfinished[thread] = calls.count }
            calls.append(
                Call(
                    thread: thread, name: rest[..<open], arguments: rest[open...], started: time,
                    // A call that never came back never ended.
                    ended: isUnfinished ? .infinity : time + Self.duration(rest), startLine: number,
                    endLine: isUnfinished ? .max : number, succeeded: !isUnfinished && Self.succeeded(rest)))
        }
    }

    /// `12345 1700000000.123456 write(...) = 3 <0.000012>`
    private static func split(_ line: Substring) -> (Substring, Double, Substring)? {
        guard let first = line.firstIndex(of: " ") else { return nil }
        let afterThread = line[first...].drop { $0 == " " }
        guard let second = afterThread.firstIndex(of: " "), let time = Double(afterThread[..<second]) else {
            return nil
        }
        return (line[..<first], time, afterThread[afterThread.index(after: second)...])
    }

    private static func succeeded(_ rest: Substring) -> Bool {
        guard let equals = rest.utf8.lastIndex(of: UInt8(ascii: "=")) else { return false }
        return rest[equals...].dropFirst().drop { $0 == " " }.first?.isNumber ?? false
    }

    private static func duration(_ rest: Substring) -> Double {
        guard rest.utf8.last == UInt8(ascii: ">"), let open = rest.utf8.lastIndex(of: UInt8(ascii: "<")) else {
            return 0
        }
        return Double(rest[open...].dropFirst().dropLast()) ?? 0
    }
}
