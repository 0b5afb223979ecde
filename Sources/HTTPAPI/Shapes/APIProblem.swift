import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

/// An answer that says what the caller did wrong, or what is missing here (RFC 9457). The code is stable.
package struct APIProblem: Error, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case validation, unauthenticated, forbidden
        case notFound = "not_found"
        case conflict
        case idempotencyKeyReused = "idempotency_key_reused"
        case payloadTooLarge = "payload_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case rateLimited = "rate_limited"
        case storageFull = "storage_full"
        case dependencyUnavailable = "dependency_unavailable"
        case draining
        case internalError = "internal"

        package var status: Int {
            switch self {
            case .validation: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .notFound: 404
            case .conflict: 409
            case .payloadTooLarge: 413
            case .unsupportedMediaType: 415
            case .idempotencyKeyReused: 422
            case .rateLimited: 429
            case .internalError: 500
            case .storageFull, .dependencyUnavailable, .draining: 503
            }
        }

        package var title: String {
            switch self {
            case .validation: "The request is not valid"
            case .unauthenticated: "Who are you?"
            case .forbidden: "Not allowed"
            case .notFound: "Not found"
            case .conflict: "In conflict with what is there"
            case .idempotencyKeyReused: "The Idempotency-Key was used for another request"
            case .payloadTooLarge: "Too large"
            case .unsupportedMediaType: "Not a content type of this call"
            case .rateLimited: "Too many"
            case .storageFull: "No room left on the disk"
            case .dependencyUnavailable: "Not available now"
            case .draining: "Shutting down"
            case .internalError: "A fault of this program"
            }
        }
    }

    /// One fault: a pointer into the body, or the name of a query parameter or header.
    package struct Fault: Hashable, Sendable {
        package var detail: String
        package var pointer: String?
        package var parameter: String?
    }

    package var code: Code
    package var detail: String
    package var faults: [Fault] = []

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    static func validation(_ detail: String, pointer: String? = nil, parameter: String? = nil) -> APIProblem {
        var problem = APIProblem(.validation, detail)
        problem.faults = [Fault(detail: detail, pointer: pointer, parameter: parameter)]
        return problem
    }

    init(_ error: StorageError) {
        switch error {
        case .full: self.init(.storageFull, "Nothing was accepted: there is no room on the disk. Try again later.")
        case .unavailable, .superseded:
            self.init(.dependencyUnavailable, "Nothing was accepted: the storage is not available. Try again later.")
        case .damaged:
            self.init(.internalError, "The storage is damaged; the operator must look at it (waybill doctor).")
        }
    }

    init(_ error: IngestError) {
        switch error {
        case .storage(let error): self.init(error)
        case .unreadable(let detail): self = .validation(detail)
        case .tooManyEvents:
            self.init(.payloadTooLarge, "A request may hold \(Limits.eventsPerRequest) events at most.")
        case .foreignMerchant: self.init(.forbidden, "An event names another merchant than Waybill-Merchant.")
        case .rejected(let rejection): self = .validation(rejection.detail, pointer: rejection.pointer)
        }
    }

    package var body: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.object { json in
            json.member("type", "urn:waybill:problem:\(code.rawValue)")
            json.member("title", code.title)
            json.member("status", code.status)
            json.member("detail", detail)
            json.member("code", code.rawValue)
            if !faults.isEmpty {
                json.key("errors")
                json.array(faults) { json, fault in
                    json.object { json in
                        json.member("detail", fault.detail)
                        if let pointer = fault.pointer { json.member("pointer", pointer) }
                        if let parameter = fault.parameter { json.member("parameter", parameter) }
                    }
                }
            }
        }
        return writer.bytes
    }

    var response: Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/problem+json"
        if code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if code.status == 503 || code == .rateLimited { headers[.retryAfter] = "1" }
        return Response(
            status: .init(code: code.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
