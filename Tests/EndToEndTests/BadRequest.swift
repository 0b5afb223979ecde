import Foundation

/// A request that is wrong on purpose, and what may come back.
struct BadRequest {
    enum Kind {
        /// Correct HTTP: the answer must be a success or a problem body with a known code.
        case framed
        /// Broken HTTP: any 4xx or a closed connection will do.
        case unframed
    }

    var kind = Kind.framed
    var bytes: [UInt8]
    var label: String

    /// Picks a family by its share: most faults are in the content of events.
    static func make(_ number: Int, port: Int, _ random: inout Seeded) -> BadRequest {
        switch random.below(100) {
        case ..<62: events(number, port, &random)
        case ..<72: body(number, port, &random)
        case ..<86: query(port, &random)
        case ..<94: headers(number, port, &random)
        default: garbage(port, &random)
        }
    }

    private init(_ request: Request, port: Int, _ label: String) {
        bytes = request.bytes(port: port)
        self.label = label
    }

    private init(unframed bytes: [UInt8], _ label: String) {
        kind = .unframed
        self.bytes = bytes
        self.label = label
    }

    // MARK: Events

    /// One to four events in one of the five accepted forms, each with its own fault.
    private static func events(_ number: Int, _ port: Int, _ random: inout Seeded) -> BadRequest {
        let count = random.chance(70) ? 1 : 2 + random.below(3)
        var faults: [RecordMutation] = []
        var records: [[UInt8]] = []
        for index in 0..<count {
            let fault = random.pick(RecordMutation.allCases)
            faults.append(fault)
            records.append(fault.apply(to: "bad-\(number)-\(index)", &random))
        }
        let (body, type) = wrap(records, &random)
        var bad = BadRequest(.send("POST", "/v1/events", body, type: type), port: port, "\(type) \(faults)")
        // Refused while it is being sent: the answer may be lost with the connection.
        if body.count > 4_000_000 { bad.kind = .unframed }
        return bad
    }

    private static func wrap(_ records: [[UInt8]], _ random: inout Seeded) -> ([UInt8], String) {
        let list = Array(records.joined(separator: [UInt8(ascii: ",")]))
        switch random.below(5) {
        case 0 where records.count == 1: return (records[0], "application/json")
        case 1: return (Array(records.joined(separator: [0x0A])), "application/x-ndjson")
        case 2 where records.count == 1: return (cloudEvent(records[0]), "application/cloudevents+json")
        case 3:
            let wrapped = records.map(cloudEvent).joined(separator: [UInt8(ascii: ",")])
            return ([UInt8(ascii: "[")] + wrapped + [UInt8(ascii: "]")], "application/cloudevents-batch+json")
        default: return (Array(#"{"events":["#.utf8) + list + Array("]}".utf8), "application/json")
        }
    }

    /// The envelope says something else than the data now and then, since the data was spoilt.
    private static func cloudEvent(_ data: [UInt8]) -> [UInt8] {
        let head =
            #"{"specversion":"1.0","id":"ce-1","type":"waybill.delivery.note.v1","source":"tests/bad-input","data":"#
        return Array(head.utf8) + data + [UInt8(ascii: "}")]
    }

    // MARK: Bodies of the other calls

    private static func body(_ number: Int, _ port: Int, _ random: inout Seeded) -> BadRequest {
        let fault = random.pick(RecordMutation.allCases)
        let bytes = fault.apply(to: "body-\(number)", &random)
        let id = "B-\(random.below(300))"
        let calls = [
            ("POST", "/v1/deliveries"), ("PATCH", "/v1/deliveries/\(id)"), ("POST", "/v1/deliveries/\(id)/actions"),
            ("PATCH", "/v1/deliveries/none"), ("POST", "/v1/dead-letters/\(random.below(50))/retry"),
            ("POST", "/v1/dead-letters/nothing/discard"),
        ]
        let (method, path) = random.pick(calls)
        return BadRequest(.send(method, path, bytes), port: port, "\(method) \(path) \(fault)")
    }

    // MARK: Queries and paths

    private static func query(_ port: Int, _ random: inout Seeded) -> BadRequest {
        let values = [
            "", "-1", "0", "201", "99999999999999999999", "abc", "%00", "%ff", "NaN", "1;drop%20table", "%F0%9F%93%A6",
            String(repeating: "A", count: 600), "AQ", "AAAAAAAAAAAA", "2026-01-01T00:00:00", "1970-01-01T00:00:00Z",
            "%2e%2e",
        ]
        let names = [
            "limit", "cursor", "status", "sort", "case", "carrier", "q", "promised_before", "updated_after", "as_of",
            "known_at", "after", "wait", "nonsense",
        ]
        let paths = [
            "/v1/deliveries", "/v1/deliveries/B-1", "/v1/deliveries/B-1/events", "/v1/updates", "/v1/stats",
            "/v1/dead-letters", "/v1/deliveries/%00", "/v1/deliveries/%zz", "/v1/deliveries/..%2f..%2fetc%2fpasswd",
            "/v1/../../../etc/passwd", "//v1//deliveries", "/v1/deliveries/",
            "/v1/" + String(repeating: "x", count: 3000),
            "/%E2%80%AE", "/v1/deliveries/a%2Fb/events", "/static/..%5c..%5cx", "/t/nothing",
        ]
        var path = random.pick(paths)
        if random.chance(80) { path += "?\(random.pick(names))=\(random.pick(values))" }
        if random.chance(20) { path += "&\(random.pick(names))=\(random.pick(values))" }
        let method =
            random.chance(85) ? "GET" : random.pick(["PUT", "DELETE", "OPTIONS", "POST", "PATCH", "TRACE", "FOO"])
        var bad = BadRequest(Request(method: method, path: path), port: port, "\(method) \(path.prefix(200))")
        // The parser does not know this one and answers before anybody can write a problem body.
        if method == "FOO" { bad.kind = .unframed }
        return bad
    }

    // MARK: Headers

    private static func headers(_ number: Int, _ port: Int, _ random: inout Seeded) -> BadRequest {
        let odd = [
            "", " ", "Ünïcode", "a\tb", "../..", "*", "null", "default,other", String(repeating: "k", count: 2000),
            "\"\"",
        ]
        let choices: [(String, String)] = [
            // "null" is a merchant like any other.
            ("Waybill-Merchant", random.pick(odd.filter { $0 != "null" })),
            ("Host", random.pick(odd + ["evil.example", "127.0.0.1:1@evil", "[::1"])),
            (
                "Content-Type",
                random.pick(odd + ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
            ),
            ("Idempotency-Key", random.pick(odd)), ("Sec-Fetch-Site", random.pick(["cross-site", "same-site", "x"])),
            ("Last-Event-ID", random.pick(odd)), ("Accept", random.pick(odd)), ("Content-Encoding", "gzip"),
            ("Authorization", random.pick(["Bearer ", "Basic x", "Bearer " + String(repeating: "x", count: 4000)])),
            ("traceparent", random.pick(odd + ["00-00000000000000000000000000000000-0000000000000000-00"])),
        ]
        let event = RawEvent.valid("head-\(number)", &random).bytes
        let chosen = random.pick(choices)
        let type = chosen.0 == "Content-Type" ? nil : "application/json"
        let request = Request.send("POST", "/v1/events", event, type: type, [chosen])
        var bad = BadRequest(request, port: port, "\(chosen.0): \(chosen.1.prefix(40))")
        // The parser may refuse these before anybody can write a problem body.
        if chosen.0 == "Host" || !chosen.1.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { bad.kind = .unframed }
        return bad
    }

    // MARK: Broken HTTP

    private static func garbage(_ port: Int, _ random: inout Seeded) -> BadRequest {
        let head = "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
        let flood = (0..<300).map { "X-Flood-\($0): \($0)\r\n" }.joined()
        let cases: [(String, String)] = [
            ("header flood", head + flood + "Content-Length: 2\r\n\r\n{}"),
            (
                "huge header",
                head + "X-Huge: " + String(repeating: "h", count: 40_000) + "\r\nContent-Length: 2\r\n\r\n{}"
            ),
            ("two lengths", head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
            ("length and chunks", head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            ("bad chunk", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
            ("endless chunk size", head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: "0", count: 30_000)),
            ("negative length", head + "Content-Length: -1\r\n\r\n{}"),
            ("huge length", head + "Content-Length: 99999999999999999999\r\n\r\n{}"),
            ("large length", head + "Content-Length: 4000000000\r\n\r\n{}"),
            ("short body", head + "Content-Length: 500\r\n\r\n{\"id\":"),
            (
                "pipelined garbage",
                "GET /v1/stats HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n\u{0}\u{1}\u{2}garbage\r\n\r\n"
            ),
            ("no host", "GET /v1/stats HTTP/1.1\r\n\r\n"), ("HTTP/9", "GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
            ("no HTTP", "\u{16}\u{3}\u{1}hello\r\n\r\n"), ("bare newline", "GET /v1/stats HTTP/1.1\nHost: x\n\n"),
            ("folded header", head + "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}"),
            ("empty line only", "\r\n\r\n\r\n"),
            ("space in path", "GET /v1/deliveries/a b HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"),
            ("header without colon", head + "nonsense\r\n\r\n"),
        ]
        let (label, text) = random.pick(cases)
        return BadRequest(unframed: Array(text.utf8), label)
    }
}
