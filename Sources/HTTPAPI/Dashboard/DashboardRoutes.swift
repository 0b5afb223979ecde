import HTTPTypes
import Hummingbird
import NIOCore

/// The dashboard's pages and files. They are no calls of the API: each page is the same document, which reads its
/// address itself.
struct DashboardRoutes: Sendable {
    private let files: DashboardFiles
    private let settings: HTTPSettings

    init(_ files: DashboardFiles, _ settings: HTTPSettings) {
        self.files = files
        self.settings = settings
    }

    /// Addresses that the dashboard gives its screens.
    static let pages = [
        "/deliveries", "/deliveries/{id}", "/exceptions", "/exceptions/{id}", "/notifications", "/notifications/{tab}",
        "/platform",
    ]
    /// What a browser may fetch before it is signed in: none of it holds data.
    static let open = Set(pages + ["/assets/{name}", "/LICENSES.txt"])

    func register(on router: Router<APIContext>) {
        for path in Self.pages { router.get(RouterPath(stringLiteral: path), use: page) }
        router.get("/assets/{name}", use: asset)
        router.get("/LICENSES.txt") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: files.licences))
        }
    }

    /// Asked for again each time, so that a new build is seen at once; everything it names never changes.
    @Sendable func page(_ request: Request, _ context: APIContext) async throws -> Response {
        if settings.token != nil, Session.cookie(in: request.headers) != settings.token.map(Session.value) {
            return Response(status: .seeOther, headers: [.location: "/sign-in"])
        }
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-cache"
        headers[.contentSecurityPolicy] = Self.policy
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: files.page))
    }

    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
        connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    @Sendable private func asset(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let file = files.asset(try context.identifier("name")) else {
            throw APIProblem(.notFound, "There is no such file; the dashboard may have been built anew.")
        }
        var headers = HTTPFields()
        headers[.contentType] = file.type
        headers[.cacheControl] = "public, max-age=31536000, immutable"
        headers[.vary] = "Accept-Encoding"
        let accepted = request.headers[.acceptEncoding] ?? ""
        for coding in ["br", "gzip"] where accepted.contains(coding) {
            guard let bytes = file.encodings[coding] else { continue }
            headers[.contentEncoding] = coding
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: bytes))
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.bytes))
    }
}
