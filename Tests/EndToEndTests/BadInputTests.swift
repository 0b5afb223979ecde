import Foundation
import Testing

extension EndToEnd {
    /// 20,000 wrong requests: no crash, no 5xx, and everything is applied, answered or dead-lettered with its code.
    @Suite("Bad input") struct BadInputTests {
        let directory: TemporaryDirectory

        static let problemCodes: Set<String> = [
            "validation", "unauthenticated", "forbidden", "not_found", "conflict", "idempotency_key_reused",
            "payload_too_large", "unsupported_media_type", "rate_limited", "storage_full", "dependency_unavailable",
            "draining", "internal",
        ]
        static let rejectionCodes: Set<String> = [
            "malformed", "missing_field", "invalid_field", "unknown_type", "occurred_in_future", "id_conflict",
            "too_large", "key_mismatch", "archived",
        ]

        init() throws { directory = try TemporaryDirectory() }

        @Test func everyRequestIsAnsweredAndNothingBreaks() throws {
            let seed = Scale.seed(424_242)
            let total = Scale.pick(test: 20_000, soak: 100_000)
            let server = try ServerProcess.started(in: directory)
            let pid = server.pid
            let tallies = try Workers.map(4) { worker in
                var random = Seeded(seed &+ UInt64(worker))
                var tally = Tally()
                let client = Client(port: server.port, seconds: 20)
                for number in 0..<(total / 4) {
                    let bad = BadRequest.make(worker * total + number, port: server.port, &random)
                    tally.judge(bad, client, "seed \(seed), worker \(worker), request \(number)")
                }
                return tally
            }
            let all = tallies.reduce(into: Tally()) { $0.add($1) }
            #expect(
                all.problems.isEmpty,
                "\(all.problems.count) problems: \(all.problems.prefix(5).joined(separator: "\n"))")
            #expect(
                server.pid == pid && server.current?.isRunning == true, "it crashed: \(server.errorText.suffix(2000))")
            #expect(all.statuses.count > 5, "\(all.statuses)")
            try server.waitUntilCaughtUp()
            try expectAllAccountedFor(server, all.acceptedIDs, seed)
            #expect(try server.stop() == .code(0))
            SoakReport.add(
                "Bad input",
                [
                    ("requests", "\(total)"), ("seed", "\(seed)"), ("events accepted", "\(all.acceptedIDs.count)"),
                    (
                        "answers",
                        all.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
                    ),
                ])
        }

        /// What was accepted is on a timeline, or in the dead letters with a known code.
        private func expectAllAccountedFor(_ server: ServerProcess, _ ids: Set<String>, _ seed: UInt64) throws {
            let client = server.client()
            var found: Set<String> = []
            for delivery in try client.pages("/v1/deliveries?limit=200") {
                let id = try #require(delivery["id"]?.string)
                for row in try client.pages("/v1/deliveries/\(id.percentEncoded)/events?limit=200") {
                    if let id = (row["event"] ?? row)["id"]?.string { found.insert(id) }
                }
            }
            let letters = try client.pages("/v1/dead-letters?limit=200")
            for letter in letters {
                let code = letter["code"]?.string ?? letter["error_code"]?.string
                #expect(code.map { Self.rejectionCodes.contains($0) } ?? false, "\(letter.text)")
            }
            let lettersText = letters.map(\.text).joined()
            let missing = ids.filter { !found.contains($0) && !lettersText.contains($0) }
            #expect(
                missing.isEmpty,
                "seed \(seed): \(missing.count) accepted events are nowhere, first \(missing.min() ?? "")")
            #expect(!letters.isEmpty, "no reused id was dead-lettered")
        }
    }
}

/// What came back, by status, and everything that should not have.
private struct Tally: Sendable {
    var statuses: [Int: Int] = [:]
    var acceptedIDs: Set<String> = []
    var problems: [String] = []

    mutating func add(_ other: Tally) {
        statuses.merge(other.statuses) { $0 + $1 }
        acceptedIDs.formUnion(other.acceptedIDs)
        problems += other.problems
    }

    mutating func judge(_ bad: BadRequest, _ client: Client, _ place: String) {
        switch bad.kind {
        case .framed:
            do {
                let response = try sendFramed(bad, client)
                statuses[response.status, default: 0] += 1
                let toPerson = bad.label.hasPrefix("GET /t/")
                if let problem = problem(of: response, toPerson: toPerson) {
                    problems.append("\(place), \(bad.label): \(problem)")
                }
                // GPS fixes are not on timelines.
                if response.status == 202, !bad.label.contains("selfMade") {
                    acceptedIDs.formUnion(Self.acceptedIDs(response))
                }
            } catch {
                problems.append("\(place), \(bad.label): \(error)")
            }
        case .unframed:
            guard let connection = try? Connection(port: client.port, seconds: 20) else {
                return problems.append("\(place), \(bad.label): no connection")
            }
            try? connection.send(bad.bytes)
            connection.finishSending()
            guard let head = try? connection.readHead(within: 20) else { return }
            statuses[head.status, default: 0] += 1
            if head.status >= 500 { problems.append("\(place), \(bad.label): \(head.status)") }
        }
    }

    /// A connection that the server closed after a refusal is no fault of the next request.
    private func sendFramed(_ bad: BadRequest, _ client: Client) throws -> Response {
        do { return try client.send(bytes: bad.bytes) } catch ConnectionError.closed {
            return try client.send(bytes: bad.bytes)
        }
    }

    /// People with a tracking link are answered with a page.
    private func problem(of response: Response, toPerson: Bool) -> String? {
        switch response.status {
        case 200..<300:
            for rejection in response.json?["rejected"]?.array ?? [] {
                guard let code = rejection["code"]?.string, EndToEnd.BadInputTests.rejectionCodes.contains(code) else {
                    return "an unknown rejection: \(rejection.text)"
                }
            }
            return nil
        case 404 where toPerson && response.mediaType == "text/html": return nil
        case 400..<500, 503:
            guard let code = response.problemCode, EndToEnd.BadInputTests.problemCodes.contains(code) else {
                return "not a problem with a known code: \(response.summary)"
            }
            return response.status == 503 && response["retry-after"] == nil ? "503 without Retry-After" : nil
        default: return response.summary
        }
    }

    private static func acceptedIDs(_ response: Response) -> [String] {
        response.json?["ids"]?.array?.compactMap(\.string) ?? []
    }
}
