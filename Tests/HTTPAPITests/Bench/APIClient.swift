import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import WaybillCore

/// A caller of the API.
struct APIClient: Sendable {
    let client: any TestClientProtocol

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await send(.get, path, nil, headers, type: nil)
    }

    func post(
        _ path: String, _ body: String, _ headers: [String: String] = [:], type: String? = "application/json"
    ) async throws -> Reply {
        try await send(.post, path, Array(body.utf8), headers, type: type)
    }

    func patch(_ path: String, _ body: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await send(.patch, path, Array(body.utf8), headers, type: "application/json")
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]?, _ headers: [String: String], type: String?
    ) async throws -> Reply {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if let type { fields[.contentType] = type }
        let response = try await client.executeRequest(
            uri: path, method: method, headers: fields, body: body.map { ByteBuffer(bytes: $0) })
        return Reply(response)
    }
}

/// An answer of the API.
struct Reply: Sendable {
    let status: Int
    let bytes: [UInt8]
    private let headers: HTTPFields

    init(_ response: TestResponse) {
        status = response.status.code
        bytes = Array(response.body.readableBytesView)
        headers = response.headers
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

    /// The body as a JSON object; empty when it is none.
    var json: [String: Any] {
        let value = try? JSONSerialization.jsonObject(with: Data(bytes))
        return value as? [String: Any] ?? [:]
    }

    /// The problem's code, where the answer is a well-formed problem (RFC 9457).
    var code: String? {
        guard header("Content-Type") == "application/problem+json", json["status"] as? Int == status,
            json["title"] is String, json["detail"] is String,
            let code = json["code"] as? String, json["type"] as? String == "urn:waybill:problem:\(code)"
        else { return nil }
        return code
    }

    /// The first fault of a problem: where it is.
    var fault: [String: String] { (json["errors"] as? [[String: String]])?.first ?? [:] }

    /// The elements of a page.
    var data: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
    var nextCursor: String? { json["next_cursor"] as? String }
    var cursor: FeedCursor? { header("Waybill-Cursor").flatMap { FeedCursor($0, partitions: APIBench.partitions) } }
}
