import WaybillCore

/// The feed as pages: what `GET /v1/updates` answers, and how a stream catches up.
///
/// Updates are not stored a second time: an update is the fold of a delivery's first n events, and the history has
/// those.
package struct FeedReader: Sendable {
    package enum Page: Sendable {
        /// Items beyond the cursor, in order, and the cursor after them. Empty: the reader has seen everything.
        case items([FeedItem], next: FeedCursor)
        /// The cursor is of another numbering, or what follows it was purged: start again from here.
        case reset(FeedCursor)
    }

    private let store: any ReadStore

    package init(store: any ReadStore) { self.store = store }

    /// The same before it is written as JSON.
    package enum Updates: Sendable {
        case updates([FeedUpdate], next: FeedCursor)
        case reset(FeedCursor)
    }

    package func page(after cursor: FeedCursor, limit: Int = Limits.feedPage) async throws(StorageError) -> Page {
        switch try await updates(after: cursor, limit: limit) {
        case .reset(let end): return .reset(end)
        case .updates(let updates, let end):
            var next = cursor
            let items = updates.map { update in
                next.advance(to: update.at)
                return FeedItem(update: update, cursor: next)
            }
            return .items(items, next: end)
        }
    }

    /// Updates beyond the cursor, in order, and the cursor after them.
    package func updates(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> Updates {
        let snapshot = try await store.feed(after: cursor, limit: limit)
        let slice = snapshot.value
        let isKnown =
            cursor.feedID == snapshot.cursor.feedID
            && zip(cursor.positions, slice.purged).allSatisfy { $0 >= $1 }
            && zip(cursor.positions, snapshot.cursor.positions).allSatisfy { $0 <= $1 }
        guard isKnown else { return .reset(snapshot.cursor) }
        var next = cursor
        let updates = Self.applied(in: slice)
        var found: [FeedUpdate] = []
        found.reserveCapacity(slice.entries.count)
        for entry in slice.entries {
            next.advance(to: entry.at)
            if let update = Self.update(entry, slice, updates) {
                found.append(update)
            }
        }
        return .updates(found, next: next)
    }

    /// The updates of a page, in its order.
    static func updates(of slice: FeedSlice) -> [FeedUpdate] {
        let updates = applied(in: slice)
        return slice.entries.compactMap { update($0, slice, updates) }
    }

    private static func update(
        _ entry: FeedEntry, _ slice: FeedSlice, _ updates: [Int64: [Int64: AppliedEvent]]
    ) -> FeedUpdate? {
        guard let applied = updates[entry.number]?[entry.sequence] else { return nil }
        let open = slice.open(entry.number, before: entry.at.position)
        guard let change = entry.change else {
            return .event(Update(at: entry.at, applied: applied, openCases: open))
        }
        var delivery = applied.after
        delivery.openCases = change.open
        return .caseChange(CaseUpdate(at: entry.at, change, delivery, openBefore: open))
    }

    /// Applies each delivery's history again and keeps what the wanted events did.
    private static func applied(in slice: FeedSlice) -> [Int64: [Int64: AppliedEvent]] {
        var wanted: [Int64: Set<Int64>] = [:]
        for entry in slice.entries { wanted[entry.number, default: []].insert(entry.sequence) }
        var updates: [Int64: [Int64: AppliedEvent]] = [:]
        for (number, sequences) in wanted {
            guard let key = slice.keys[number], let history = slice.histories[number], let last = sequences.max() else {
                continue
            }
            var application = DeliveryApplication(key: key, stored: nil)
            for entry in history.prefix(Int(last)) {
                guard case .applied(let applied) = application.apply(entry.event, receivedAt: entry.receivedAt),
                    sequences.contains(entry.sequence)
                else { continue }
                updates[number, default: [:]][entry.sequence] = applied
            }
        }
        return updates
    }
}
