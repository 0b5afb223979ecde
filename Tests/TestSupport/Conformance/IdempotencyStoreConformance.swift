import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store of answers must do: one key stands for one body and, once given, for one answer.
package enum IdempotencyStoreConformance {
    package typealias Check = ConformanceCheck<any AnswersHome>

    package static let checks: [Check] = [
        Check("the first may go on, and so may a retry that was never answered", unanswered),
        Check("an answer is given again, byte for byte", answered),
        Check("another body is refused", reused),
        Check("the first answer stays", firstAnswerStays),
        Check("a hundred racing claims of one request", racingClaims),
        Check("a hundred racing claims of different requests: one body wins", racingBodies),
        Check("old answers are forgotten", oldAnswers),
    ]

    private static let now = Scenario.fixedEnd
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func unanswered(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        #expect(try await store.claim(bytes("k"), body: bytes("b"), at: now) == .proceed)
        #expect(try await store.claim(bytes("k"), body: bytes("b"), at: now) == .proceed)
        #expect(try await store.claim(bytes("K"), body: bytes("c"), at: now) == .proceed)
    }

    private static func answered(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        let kept = KeptAnswer(status: 201, body: [0, 255, 10, 34])
        _ = try await store.claim(bytes("k"), body: bytes("b"), at: now)
        try await store.answer(bytes("k"), with: kept)
        #expect(try await store.claim(bytes("k"), body: bytes("b"), at: now) == .answered(kept))
        #expect(try await home.open().claim(bytes("k"), body: bytes("b"), at: now) == .answered(kept))
        _ = try await store.claim(bytes("empty"), body: [], at: now)
        try await store.answer(bytes("empty"), with: KeptAnswer(status: 204, body: []))
        #expect(
            try await store.claim(bytes("empty"), body: [], at: now) == .answered(KeptAnswer(status: 204, body: [])))
        try await store.answer(bytes("never claimed"), with: kept)
        #expect(try await store.claim(bytes("never claimed"), body: [], at: now) == .proceed)
    }

    private static func reused(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        _ = try await store.claim(bytes("k"), body: bytes("b"), at: now)
        #expect(try await store.claim(bytes("k"), body: bytes("c"), at: now) == .reused)
        try await store.answer(bytes("k"), with: KeptAnswer(status: 200, body: []))
        #expect(try await store.claim(bytes("k"), body: bytes("c"), at: now) == .reused)
        #expect(try await store.claim(bytes("k"), body: [], at: now) == .reused)
    }

    private static func firstAnswerStays(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        _ = try await store.claim(bytes("k"), body: bytes("b"), at: now)
        try await store.answer(bytes("k"), with: KeptAnswer(status: 202, body: bytes("first")))
        try await store.answer(bytes("k"), with: KeptAnswer(status: 400, body: bytes("second")))
        let claim = try await store.claim(bytes("k"), body: bytes("b"), at: now)
        #expect(claim == .answered(KeptAnswer(status: 202, body: bytes("first"))))
    }

    private static func racingClaims(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        let claims = try await withThrowingTaskGroup(of: IdempotencyClaim.self) { group in
            for racer in 0..<100 {
                group.addTask {
                    let claim = try await store.claim(bytes("k"), body: bytes("b"), at: now)
                    if claim == .proceed {
                        try await store.answer(bytes("k"), with: KeptAnswer(status: 200, body: bytes("\(racer)")))
                    }
                    return try await store.claim(bytes("k"), body: bytes("b"), at: now)
                }
            }
            return try await group.reduce(into: Set<IdempotencyClaim>()) { $0.insert($1) }
        }
        #expect(claims.count == 1, "all hear the same answer in the end")
    }

    private static func racingBodies(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        let claims = try await withThrowingTaskGroup(of: IdempotencyClaim.self) { group in
            for racer in 0..<100 {
                group.addTask { try await store.claim(bytes("k"), body: bytes("body \(racer)"), at: now) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(claims.count { $0 == .proceed } == 1 && claims.count { $0 == .reused } == 99)
    }

    private static func oldAnswers(_ home: any AnswersHome) async throws {
        let store = try await home.open()
        for age in 0..<10 {
            _ = try await store.claim(bytes("k\(age)"), body: [], at: now.advanced(bySeconds: Int64(-age)))
        }
        #expect(try await store.trimAnswers(before: now.advanced(bySeconds: -100)) == 0)
        #expect(try await store.trimAnswers(before: now.advanced(bySeconds: -4)) == 5)
        #expect(try await store.claim(bytes("k9"), body: bytes("other"), at: now) == .proceed)
        #expect(try await store.claim(bytes("k2"), body: bytes("other"), at: now) == .reused)
    }
}
