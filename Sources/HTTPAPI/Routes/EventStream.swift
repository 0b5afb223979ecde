import AsyncAlgorithms
import Hummingbird
import WaybillCore
import WaybillEngine

/// One Server-Sent Events connection: catches up from the cursor by pages, then goes on live, and loses and repeats
/// nothing.
struct EventStream: Sendable {
    let services: APIServices
    let merchant: MerchantID
    let filter: DeliveryFilter

    /// What can happen while nothing is written.
    private enum Turn: Sendable {
        case batch([FeedItem])
        case heartbeat
        case ended
    }

    /// - Parameter subscription: taken before the catching up, so that nothing falls between the two.
    func run(
        from given: FeedCursor?, _ subscription: LiveFeed.Subscription, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var cursor: FeedCursor
        if let given {
            cursor = given
        } else {
            cursor = try await now()
        }
        try await writer.write(Self.frame(comment: "connected", id: cursor))
        cursor = try await catchUp(from: cursor, &writer)
        let beats = AsyncTimerSequence(interval: .seconds(Limits.heartbeatSeconds), clock: .continuous)
        let turns = merge(
            chain(subscription.batches.map { Turn.batch($0) }, [Turn.ended].async), beats.map { _ in Turn.heartbeat })
        for await turn in turns {
            switch turn {
            case .ended: return
            case .heartbeat: try await writer.write(Self.frame(comment: "alive", id: nil))
            case .batch(let items):
                var out = ByteBuffer()
                for item in items { write(item, beyond: &cursor, to: &out) }
                if out.readableBytes > 0 { try await writer.write(out) }
            }
        }
    }

    private func now() async throws -> FeedCursor {
        if let cursor = services.feed.cursor { return cursor }
        let none = FeedCursor(feedID: 0, positions: Array(repeating: 0, count: services.log.partitionCount))
        return try await services.reads.feed(after: none, limit: 1).cursor
    }

    private func catchUp(from start: FeedCursor, _ writer: inout any ResponseBodyWriter) async throws -> FeedCursor {
        var cursor = start
        let reader = FeedReader(store: services.reads)
        while true {
            switch try await reader.page(after: cursor) {
            case .reset(let fresh):
                try await writer.write(Self.frame(reset: fresh))
                cursor = fresh
            case .items(let items, let next):
                guard next != cursor else { return cursor }
                var out = ByteBuffer()
                for item in items { write(item, beyond: &cursor, to: &out) }
                cursor = next
                if out.readableBytes > 0 { try await writer.write(out) }
            }
        }
    }

    /// A repeat is recognised by its position and not shown.
    private func write(_ item: FeedItem, beyond cursor: inout FeedCursor, to out: inout ByteBuffer) {
        switch item.content {
        case .position:
            guard item.concerns(merchant, filter) else { return }
            out.writeString("event: position\ndata: ")
            out.writeBytes(item.json)
            out.writeString("\n\n")
        case .update(let update):
            guard cursor.isBefore(update.at) else { return }
            cursor.advance(to: update.at)
            guard item.concerns(merchant, filter) else { return }
            out.writeString("id: \(cursor == item.cursor ? item.cursorText : cursor.text)\nevent: update\ndata: ")
            out.writeBytes(item.json)
            out.writeString("\n\n")
        }
    }

    private static func frame(comment: String, id: FeedCursor?) -> ByteBuffer {
        ByteBuffer(string: id.map { ": \(comment)\nid: \($0.text)\n\n" } ?? ": \(comment)\n\n")
    }

    private static func frame(reset cursor: FeedCursor) -> ByteBuffer {
        ByteBuffer(string: "id: \(cursor.text)\nevent: reset\ndata: {\"cursor\":\"\(cursor.text)\"}\n\n")
    }
}
