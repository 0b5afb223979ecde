import WaybillCore
import WaybillEngine

/// Somebody who follows the feed and notes what it saw: each update must come once, in order, without a gap.
struct FeedWitness {
    private(set) var cursor: FeedCursor
    private(set) var problems: [String] = []
    private(set) var seen: [String] = []

    init(from cursor: FeedCursor) { self.cursor = cursor }

    /// What came live: repeats of what was read before are skipped, as a stream does.
    mutating func see(_ items: [FeedItem]) {
        for item in items {
            guard case .update(let update) = item.content, cursor.isBefore(update.at) else { continue }
            see(update, next: nil)
        }
    }

    /// One page; false when there was nothing more.
    mutating func page(_ reader: FeedReader, limit: Int) async throws(StorageError) -> Bool {
        switch try await reader.page(after: cursor, limit: limit) {
        case .reset:
            problems.append("reset from \(cursor.positions)")
            return false
        case .items(let items, let next):
            if items.count > limit { problems.append("\(items.count) items on a page of \(limit)") }
            for item in items {
                if case .update(let update) = item.content { see(update, next: item.cursor) }
            }
            if cursor != next { problems.append("the page's cursor is not that of its last item") }
            return !items.isEmpty
        }
    }

    private mutating func see(_ update: UpdateFacts, next: FeedCursor?) {
        let expected = cursor.positions[update.at.partition] + 1
        if update.at.position != expected {
            problems.append("partition \(update.at.partition): \(update.at.position) after \(expected - 1)")
        }
        cursor.advance(to: update.at)
        if let next, next != cursor {
            problems.append("the item's cursor is \(next.positions), not \(cursor.positions)")
        }
        seen.append(update.id)
    }
}
