import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

extension APIRoutes {
    // MARK: Pages

    @Sendable func listUpdates(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        let filter = try reader.filter()
        let limit = try reader.limit(maximum: Limits.feedPage, standard: Limits.feedPage)
        let given = try reader.feedCursor(try reader.text("after"), partitions: services.log.partitionCount)
        let page = try await FeedReader(store: services.reads).page(after: try await start(given), limit: limit)
        switch page {
        case .reset(let cursor):
            return Answer(cursor: cursor) { json in
                json.object { json in
                    json.member("reset", true)
                    json.key("data")
                    json.array { _ in }
                    json.member("next_cursor", cursor.text)
                }
            }.response
        case .items(let items, let next):
            let shown = items.filter { $0.concerns(context.merchant, filter) }
            return Answer.page(shown, next: next.text, cursor: next) { json, item in json.raw(item.json) }.response
        }
    }

    /// Without a cursor, pages begin at the oldest update kept.
    private func start(_ given: FeedCursor?) async throws(StorageError) -> FeedCursor {
        if let given { return given }
        let oldest = FeedCursor(feedID: 0, positions: Array(repeating: 0, count: services.log.partitionCount))
        let snapshot = try await services.reads.feed(after: oldest, limit: 1)
        return FeedCursor(feedID: snapshot.cursor.feedID, positions: snapshot.value.purged)
    }

    // MARK: The stream

    @Sendable func stream(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        let filter = try reader.filter()
        let text = try request.headers[.lastEventID] ?? reader.text("after")
        let given = try reader.feedCursor(text, partitions: services.log.partitionCount)
        let events = EventStream(services: services, merchant: context.merchant, filter: filter)
        guard let subscription = services.feed.subscribe() else {
            if services.feed.isClosed {
                throw APIProblem(.draining, "This server is stopping; connect again in a moment.")
            }
            throw APIProblem(.rateLimited, "As many streams are open as this process serves.")
        }
        var headers = HTTPFields()
        headers[.contentType] = "text/event-stream"
        headers[.cacheControl] = "no-store"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                defer { services.feed.unsubscribe(subscription.id) }
                try await events.run(from: given, subscription, &writer)
                try await writer.finish(nil)
            })
    }
}
