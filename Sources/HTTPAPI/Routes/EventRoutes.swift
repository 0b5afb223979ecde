import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    @Sendable func postEvents(_ request: Request, _ context: APIContext) async throws -> Response {
        let form = try BodyReader.eventForm(request)
        let body = try await BodyReader.read(request)
        return try await idempotent(request, context, body) { key in
            let receipt = try await services.ingest.accept(
                EventRequest(body: body, form: form, traceparent: request.traceparent), merchant: context.merchant,
                idempotencyKey: key)
            return Self.acceptance(receipt)
        }.response
    }

    private static func acceptance(_ receipt: IngestReceipt) -> Answer {
        Answer(.accepted) { json in
            json.object { json in
                json.member("accepted", receipt.ids.count)
                json.key("ids")
                json.array(receipt.ids) { json, id in json.value(id.text) }
                json.key("rejected")
                json.array(receipt.rejected) { json, rejected in
                    json.object { json in
                        json.member("index", rejected.index)
                        json.member("id", orNull: rejected.rejection.id?.text)
                        json.member("code", rejected.rejection.code.rawValue)
                        json.member("detail", rejected.rejection.detail)
                        json.member("pointer", orNull: rejected.rejection.pointer)
                    }
                }
            }
        }
    }
}
