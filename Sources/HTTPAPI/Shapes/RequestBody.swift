import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

/// What a request body may be, and reading it within its bounds.
enum BodyReader {
    /// The media type without parameters, in lower case.
    static func mediaType(_ request: Request) -> String {
        let field = request.headers[single: .contentType] ?? ""
        if field == "application/json" { return field }
        return field.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    }

    static func demandJSON(_ request: Request) throws(APIProblem) {
        guard mediaType(request) == "application/json" else {
            throw APIProblem(.unsupportedMediaType, "Content-Type must be application/json.")
        }
    }

    static func read(_ request: Request) async throws -> [UInt8] {
        if let encoding = request.headers[single: .contentEncoding], encoding != "identity" {
            throw APIProblem(.unsupportedMediaType, "A body must not be compressed.")
        }
        if let length = request.headers[single: .contentLength].flatMap({ Int($0) }), length > Limits.bodyBytes {
            throw tooLarge
        }
        var bytes: [UInt8] = []
        do {
            for try await buffer in request.body {
                guard bytes.count + buffer.readableBytes <= Limits.bodyBytes else { throw tooLarge }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let problem as APIProblem {
            throw problem
        } catch {
            throw APIProblem.validation("The body broke off, or its chunks are not well formed.")
        }
        return bytes
    }

    private static var tooLarge: APIProblem {
        APIProblem(.payloadTooLarge, "The body may have \(Limits.bodyBytes) bytes at most.")
    }

    /// How the events of `POST /v1/events` stand in the body, by content type.
    static func eventForm(_ request: Request) throws(APIProblem) -> EventRequest.Form {
        switch mediaType(request) {
        case "application/json": return attributes(request).map { .binary($0) } ?? .json
        case "application/x-ndjson": return .lines
        case "application/cloudevents+json": return .structured
        case "application/cloudevents-batch+json": return .structuredBatch
        default:
            throw APIProblem(
                .unsupportedMediaType,
                "Content-Type must be application/json, application/x-ndjson, "
                    + "application/cloudevents+json or application/cloudevents-batch+json."
            )
        }
    }

    /// CloudEvents binary mode: `ce-` header fields, percent-encoded as the HTTP binding says.
    private static func attributes(_ request: Request) -> CloudAttributes? {
        guard request.headers.contains(.ceSpecVersion) else { return nil }
        func value(_ name: HTTPField.Name) -> String? {
            request.headers[name].map { PercentEncoding.decode($0) ?? $0 }
        }
        return CloudAttributes(
            id: value(.ceID), type: value(.ceType), source: value(.ceSource), time: value(.ceTime),
            subject: value(.ceSubject))
    }
}

extension Request {
    /// The trace that the caller says this request belongs to.
    var traceparent: TraceParent? { headers[single: .traceparent].flatMap(TraceParent.init) }
}

extension HTTPField.Name {
    fileprivate static let traceparent = Self("traceparent")!
    fileprivate static let ceSpecVersion = Self("ce-specversion")!
    fileprivate static let ceID = Self("ce-id")!
    fileprivate static let ceType = Self("ce-type")!
    fileprivate static let ceSource = Self("ce-source")!
    fileprivate static let ceTime = Self("ce-time")!
    fileprivate static let ceSubject = Self("ce-subject")!
}
