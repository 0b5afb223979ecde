import Hummingbird
import WaybillCore
import WaybillEngine

/// Rules, templates, and what recipients want.
extension APIRoutes {
    // MARK: Rules

    @Sendable func listRules(_ request: Request, _ context: APIContext) async throws -> Response {
        let services = try notifications
        let own = try await services.settings.settings(.rule, of: context.merchant)
            .compactMap { NotificationRule(id: $0.id, stored: $0.data) }
        let rules = NotificationRule.inForce(standard: services.standardRules, own: own)
        return Answer.page(rules, next: nil) { json, rule in rule.show(isOwn: own.contains(rule), to: &json) }.response
    }

    @Sendable func putRule(_ request: Request, _ context: APIContext) async throws -> Response {
        let (id, data) = try await setting(request, context)
        let rule: NotificationRule
        do throws(SettingFault) { rule = try NotificationRule(id: id, checking: data) } catch {
            throw APIProblem.validation(error.detail, pointer: error.pointer)
        }
        if rule.channels.contains(.chat), let to = rule.to, let fault = try notifications.filter.fault(inURL: to) {
            throw APIProblem.validation(fault, pointer: "/to")
        }
        try await save(.rule, id, rule.stored, most: Limits.rulesPerMerchant, context)
        return Answer { rule.show(isOwn: true, to: &$0) }.response
    }

    @Sendable func deleteRule(_ request: Request, _ context: APIContext) async throws -> Response {
        try await delete(.rule, request, context)
    }

    // MARK: Templates

    @Sendable func listTemplates(_ request: Request, _ context: APIContext) async throws -> Response {
        let own = try await notifications.settings.settings(.template, of: context.merchant)
        return Answer.page(own, next: nil) { json, template in template.write(to: &json) }.response
    }

    @Sendable func putTemplate(_ request: Request, _ context: APIContext) async throws -> Response {
        let (id, data) = try await setting(request, context)
        if let fault = try notifications.renderer.fault(inTemplate: data) {
            throw APIProblem.validation(fault.description)
        }
        try await save(.template, id, data, most: Limits.templatesPerMerchant, context)
        let now = services.time.now()
        let stored = NotificationSetting(
            merchant: context.merchant, kind: .template, id: id, data: data, updatedAt: now)
        return Answer { stored.write(to: &$0) }.response
    }

    @Sendable func deleteTemplate(_ request: Request, _ context: APIContext) async throws -> Response {
        try await delete(.template, request, context)
    }

    /// What a template makes of a delivery as it stands, without sending anything.
    @Sendable func previewTemplate(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        let form = try PreviewForm(try await BodyReader.read(request))
        guard let id = form.deliveryID.flatMap(DeliveryID.init) else {
            throw APIProblem.validation("delivery_id is required.", pointer: "/delivery_id")
        }
        let key = DeliveryKey(merchant: context.merchant, deliveryID: id)
        guard let delivery = try await services.reads.delivery(key).value else { throw Self.unknown(key) }
        var own = try await notifications.settings.settings(.template, of: context.merchant)
        if let data = form.content {
            if let fault = try notifications.renderer.fault(inTemplate: data) {
                throw APIProblem.validation(fault.description, pointer: "/content")
            }
            let name = "\(form.template).\(form.language.lowercased())"
            own.removeAll { $0.id == name }
            own.append(
                NotificationSetting(
                    merchant: context.merchant, kind: .template, id: name, data: data, updatedAt: services.time.now()))
        }
        let wanted = RenderRequest(
            channel: form.channel, template: form.template, language: form.language,
            payload: PreviewForm.payload(delivery, form.template), recipientName: "Ada Example", own: own,
            trackingURL: nil)
        let renderer = try notifications.renderer
        let message: RenderedMessage
        do throws(TemplateFault) { message = try renderer.render(wanted) } catch {
            throw APIProblem.validation(error.description, pointer: "/template")
        }
        return Answer { message.write(form.channel, to: &$0) }.response
    }

    // MARK: Recipients

    @Sendable func getRecipient(_ request: Request, _ context: APIContext) async throws -> Response {
        let mark = RecipientMark(merchant: context.merchant, id: try context.identifier("id"))
        guard let data = try await notifications.settings.recipient(mark) else {
            throw APIProblem(.notFound, "There is no recipient of this id.")
        }
        return Answer { $0.value(data) }.response
    }

    /// Replaces contact and preferences. Who says so again has agreed again: refusals of providers are forgotten.
    @Sendable func putRecipient(_ request: Request, _ context: APIContext) async throws -> Response {
        let (id, data) = try await setting(request, context)
        let mark = RecipientMark(merchant: context.merchant, id: id)
        try await services.personal.saveRecipient(id, context.merchant, data, at: services.time.now())
        try await notifications.settings.clearRefusals(mark)
        return Answer { $0.value(data) }.response
    }

    // MARK: What they share

    /// The id of the path and the object of the body.
    private func setting(_ request: Request, _ context: APIContext) async throws -> (id: String, data: JSONFragment) {
        try BodyReader.demandJSON(request)
        let body = try await BodyReader.read(request)
        let id = try context.identifier("id")
        guard (1...Limits.identifierBytes).contains(id.utf8.count), id.isVisibleASCII else {
            throw APIProblem.validation("An id is 1 to 128 visible ASCII characters.", parameter: "id")
        }
        guard body.count <= Limits.templateBytes * 2 else {
            throw APIProblem(.payloadTooLarge, "This may have \(Limits.templateBytes * 2) bytes at most.")
        }
        let data: JSONFragment? = body.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            guard reader.peek() == UInt8(ascii: "{") else { return nil }
            do throws(JSONError) {
                let fragment = try reader.readFragment()
                try reader.expectEnd()
                return fragment
            } catch { return nil }
        }
        guard let data else { throw APIProblem.validation("The body must be a JSON object.") }
        return (id, data)
    }

    private func save(
        _ kind: NotificationSetting.Kind, _ id: String, _ data: JSONFragment, most: Int, _ context: APIContext
    ) async throws {
        let setting = NotificationSetting(
            merchant: context.merchant, kind: kind, id: id, data: data, updatedAt: services.time.now())
        guard try await notifications.settings.save(setting, most: most) else {
            throw APIProblem(.conflict, "There are \(most) already.")
        }
    }

    private func delete(
        _ kind: NotificationSetting.Kind, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        let id = try context.identifier("id")
        guard try await notifications.settings.delete(kind, id, of: context.merchant) else {
            throw APIProblem(.notFound, "There is no \(kind.rawValue) of this id.")
        }
        return Response(status: .noContent)
    }
}

extension NotificationRule {
    fileprivate func show(isOwn: Bool, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            write(to: &json)
            json.member("standard", !isOwn)
        }
    }
}

extension NotificationSetting {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("content", data)
            json.member("updated_at", updatedAt)
        }
    }
}

extension RenderedMessage {
    fileprivate func write(_ channel: Channel, to json: inout JSONWriter) {
        json.object { json in
            json.member("language", language)
            json.member("subject", subject)
            json.member("text", text)
            json.member("html", orNull: html)
            json.key("sms")
            guard channel == .sms else { return json.null() }
            let segments = SMSSegments(text)
            json.object { json in
                json.member("encoding", segments.encoding.rawValue)
                json.member("units", segments.units)
                json.member("segments", segments.segments)
            }
        }
    }
}
