import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

/// A JSON answer before it becomes a response: what an `Idempotency-Key` keeps.
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var body: [UInt8]
    var cursor: FeedCursor?
    var location: String?

    init(_ status: HTTPResponse.Status = .ok, cursor: FeedCursor? = nil, _ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: 1024)
        write(&json)
        self.status = status
        self.body = json.bytes
        self.cursor = cursor
    }

    init(_ kept: KeptAnswer) {
        status = .init(code: kept.status)
        body = kept.body
    }

    var response: Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        if let cursor { headers[.waybillCursor] = cursor.text }
        if let location { headers[.location] = location }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// `{"data": [...], "next_cursor": ...}`.
    static func page<Element>(
        _ elements: [Element], next: String?, cursor: FeedCursor? = nil, _ write: (inout JSONWriter, Element) -> Void
    ) -> Answer {
        Answer(cursor: cursor) { json in
            json.object { json in
                json.key("data")
                json.array(elements, write)
                json.member("next_cursor", orNull: next)
            }
        }
    }
}
