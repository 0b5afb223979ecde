import Hummingbird
import WaybillCore
import WaybillEngine

/// The ledger: who was told what, or why not.
extension APIRoutes {
    var notifications: NotificationServices {
        get throws(APIProblem) {
            guard let services = services.notifications else {
                throw APIProblem(.dependencyUnavailable, "Notifications are not set up in this process.")
            }
            return services
        }
    }

    @Sendable func listDeliveryNotifications(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = MessageQuery(merchant: context.merchant)
        query.delivery = try context.deliveryKey()
        return try await page(query, scope: "notifications \(query.delivery?.text ?? "")", request)
    }

    @Sendable func listNotifications(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        var query = MessageQuery(merchant: context.merchant)
        query.state = try reader.code("status")
        query.party = try reader.text("endpoint").map(MessageParty.endpoint)
        let scope = "notifications \(context.merchant) \(query.state?.rawValue ?? "") \(query.party?.text ?? "")"
        return try await page(query, scope: scope, request)
    }

    private func page(_ query: MessageQuery, scope: String, _ request: Request) async throws -> Response {
        let reader = try QueryReader(request)
        let limit = try reader.limit()
        let cursor = PageCursor(scope: scope)
        var query = query
        query.before = try cursor.decode(try reader.text("cursor"), count: 1)?.first.flatMap { Int64($0) }
        query.limit = limit + 1
        let rows = try await notifications.messages.messages(query)
        let page = Array(rows.prefix(limit))
        let next = rows.count > limit ? page.last.map { cursor.encode(["\($0.number)"]) } : nil
        return Answer.page(page, next: next) { json, message in message.write(to: &json) }.response
    }

    @Sendable func getNotification(_ request: Request, _ context: APIContext) async throws -> Response {
        let message = try await message(context)
        return Answer { message.write(to: &$0) }.response
    }

    @Sendable func listAttempts(_ request: Request, _ context: APIContext) async throws -> Response {
        let message = try await message(context)
        let attempts = try await notifications.messages.attempts(message.id, context.merchant)
        return Answer.page(attempts, next: nil) { json, attempt in
            json.object { json in
                json.member("number", attempt.number)
                json.member("at", attempt.at)
                json.member("milliseconds", attempt.milliseconds)
                json.member("result", attempt.result)
                json.member("detail", attempt.detail)
            }
        }.response
    }

    @Sendable func retryNotification(_ request: Request, _ context: APIContext) async throws -> Response {
        try BodyReader.demandJSON(request)
        _ = try await BodyReader.read(request)
        let message = try await message(context)
        let now = services.time.now()
        guard try await notifications.messages.replay(.message(message.id, context.merchant), at: now) > 0 else {
            throw APIProblem(.conflict, "The message has not ended yet: it is \(message.row.state.rawValue).")
        }
        try notifications.due.fire()
        let again = try await self.message(context)
        return Answer(.accepted) { again.write(to: &$0) }.response
    }

    /// The schedule of attempts, for machines.
    @Sendable func getRetrySchedule(_ request: Request, _ context: APIContext) async throws -> Response {
        Answer { json in
            json.object { json in
                json.member("attempts", RetrySchedule.attempts)
                json.key("delays_seconds")
                json.array([0] + RetrySchedule.delays) { $0.value($1) }
                json.member("jitter_percent", RetrySchedule.jitterPercent)
                json.member("timeout_seconds", Limits.attemptSeconds)
                json.member("secret_overlap_seconds", Limits.secretOverlapSeconds)
            }
        }.response
    }

    private func message(_ context: APIContext) async throws -> StoredMessage {
        let id = try context.identifier("id")
        guard let message = try await notifications.messages.message(id, context.merchant) else {
            throw APIProblem(.notFound, "There is no notification of this id.")
        }
        return message
    }
}

extension StoredMessage {
    /// Without an address: whom it reached is known by the recipient's id alone.
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("merchant", row.key.delivery.merchant.text)
            json.member("delivery_id", row.key.delivery.deliveryID.text)
            json.member("occasion", row.key.occasion.name)
            json.member("instance", row.key.instance)
            json.member("audience", row.audience.rawValue)
            json.member("party", row.key.party.text)
            json.member("channel", row.key.channel.rawValue)
            json.member("template", row.template)
            json.member("state", row.state.rawValue)
            json.member("reason", orNull: row.reason?.rawValue)
            json.member("due_at", orNull: row.state.isOpen ? row.dueAt : nil)
            json.member("sequence", row.sequence)
            json.member("attempts", attempts)
            json.member("last_result", orNull: lastAnswer)
            json.member("created_at", createdAt)
            json.member("updated_at", updatedAt)
            json.member("sent_at", orNull: sentAt)
        }
    }
}
