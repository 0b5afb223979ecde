import WaybillCore

/// Brings the two kinds of entries of a page together: a store keeps events and changes of cases apart.
extension FeedSlice {
    /// Adds changes of cases to the entries of events, which are a page of their own: each partition's positions follow
    /// each other from the cursor on, and what lies behind a hole waits for the next page.
    package mutating func add(changes: [FeedEntry], after cursor: FeedCursor, limit: Int) {
        guard !changes.isEmpty else { return }
        var waiting = Dictionary(grouping: changes, by: \.at.partition)
            .mapValues { $0.sorted { $0.at.position > $1.at.position } }
        var seen = cursor.positions
        var merged: [FeedEntry] = []
        func take(_ entry: FeedEntry) {
            merged.append(entry)
            seen[entry.at.partition] = entry.at.position
        }
        func takeChanges(of partition: Int) {
            while let next = waiting[partition]?.last, next.at.position <= seen[partition] + 1 {
                waiting[partition]?.removeLast()
                take(next)
            }
        }
        for entry in entries {
            takeChanges(of: entry.at.partition)
            if entry.at.position == seen[entry.at.partition] + 1 { take(entry) }
        }
        for partition in waiting.keys.sorted() { takeChanges(of: partition) }
        entries = Array(merged.prefix(limit))
    }

    /// The kinds that were told as open before a place.
    func open(_ number: Int64, before position: Int64) -> CaseSet {
        told[number]?.last { $0.position < position }?.open ?? []
    }
}

/// One update of either kind, at its place in the feed.
package enum FeedUpdate: Sendable {
    case event(Update)
    case caseChange(CaseUpdate)

    package var at: FeedPosition {
        switch self {
        case .event(let update): update.at
        case .caseChange(let update): update.at
        }
    }

    package var key: DeliveryKey {
        switch self {
        case .event(let update): update.delivery.key
        case .caseChange(let update): update.delivery.key
        }
    }

    package var json: [UInt8] {
        switch self {
        case .event(let update): update.json
        case .caseChange(let update): update.json
        }
    }

    var facts: UpdateFacts {
        switch self {
        case .event(let update): UpdateFacts(update)
        case .caseChange(let update): UpdateFacts(update)
        }
    }
}
