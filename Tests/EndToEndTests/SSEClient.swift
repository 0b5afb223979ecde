import Foundation

/// One event of a Server-Sent Events stream.
struct StreamEvent {
    var name = "message"
    var data = ""
    /// The cursor to resume from.
    var id: String?

    var json: JSON? { try? JSON(parsing: data.utf8) }
}

/// Reads a stream and can resume where it stopped, as a browser does.
final class SSEClient {
    private let connection: Connection
    private var pending: [UInt8] = []
    /// The cursor to resume from: a block may bring one without an event.
    private(set) var lastEventID: String?
    /// Comment lines seen, heartbeats among them.
    private(set) var comments: [String] = []
    let head: ResponseHead

    /// Opens the stream; `lastEventID` resumes after that event.
    init(port: Int, path: String = "/v1/stream", lastEventID: String? = nil, seconds: Double = 30) throws {
        connection = try Connection(port: port, seconds: seconds)
        var headers = [("Accept", "text/event-stream")]
        if let lastEventID { headers.append(("Last-Event-ID", lastEventID)) }
        try connection.send(Request.get(path, headers).bytes(port: port))
        head = try connection.readHead()
        guard head.status == 200 else {
            throw UnexpectedAnswer(path: path, response: Response(head: head, body: try connection.readBody(head)))
        }
    }

    /// The next event; comments are kept aside. Throws `closed` at the end and `timedOut` when nothing comes.
    func next(within seconds: Double = 30) throws -> StreamEvent {
        let deadline = Deadline(seconds: seconds)
        while true {
            if let event = try takeBlock() { return event }
            try read(deadline)
        }
    }

    /// Waits for a comment line.
    func nextComment(within seconds: Double) throws -> String {
        let deadline = Deadline(seconds: seconds)
        let seen = comments.count
        while comments.count == seen {
            if try takeBlock() == nil, comments.count == seen { try read(deadline) }
        }
        return comments[seen]
    }

    private func read(_ deadline: Deadline) throws {
        guard !deadline.hasPassed else { throw ConnectionError.timedOut }
        guard let chunk = try connection.readChunk(within: Double(deadline.milliseconds) / 1000) else {
            throw ConnectionError.closed
        }
        pending += chunk.filter { $0 != 0x0D }
    }

    /// Takes the next event off what has arrived, and what stands before it.
    private func takeBlock() throws -> StreamEvent? {
        while let end = pending.firstRange(of: [0x0A, 0x0A]) {
            let block = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
            pending.removeFirst(end.upperBound)
            var event = StreamEvent()
            for line in block.split(separator: "\n") {
                if line.hasPrefix(":") {
                    comments.append(String(line))
                    continue
                }
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
                switch parts[0] {
                case "event": event.name = value
                case "data": event.data += event.data.isEmpty ? value : "\n" + value
                case "id": lastEventID = value
                default: break
                }
            }
            event.id = lastEventID
            // Nothing happens without data: so says the standard.
            if !event.data.isEmpty { return event }
        }
        return nil
    }
}
