import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import WaybillCore
import WaybillEngine

/// HTTP to addresses that others have chosen: resolved once, judged, and connected to exactly what was judged.
///
/// Redirects are not followed and no proxy of the environment is used. Answers are read up to a bound and kept up to a
/// smaller one.
package final class OutboundClient: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var retryAfter: String?
        package var body: [UInt8]
    }

    package enum Failure: Error, Sendable {
        case blocked(String)
        case timeout
        case tls(String)
        case connect(String)
    }

    /// Clients are kept for a minute: as long as a name's address is believed.
    private struct Entry {
        let client: HTTPClient
        let since: ContinuousClock.Instant
    }

    private let rules: OutboundRules
    private let resolver: any Resolver
    private let timeouts: Timeouts
    private let trusted: [NIOSSLCertificate]?
    private let clock = ContinuousClock()
    private let clients = Mutex<[String: Entry]>([:])
    private static let clientLife: Duration = .seconds(60)

    package struct Timeouts: Sendable {
        package var connect: Int64 = 5
        package var total: Int64 = Limits.attemptSeconds
        package init() {}
    }

    package init(rules: OutboundRules, resolver: any Resolver, timeouts: Timeouts = Timeouts()) {
        self.rules = rules
        self.resolver = resolver
        self.timeouts = timeouts
        trusted = nil
    }

    package func close() async {
        let all = clients.withLock { clients in
            defer { clients.removeAll() }
            return clients.values.map(\.client)
        }
        for client in all { try? await client.shutdown() }
    }

    /// Posts a body.
    package func post(
        _ url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(Failure) -> Answer {
        guard let target = OutboundURL(url) else { throw .blocked("The URL is not one that can be used.") }
        if let fault = rules.fault(in: target) { throw .blocked(fault) }
        let addresses = target.address.map { [$0] } ?? []
        let resolved = addresses.isEmpty ? await resolver.addresses(of: target.host) : addresses
        if resolved.isEmpty { throw .connect("The host has no address.") }
        if let fault = rules.fault(in: target, resolvedTo: resolved) { throw .blocked(fault) }
        let client = await client(for: target, at: resolved[0])
        do {
            return try await send(target, headers, body, client)
        } catch {
            throw Self.failure(error)
        }
    }

    private func send(
        _ target: OutboundURL, _ headers: [(String, String)], _ body: [UInt8], _ client: HTTPClient
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: target.text)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.replaceOrAdd(name: "accept-encoding", value: "identity")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: .seconds(timeouts.total))
        var kept: [UInt8] = []
        var read = 0
        for try await part in response.body {
            read += part.readableBytes
            kept += part.readableBytesView.prefix(max(0, Limits.answerBytesKept - kept.count))
            if read >= Limits.answerBytes { break }
        }
        return Answer(
            status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"), body: kept)
    }

    /// The client connects to the address that was judged and to no other; its name stays in the certificate's check
    /// and in `Host`.
    private func client(for target: OutboundURL, at address: IPAddress) async -> HTTPClient {
        let key = "\(target.host)|\(address)"
        let now = clock.now
        let (client, old) = clients.withLock { clients -> (HTTPClient, [HTTPClient]) in
            let expired = clients.filter { now - $0.value.since > Self.clientLife }
            for key in expired.keys { clients[key] = nil }
            let old = expired.values.map(\.client)
            if let known = clients[key] { return (known.client, old) }
            let client = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: configuration(target, address))
            clients[key] = Entry(client: client, since: now)
            return (client, old)
        }
        // Requests on their way are let finish.
        for client in old { Self.retire(client) }
        return client
    }

    private static func retire(_ client: HTTPClient) {
        Task {
            try? await Task.sleep(for: .seconds(Limits.attemptSeconds * 2))
            try? await client.shutdown()
        }
    }

    private func configuration(_ target: OutboundURL, _ address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(timeouts.connect), read: .seconds(timeouts.total)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Limits.messagesInFlightPerLane
        configuration.httpVersion = .http1Only
        if target.address == nil { configuration.dnsOverride = [target.host: address.description] }
        return configuration
    }

    private static func failure(_ error: any Error) -> Failure {
        if let failure = error as? Failure { return failure }
        if let error = error as? HTTPClientError {
            switch error {
            case .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout, .writeTimeout:
                return .timeout
            default: return .connect("The connection broke.")
            }
        }
        if error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError {
            return .tls("The certificate or the handshake is not right.")
        }
        return .connect("No connection.")
    }
}

extension OutboundURL {
    /// The URL as it is requested.
    var text: String {
        let name = address?.bytes.count == 16 ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(name):\(port)\(target)"
    }
}

extension SendOutcome {
    /// What an HTTP answer means: 2xx is success, everything else is not.
    init(_ answer: OutboundClient.Answer, at now: Timestamp) {
        let said = String(decoding: answer.body, as: UTF8.self).filter { !$0.isNewline }
        let detail = "\(answer.status) \(said)"
        let retryAfter = answer.retryAfter.flatMap { RetryAfter.seconds($0, now: now) }
        switch answer.status {
        case 200..<300: self.init(.sent, detail)
        case 410: self.init(.gone, detail)
        case 429, 502, 504: self.init(.throttled, detail, retryAfter: retryAfter ?? 60)
        case 300..<400: self.init(.http3xx, detail)
        case 400..<500: self.init(.http4xx, detail, retryAfter: retryAfter)
        default: self.init(.http5xx, detail, retryAfter: retryAfter)
        }
    }

    init(_ failure: OutboundClient.Failure) {
        switch failure {
        case .blocked(let why): self.init(.blocked, why)
        case .timeout: self.init(.timeout, "No whole answer within \(Limits.attemptSeconds) s.")
        case .tls(let why): self.init(.tls, why)
        case .connect(let why): self.init(.connect, why)
        }
    }
}

/// The judgement of a URL when somebody sets it.
package struct OutboundURLFilter: OutboundFilter {
    private let rules: OutboundRules

    package init(rules: OutboundRules) { self.rules = rules }

    package func fault(inURL url: String) -> String? {
        guard let target = OutboundURL(url) else { return "This is not a URL that can be used." }
        return rules.fault(in: target)
    }
}
