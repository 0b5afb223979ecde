import Crypto
import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

/// The door: who may come in, under which merchant, and how every answer leaves.
///
/// One middleware for all of it, since each layer costs every request.
struct Gateway: RouterMiddleware {
    typealias Context = APIContext

    private let settings: HTTPSettings
    private let observer: any Observer
    private let clock = ContinuousClock()
    private let tokenHash: SHA256.Digest?
    private let cookie: String?

    init(_ settings: HTTPSettings, observer: any Observer) {
        self.settings = settings
        self.observer = observer
        tokenHash = settings.token.map { SHA256.hash(data: Array($0.utf8)) }
        cookie = settings.token.map(Session.value)
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let started = clock.now
        var response: Response
        do {
            var context = context
            try admit(request, &context)
            response = try await next(request, context)
        } catch {
            response = problem(for: error, context).response
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        let seconds = (clock.now - started) / .seconds(1)
        observer.observe(
            .answered(
                route: context.coreContext.endpointPath.value ?? "unknown", method: request.method.rawValue,
                status: response.status.code, seconds: seconds))
        return response
    }

    // MARK: Admission

    private func admit(_ request: Request, _ context: inout APIContext) throws(APIProblem) {
        guard let host = request.head.authority, settings.allows(host: host) else {
            throw APIProblem(.forbidden, "Host is not a name of this server; list it in allowed-hosts.")
        }
        if let name = request.headers[single: .merchant] {
            guard let merchant = MerchantID(name) else {
                throw .validation("Waybill-Merchant must be [a-z0-9][a-z0-9_-]{0,62}.", parameter: "Waybill-Merchant")
            }
            context.merchant = merchant
        }
        let isChange = request.method != .get && request.method != .head
        if isChange, let site = request.headers[single: .secFetchSite], site != "same-origin" {
            throw APIProblem(.forbidden, "A browser may change things only from this site's own pages.")
        }
        guard isProtected(context) else { return }
        try authenticate(request)
    }

    /// The pages, their sign-in and the description of the API hold no data; a tracking page is opened by its link.
    private static let open = DashboardRoutes.open.union([
        "/", "/sign-in", "/openapi.yaml", "/t/{token}", "/tracking.css",
    ])

    /// Told by the route that was matched, not by the path: `//v1/stats` is another path, and the same route.
    private func isProtected(_ context: APIContext) -> Bool {
        guard let route = context.coreContext.endpointPath.value else { return true }
        return !Self.open.contains(route)
    }

    private func authenticate(_ request: Request) throws(APIProblem) {
        guard let tokenHash else { return }
        if let field = request.headers[single: .authorization], field.hasPrefix("Bearer ") {
            // Digests are compared in constant time, whatever the lengths.
            if SHA256.hash(data: Array(field.dropFirst(7).utf8)) == tokenHash { return }
        }
        if let cookie, let given = Session.cookie(in: request.headers) {
            if SHA256.hash(data: Array(given.utf8)) == SHA256.hash(data: Array(cookie.utf8)) { return }
        }
        throw APIProblem(.unauthenticated, "This call needs the token: Authorization: Bearer <token>.")
    }

    // MARK: Failures

    private func problem(for error: any Error, _ context: APIContext) -> APIProblem {
        if let problem = error as? APIProblem { return problem }
        if let error = error as? StorageError { return APIProblem(error) }
        if let error = error as? IngestError { return APIProblem(error) }
        if let error = error as? HTTPError {
            switch error.status {
            case .notFound:
                return APIProblem(.notFound, "There is no such call on this path.")
            case .contentTooLarge:
                return APIProblem(.payloadTooLarge, "The body may have \(Limits.bodyBytes) bytes at most.")
            default: return .validation(error.body ?? "The request cannot be read.")
            }
        }
        // The route and not the path: a path may hold the token of a tracking link.
        let route = context.coreContext.endpointPath.value ?? "unknown"
        observer.observe(.requestFailed(route: route, error: "\(type(of: error)): \(error)"))
        return APIProblem(
            .internalError, "Something went wrong here; nothing was accepted unless a later read says so.")
    }
}

extension HTTPField.Name {
    static let merchant = Self("Waybill-Merchant")!
    static let waybillCursor = Self("Waybill-Cursor")!
    static let idempotencyKey = Self("Idempotency-Key")!
    static let secFetchSite = Self("Sec-Fetch-Site")!
    static let referrerPolicy = Self("Referrer-Policy")!
    static let lastEventID = Self("Last-Event-ID")!
}
