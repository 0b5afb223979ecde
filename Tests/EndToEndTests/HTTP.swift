import Foundation

/// A request as it goes over the wire.
struct Request {
    var method: String
    /// Path and query, already percent-encoded.
    var path: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    static func get(_ path: String, _ headers: [(String, String)] = []) -> Request {
        Request(method: "GET", path: path, headers: headers.map { (name: $0.0, value: $0.1) })
    }

    static func send(
        _ method: String, _ path: String, _ body: some Collection<UInt8>, type: String? = "application/json",
        _ headers: [(String, String)] = []
    ) -> Request {
        let typed = type.map { [(name: "Content-Type", value: $0)] } ?? []
        return Request(
            method: method, path: path, headers: typed + headers.map { (name: $0.0, value: $0.1) }, body: Array(body))
    }

    static func post(_ path: String, _ json: JSON, _ headers: [(String, String)] = []) -> Request {
        send("POST", path, json.text.utf8, headers)
    }

    /// The bytes of this request for a server on a port. A `Host` and a `Content-Length` are added where none is given.
    func bytes(port: Int) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\n"
        if !has("host") { text += "Host: 127.0.0.1:\(port)\r\n" }
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        if !has("content-length"), !has("transfer-encoding"), !body.isEmpty || method != "GET" {
            text += "Content-Length: \(body.count)\r\n"
        }
        return Array(text.utf8) + Array("\r\n".utf8) + body
    }

    private func has(_ name: String) -> Bool { headers.contains { $0.name.lowercased() == name } }
}

/// The first lines of an answer.
struct ResponseHead {
    let status: Int
    let headers: [String: String]

    init?(lines: [String]) {
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        self.status = status
        headers = Dictionary(
            lines.dropFirst().compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (
                    line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                )
            }
        ) { first, _ in first }
    }

    subscript(_ name: String) -> String? { headers[name.lowercased()] }
}

/// A whole answer.
struct Response {
    let head: ResponseHead
    let body: [UInt8]

    var status: Int { head.status }
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
    subscript(_ name: String) -> String? { head[name] }

    /// The media type without its parameters.
    var mediaType: String? {
        head["content-type"]?.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }

    /// The stable code of a problem body (RFC 9457), or nil where the answer is not one.
    var problemCode: String? {
        guard mediaType == "application/problem+json", let json else { return nil }
        return json["code"]?.string
    }

    /// For messages.
    var summary: String { "\(status) \(text.prefix(400))" }
}

/// One kept-alive connection that is opened again when the server has closed it.
final class Client {
    let port: Int
    private let seconds: Double
    private var connection: Connection?

    init(port: Int, seconds: Double = 30) {
        self.port = port
        self.seconds = seconds
    }

    /// Sends one request and reads its answer. An idle connection that the server has closed is replaced once.
    @discardableResult
    func send(_ request: Request) throws -> Response {
        let isReused = connection != nil
        do {
            return try sendOnce(request)
        } catch ConnectionError.closed where isReused {
            return try sendOnce(request)
        }
    }

    /// Exactly one attempt: `refused` says that nothing was sent, any other error that the outcome is unknown.
    @discardableResult
    func sendOnce(_ request: Request) throws -> Response {
        try send(bytes: request.bytes(port: port), isHead: request.method == "HEAD")
    }

    func send(bytes: [UInt8], isHead: Bool = false) throws -> Response {
        let current = try connection ?? Connection(port: port, seconds: seconds)
        connection = nil
        try current.send(bytes)
        let response = try current.readResponse(isHead: isHead)
        if response["connection"]?.lowercased() != "close" { connection = current }
        return response
    }

    func get(_ path: String, _ headers: [(String, String)] = []) throws -> Response { try send(.get(path, headers)) }

    func post(_ path: String, _ json: JSON, _ headers: [(String, String)] = []) throws -> Response {
        try send(.post(path, json, headers))
    }

    /// Every row of a paged list.
    func pages(_ path: String) throws -> [JSON] {
        var rows: [JSON] = []
        var cursor: String?
        repeat {
            let next = cursor.map { (path.contains("?") ? "&" : "?") + "cursor=" + $0.percentEncoded } ?? ""
            let response = try get(path + next)
            guard response.status == 200, let json = response.json, let data = json["data"]?.array else {
                throw UnexpectedAnswer(path: path, response: response)
            }
            rows += data
            cursor = json["next_cursor"]?.string
        } while cursor != nil
        return rows
    }
}

struct UnexpectedAnswer: Error, CustomStringConvertible {
    let path: String
    let response: Response
    var description: String { "\(path): \(response.summary)" }
}

extension String {
    /// Everything but unreserved characters as `%XX`.
    var percentEncoded: String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return addingPercentEncoding(withAllowedCharacters: unreserved) ?? self
    }
}
