import HTTPTypes
import Hummingbird

extension APIRoutes {
    /// The dashboard where it is built, else a page that shows as much as one file can.
    @Sendable func statusPage(_ request: Request, _ context: APIContext) async throws -> Response {
        if let files = services.dashboard { return try await DashboardRoutes(files, settings).page(request, context) }
        if settings.token != nil, Session.cookie(in: request.headers) != settings.token.map(Session.value) {
            return Response(status: .seeOther, headers: [.location: "/sign-in"])
        }
        return page(String(decoding: PackageResources.status_html, as: UTF8.self))
    }

    @Sendable func openAPI(_ request: Request, _ context: APIContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/yaml", .cacheControl: "no-cache"],
            body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
    }

    @Sendable func signInPage(_ request: Request, _ context: APIContext) async throws -> Response {
        page(String(decoding: PackageResources.sign_in_html, as: UTF8.self))
    }

    /// The one call that takes a form: it can only trade the token for a cookie that means the same.
    @Sendable func signIn(_ request: Request, _ context: APIContext) async throws -> Response {
        guard BodyReader.mediaType(request) == "application/x-www-form-urlencoded" else {
            throw APIProblem(.unsupportedMediaType, "Sign in with the form.")
        }
        let body = String(decoding: try await BodyReader.read(request), as: UTF8.self)
        let field = body.split(separator: "&").first { $0.hasPrefix("token=") }?.dropFirst(6) ?? ""
        let given = PercentEncoding.decode(String(field).replacing("+", with: " ")) ?? ""
        guard let token = settings.token, Session.value(for: given) == Session.value(for: token) else {
            throw APIProblem(.unauthenticated, "That is not the token.")
        }
        var response = Response(status: .seeOther, headers: [.location: "/"])
        response.headers[.setCookie] =
            "\(Session.name)=\(Session.value(for: token)); Path=/; Secure; HttpOnly; SameSite=Strict"
        return response
    }

    /// HTML under a policy that runs only what carries this answer's nonce.
    private func page(_ html: String) -> Response {
        let nonce = services.tokens.token()
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentSecurityPolicy] = """
            default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; img-src 'self' data:; \
            connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
            """
        return Response(
            status: .ok, headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: html.replacing("{{nonce}}", with: nonce))))
    }
}
