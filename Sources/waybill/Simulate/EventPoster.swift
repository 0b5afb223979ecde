import AsyncHTTPClient
import Foundation
import NIOCore

/// Takes batches of events: a server, or the brokers.
protocol EventTaker: Sendable {
    /// The answer, and how often the batch was sent in vain before.
    func post(_ bytes: [UInt8]) async throws -> (answer: EventPoster.Answer, retries: Int)
    func close() async throws
}

/// Posts batches of events, and tries again while the server is not ready for them.
///
/// A batch that is sent again has the same ids: what had arrived the first time is a duplicate, and costs nothing.
struct EventPoster: EventTaker {
    /// What the server said about a batch.
    struct Answer: Decodable, Sendable {
        struct Rejection: Decodable, Sendable {
            let index: Int
            let code: String
            let detail: String?
        }

        let accepted: Int
        let rejected: [Rejection]
    }

    enum Failure: Error {
        /// Not ready through all attempts.
        case unavailable(attempts: Int, last: String)
        /// The server does not want it, whenever it is sent.
        case refused(status: UInt, detail: String)
    }

    private let client: HTTPClient
    private let url: String
    private let headers: [(String, String)]

    init(address: String, merchant: String, token: String?) {
        // Connections are tried again here, where attempts are counted, and not a second time inside the client.
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        url = address + "/v1/events"
        var headers = [("content-type", "application/x-ndjson"), ("waybill-merchant", merchant)]
        if let token { headers.append(("authorization", "Bearer " + token)) }
        self.headers = headers
    }

    func close() async throws { try await client.shutdown() }

    func post(_ bytes: [UInt8]) async throws -> (answer: Answer, retries: Int) {
        var last = ""
        for attempt in 0..<Self.attempts {
            var pause = min(5, 0.1 * Double(1 << attempt))
            do {
                let response = try await send(bytes)
                let body = Data(try await response.body.collect(upTo: Self.answerBytes).readableBytesView)
                if response.status == .accepted {
                    return (try JSONDecoder().decode(Answer.self, from: body), attempt)
                }
                last = "\(response.status.code) \(Self.detail(in: body))"
                guard response.status.code >= 500 || response.status == .tooManyRequests else {
                    throw Failure.refused(status: response.status.code, detail: Self.detail(in: body))
                }
                let asked = response.headers.first(name: "retry-after").flatMap(Double.init)
                pause = max(pause, min(asked ?? 0, 30))
            } catch let failure as Failure {
                throw failure
            } catch {
                try Task.checkCancellation()
                last = "\(error)"
            }
            try await Task.sleep(for: .seconds(pause))
        }
        throw Failure.unavailable(attempts: Self.attempts, last: last)
    }

    /// Together about half a minute.
    private static let attempts = 11
    private static let answerBytes = 16 * 1024 * 1024

    private func send(_ bytes: [UInt8]) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: bytes))
        return try await client.execute(request, timeout: .seconds(60))
    }

    /// The words of a problem body (RFC 9457).
    private static func detail(in body: Data) -> String {
        struct Problem: Decodable {
            let code: String?
            let title: String?
            let detail: String?
        }
        guard let problem = try? JSONDecoder().decode(Problem.self, from: body) else { return "" }
        return [problem.code, problem.detail ?? problem.title].compactMap(\.self).joined(separator: ": ")
    }
}
