import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    @Sendable func listDeadLetters(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        let state: DeadLetterRow.State? = try reader.code("status")
        let limit = try reader.limit()
        let cursor = PageCursor(scope: "dead letters \(context.merchant) \(state?.rawValue ?? "all")")
        let mark = try cursor.decode(try reader.text("cursor"), count: 1)?.first.flatMap { Int64($0) }
        let rows = try await services.deadLetters.deadLetters(
            context.merchant, state: state, before: mark, limit: limit + 1)
        let page = Array(rows.prefix(limit))
        let next = rows.count > limit ? page.last.map { cursor.encode(["\($0.id)"]) } : nil
        return Answer.page(page, next: next) { json, row in row.write(to: &json) }.response
    }

    @Sendable func getDeadLetter(_ request: Request, _ context: APIContext) async throws -> Response {
        let row = try await letter(context)
        return Answer { row.write(to: &$0) }.response
    }

    /// Appends first and settles after: a crash in between retries twice, and the second time is a duplicate.
    @Sendable func retryDeadLetter(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        var row = try await openLetter(context)
        try await services.ingest.retry(row.letter)
        _ = try await services.deadLetters.settle(row.id, as: .retried)
        row.state = .retried
        return Answer(.accepted) { row.write(to: &$0) }.response
    }

    @Sendable func discardDeadLetter(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        var row = try await openLetter(context)
        _ = try await services.deadLetters.settle(row.id, as: .discarded)
        row.state = .discarded
        return Answer { row.write(to: &$0) }.response
    }

    private func letter(_ context: APIContext) async throws -> DeadLetterRow {
        let text = try context.identifier("id")
        guard let id = Int64(text), let row = try await services.deadLetters.deadLetter(id, context.merchant) else {
            throw APIProblem(.notFound, "There is no dead letter of this id.")
        }
        return row
    }

    private func openLetter(_ context: APIContext) async throws -> DeadLetterRow {
        let row = try await letter(context)
        guard row.state == .open else {
            throw APIProblem(.conflict, "The dead letter is \(row.state.rawValue) already.")
        }
        return row
    }
}

extension DeadLetterRow {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", "\(id)")
            json.member("merchant", merchant.text)
            json.member("key", letter.record.key)
            json.member("code", letter.rejection.code.rawValue)
            json.member("detail", letter.rejection.detail)
            json.member("event_id", orNull: letter.rejection.id?.text)
            json.member("pointer", orNull: letter.rejection.pointer)
            json.member("partition", letter.record.partition)
            json.member("offset", letter.record.offset)
            json.member("first_seen", firstSeen)
            json.member("state", state.rawValue)
            json.member("bytes_base64", Base64.encode(letter.record.value))
            json.member("text", orNull: String(validating: letter.record.value, as: UTF8.self))
        }
    }
}

/// RFC 4648 section 4, with padding.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}
