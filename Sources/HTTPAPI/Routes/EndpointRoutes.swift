import Hummingbird
import WaybillCore
import WaybillEngine

/// Receivers of a merchant's webhooks.
extension APIRoutes {
    @Sendable func listEndpoints(_ request: Request, _ context: APIContext) async throws -> Response {
        let endpoints = try await endpoints(context)
        return Answer.page(endpoints, next: nil) { json, endpoint in
            json.object { endpoint.write(to: &$0) }
        }.response
    }

    @Sendable func createEndpoint(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let form = try EndpointForm(try await BodyReader.read(request))
        guard let url = form.url else { throw APIProblem.validation("url is required.", pointer: "/url") }
        let services = try notifications
        var endpoint = WebhookEndpoint(id: "ep_" + self.services.tokens.token(), url: url)
        try form.apply(to: &endpoint, services.filter)
        let secret = form.isAsymmetric ? services.secrets.asymmetric() : services.secrets.symmetric()
        endpoint.rotate(to: secret, at: self.services.time.now())
        try await save(endpoint, context)
        return Answer(.created) { endpoint.write(shown: secret, services.secrets, to: &$0) }.response
    }

    @Sendable func getEndpoint(_ request: Request, _ context: APIContext) async throws -> Response {
        let endpoint = try await endpoint(context)
        return Answer { json in json.object { endpoint.write(to: &$0) } }.response
    }

    @Sendable func updateEndpoint(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let form = try EndpointForm(try await BodyReader.read(request))
        var endpoint = try await endpoint(context)
        try form.apply(to: &endpoint, try notifications.filter)
        try await save(endpoint, context)
        return Answer { [endpoint] json in json.object { endpoint.write(to: &$0) } }.response
    }

    @Sendable func deleteEndpoint(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        let id = try context.identifier("id")
        guard try await notifications.settings.delete(.endpoint, id, of: context.merchant) else {
            throw Self.noEndpoint
        }
        return Response(status: .noContent)
    }

    @Sendable func rotateSecret(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        let services = try notifications
        var endpoint = try await endpoint(context)
        let isAsymmetric = endpoint.secrets.first?.secret.revealed.hasPrefix("whsk_") == true
        let secret = isAsymmetric ? services.secrets.asymmetric() : services.secrets.symmetric()
        endpoint.rotate(to: secret, at: self.services.time.now())
        try await save(endpoint, context)
        return Answer { [endpoint] in endpoint.write(shown: secret, services.secrets, to: &$0) }.response
    }

    /// Sends again what the endpoint has not had since an instant.
    @Sendable func recoverEndpoint(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let body = try await BodyReader.read(request)
        let endpoint = try await endpoint(context)
        let now = services.time.now()
        guard let since = try RecoverForm(body).since, since >= now.advanced(bySeconds: -Limits.recoverSeconds) else {
            throw APIProblem.validation("since must be a time within the last 14 days.", pointer: "/since")
        }
        let count = try await notifications.messages.replay(
            .endpoint(endpoint.id, context.merchant, since: since), at: now)
        try notifications.due.fire()
        return Answer(.accepted) { json in json.object { json in json.member("messages", count) } }.response
    }

    // MARK: The store

    private func endpoints(_ context: APIContext) async throws -> [WebhookEndpoint] {
        try await notifications.settings.settings(.endpoint, of: context.merchant)
            .compactMap { WebhookEndpoint(id: $0.id, stored: $0.data) }
    }

    private func endpoint(_ context: APIContext) async throws -> WebhookEndpoint {
        let id = try context.identifier("id")
        guard let endpoint = try await endpoints(context).first(where: { $0.id == id }) else { throw Self.noEndpoint }
        return endpoint
    }

    private static var noEndpoint: APIProblem { APIProblem(.notFound, "There is no endpoint of this id.") }

    private func save(_ endpoint: WebhookEndpoint, _ context: APIContext) async throws {
        let setting = NotificationSetting(
            merchant: context.merchant, kind: .endpoint, id: endpoint.id, data: endpoint.stored,
            updatedAt: services.time.now())
        guard try await notifications.settings.save(setting, most: Limits.endpointsPerMerchant) else {
            throw APIProblem(.conflict, "There are \(Limits.endpointsPerMerchant) endpoints already.")
        }
    }
}

/// What a body says of an endpoint; a member that is absent changes nothing.
private struct EndpointForm {
    private(set) var url: String?
    private(set) var isAsymmetric = false
    private var description: String??
    private var events: [String]?
    private var isOrdered: Bool?
    private var isDisabled: Bool?
    private var ownerEmail: String??

    init(_ body: [UInt8]) throws(APIProblem) {
        var form = Self()
        let fault: APIProblem? = body.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            var here = ""
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    here = "/" + key.text
                    try form.read(key, &reader)
                }
                try reader.expectEnd()
                return nil
            } catch { return APIProblem.validation("Not valid: \(error.problem).", pointer: here) }
        }
        if let fault { throw fault }
        self = form
    }

    private init() {}

    private mutating func read(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
        switch key {
        case "url": url = try reader.readString()
        case "description": description = .some(try reader.readNull() ? nil : try reader.readString())
        case "events": events = try reader.readStrings()
        case "ordered": isOrdered = try reader.readBool()
        case "disabled": isDisabled = try reader.readBool()
        case "owner_email": ownerEmail = .some(try reader.readNull() ? nil : try reader.readString())
        case "asymmetric": isAsymmetric = try reader.readBool()
        default: _ = try reader.skipValue()
        }
    }

    private static let types = Set(Occasion.Kind.all.map(WebhookPayload.type)).union(["delivery.*"])

    func apply(to endpoint: inout WebhookEndpoint, _ filter: any OutboundFilter) throws(APIProblem) {
        if let url {
            if let fault = filter.fault(inURL: url) { throw .validation(fault, pointer: "/url") }
            endpoint.url = url
        }
        if let events {
            if let unknown = events.first(where: { !Self.types.contains($0) }) {
                throw .validation("\(unknown) is not a type of event.", pointer: "/events")
            }
            endpoint.events = events
        }
        if let description { endpoint.description = description.map { String($0.prefix(512)) } }
        if let ownerEmail { endpoint.ownerEmail = ownerEmail }
        if let isOrdered { endpoint.isOrdered = isOrdered }
        if let isDisabled {
            endpoint.isDisabled = isDisabled
            endpoint.disabledBecause = isDisabled ? "switched off by its owner" : nil
        }
    }
}

private struct RecoverForm {
    private(set) var since: Timestamp?

    init(_ body: [UInt8]) throws(APIProblem) {
        var found: String?
        let isRead = body.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if "since" ~= key { found = try reader.readString() } else { _ = try reader.skipValue() }
                }
                return true
            } catch { return false }
        }
        guard isRead else { throw .validation("Must be an object with since.", pointer: "/since") }
        since = found.flatMap { Timestamp(rfc3339: $0) }
    }
}

extension WebhookEndpoint {
    /// Without its secrets.
    fileprivate func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("url", url)
        json.member("description", orNull: description)
        json.key("events")
        json.array(events) { $0.value($1) }
        json.member("ordered", isOrdered)
        json.member("disabled", isDisabled)
        json.member("disabled_because", orNull: disabledBecause)
        json.member("owner_email", orNull: ownerEmail)
    }

    /// The one time a secret is shown.
    fileprivate func write(shown secret: Secret, _ secrets: any SecretSource, to json: inout JSONWriter) {
        json.object { json in
            write(to: &json)
            json.member("secret", secret.revealed)
            json.member("public_key", orNull: secrets.publicKey(of: secret))
        }
    }
}
