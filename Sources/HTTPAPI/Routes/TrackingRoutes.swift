import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

/// The customer's page: whoever has the link sees one delivery, and nothing else.
extension APIRoutes {
    @Sendable func trackingPage(_ request: Request, _ context: APIContext) async throws -> Response {
        let (token, isData) = try Self.token(context)
        let text = Self.language(request)
        guard let (key, view) = try await tracked(token, text) else {
            return isData ? Self.goneData : Self.page(.notFound, TrackingPage.gone(text))
        }
        if isData { return Self.data(view) }
        let wasHeard = request.uri.query?.split(separator: "&").contains("heard=1") ?? false
        let page = TrackingPage(
            view: view, merchant: name(of: key.merchant, text), parcels: try await parcels(key, view),
            wasHeard: wasHeard,
            files: services.dashboard)
        return Self.page(.ok, page.html())
    }

    /// What the customer says becomes an event on the same topic. Said twice, it is one event.
    @Sendable func trackingForm(_ request: Request, _ context: APIContext) async throws -> Response {
        guard BodyReader.mediaType(request) == "application/x-www-form-urlencoded" else {
            throw APIProblem(.unsupportedMediaType, "This page takes its own forms.")
        }
        let (token, _) = try Self.token(context)
        let text = Self.language(request)
        let body = try await BodyReader.read(request)
        guard body.count <= Limits.trackingFormBytes else {
            throw APIProblem(.payloadTooLarge, "The form is too long.")
        }
        guard let (key, view) = try await tracked(token, text) else {
            return Self.page(.notFound, TrackingPage.gone(text))
        }
        if let wish = TrackingWish(form: body, view) {
            let id = services.ingest.makeID(
                merchant: key.merchant, idempotencyKey: "tracking \(key.text) \(wish.name) \(view.status.rawValue)")
            try await services.ingest.publish(wish.event(key, id: id, at: services.time.now()))
        }
        let path = "/t/\(PercentEncoding.encode(token))?heard=1&lang=\(text.language)"
        return Response(status: .seeOther, headers: [.location: path])
    }

    @Sendable func trackingStyle(_ request: Request, _ context: APIContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=3600"],
            body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.tracking_css + (settings.brand?.bytes ?? []))))
    }

    /// A new link to this delivery's tracking page. Links that were made before go on working.
    @Sendable func createTrackingLink(_ request: Request, _ context: APIContext) async throws -> Response {
        let key = try await known(request, context)
        let token = try await services.personal.trackingToken(key, offered: services.tokens.token())
        let authority = request.head.authority ?? "\(settings.host):\(settings.port)"
        return Answer(.created) { json in json.object { $0.member("tracking_url", "http://\(authority)/t/\(token)") } }
            .response
    }

    @Sendable func revokeTrackingLinks(_ request: Request, _ context: APIContext) async throws -> Response {
        let key = try await known(request, context)
        let revoked = try await services.personal.revokeTokens(key)
        return Answer { json in json.object { $0.member("revoked", revoked) } }.response
    }

    private func known(_ request: Request, _ context: APIContext) async throws -> DeliveryKey {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        let key = try context.deliveryKey()
        guard try await services.reads.delivery(key).value != nil else { throw Self.unknown(key) }
        return key
    }

    // MARK: Reading

    /// Nil for a token that is unknown, revoked or over: the answer must not tell which.
    private func tracked(_ token: String, _ text: TrackingText) async throws -> (DeliveryKey, TrackingView)? {
        guard let key = try await services.personal.delivery(ofToken: token),
            let delivery = try await services.reads.delivery(key).value
        else { return nil }
        let history = try await services.reads.history(key).value ?? []
        let view = TrackingView(delivery, history: history, text: text, now: services.time.now())
        return view.isExpired ? nil : (key, view)
    }

    private func parcels(_ key: DeliveryKey, _ view: TrackingView) async throws -> [TrackingPage.Parcel] {
        guard let order = view.order else { return [] }
        var query = DeliveryQuery(merchant: key.merchant)
        query.filter.search = order
        query.limit = Limits.parcelsShown
        let found = try await services.reads.deliveries(query).value.deliveries
        let same = found.filter { $0.folded.orderReference == order }
        return same.enumerated().map { index, delivery in
            let one = TrackingView(delivery, history: [], text: view.text, now: view.now)
            return TrackingPage.Parcel(
                title: view.text("parcel", ["n": "\(index + 1)"]), state: one.kick.text, isThis: delivery.key == key)
        }
    }

    private static func token(_ context: APIContext) throws(APIProblem) -> (token: String, isData: Bool) {
        let name = try context.identifier("token")
        let isData = name.hasSuffix(".json")
        return (isData ? String(name.dropLast(5)) : name, isData)
    }

    private static func language(_ request: Request) -> TrackingText {
        let chosen = request.uri.query?.split(separator: "&").first { $0.hasPrefix("lang=") }?.dropFirst(5)
        return TrackingText(chosen: chosen.map(String.init), accepted: request.headers[.acceptLanguage])
    }

    /// The brand is the one company's of an installation; where there are several merchants, each is called by its id.
    private func name(of merchant: MerchantID, _ text: TrackingText) -> String {
        if merchant == .default { return settings.brand?.name ?? text("shop") }
        return merchant.text.prefix(1).uppercased() + merchant.text.dropFirst().replacing("_", with: " ")
    }

    // MARK: Answering

    private static func page(_ status: HTTPResponse.Status, _ html: HTML) -> Response {
        var headers = privateHeaders
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentSecurityPolicy] = """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
            form-action 'self'; base-uri 'none'; frame-ancestors 'none'
            """
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html.text)))
    }

    private static var privateHeaders: HTTPFields {
        var headers = HTTPFields()
        headers[.cacheControl] = "private, no-store"
        headers[.vary] = "Accept-Language"
        headers[.xRobotsTag] = "noindex, nofollow"
        return headers
    }

    private static var goneData: Response {
        var response = APIProblem(.notFound, "There is nothing behind this link, or not any more.").response
        for field in privateHeaders { response.headers[field.name] = field.value }
        return response
    }

    /// The same as the page says, for a shop's own page.
    private static func data(_ view: TrackingView) -> Response {
        var response = Answer { json in
            json.object { json in
                json.member("status", view.status.rawValue)
                json.member("headline", view.headline)
                json.member("language", view.text.language)
                json.member("time_zone", view.clock.zone)
                json.member("destination", orNull: view.whereTo)
                json.key("timeline")
                json.array(view.moments) { json, moment in
                    json.object { json in
                        json.member("at", moment.at)
                        json.member("title", moment.title)
                        json.member("detail", orNull: moment.detail)
                    }
                }
            }
        }.response
        for field in privateHeaders { response.headers[field.name] = field.value }
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let xRobotsTag = Self("X-Robots-Tag")!
}
