import Crypto
import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    /// Runs a change once for its `Idempotency-Key`: the first answer is kept for 24 h and given again.
    ///
    /// The key is claimed before anything is appended. Ids derive from it, so a retry after a crash between the two is
    /// a duplicate.
    func idempotent(
        _ request: Request, _ context: APIContext, _ body: [UInt8],
        _ work: (_ key: String?) async throws -> Answer
    ) async throws -> Answer {
        guard let key = request.headers[single: .idempotencyKey] else { return try await work(nil) }
        guard (1...Limits.idempotencyKeyBytes).contains(key.utf8.count) else {
            throw APIProblem.validation(
                "Idempotency-Key must be 1 to \(Limits.idempotencyKeyBytes) bytes.", parameter: "Idempotency-Key")
        }
        let scope = "\(context.merchant.text)\0\(request.method.rawValue)\0\(request.uri.path)\0\(key)"
        let keyHash = Array(SHA256.hash(data: Array(scope.utf8)))
        let bodyHash = Array(SHA256.hash(data: body))
        switch try await services.answers.claim(keyHash, body: bodyHash, at: services.time.now()) {
        case .answered(let kept): return Answer(kept)
        case .reused:
            throw APIProblem(.idempotencyKeyReused, "This Idempotency-Key was used for another body within 24 hours.")
        case .proceed: break
        }
        let answer = try await work(key)
        try await services.answers.answer(keyHash, with: KeptAnswer(status: answer.status.code, body: answer.body))
        return answer
    }
}
