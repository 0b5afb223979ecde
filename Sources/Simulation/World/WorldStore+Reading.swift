import WaybillCore
import WaybillEngine

extension WorldStore: ReadStore {
    private func snapshot<Value: Sendable>(_ body: (State) -> Value) -> Snapshot<Value> {
        state.withLock { Snapshot(value: body($0), cursor: $0.progress.cursor) }
    }

    package func delivery(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<DeliveryState?> {
        snapshot { state in state.places[key].map { state.rows[$0].stored.state } }
    }

    package func history(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<[HistoryEntry]?> {
        snapshot { state in state.places[key].map { state.rows[$0].history.map(\.entry) } }
    }

    package func counters(_ merchant: MerchantID) async throws(StorageError) -> Snapshot<[String: Int64]> {
        snapshot { state in
            var counters: [String: Int64] = [:]
            for (key, value) in state.counters
            where key.merchant == merchant && key.name < CounterName.firstOfMany { counters[key.name] = value }
            counters["dead_letters"] = Int64(state.letters.count { $0.merchant == merchant && $0.state == .open })
            return counters
        }
    }

    package func position(_ key: DeliveryKey) async throws(StorageError) -> PositionFix? {
        state.withLock { $0.fixes[key] }
    }

    package func deliveries(_ query: DeliveryQuery) async throws(StorageError) -> Snapshot<DeliveryPage> {
        snapshot { state in
            let isByPromise = query.sort == .promised || query.sort == .promisedDescending
            let isDescending = query.sort == .createdDescending || query.sort == .promisedDescending
            func mark(_ stored: StoredDelivery) -> PageMark {
                let promise = isByPromise ? stored.state.folded.promised?.latest.microseconds : nil
                return PageMark(value: promise ?? 0, number: stored.number)
            }
            func isBefore(_ one: PageMark, _ other: PageMark) -> Bool {
                let ascends = (one.value, one.number) < (other.value, other.number)
                return one == other ? false : ascends != isDescending
            }
            var found = state.rows.map(\.stored).filter { stored in
                let state = stored.state
                guard state.key.merchant == query.merchant, !isByPromise || state.folded.promised != nil else {
                    return false
                }
                return query.filter.matches(DeliveryFacts(state))
            }
            found.sort { isBefore(mark($0), mark($1)) }
            if let after = query.after { found.removeAll { !isBefore(after, mark($0)) } }
            let page = found.prefix(query.limit)
            return DeliveryPage(
                deliveries: page.map(\.state), next: found.count > query.limit ? page.last.map(mark) : nil)
        }
    }

    package func feed(after cursor: FeedCursor, limit: Int) async throws(StorageError) -> Snapshot<FeedSlice> {
        snapshot { state in
            var slice = FeedSlice(entries: [], keys: [:], histories: [:], purged: state.purged)
            guard cursor.feedID == state.progress.feedID, cursor.positions.count == state.progress.claims.count
            else {
                return slice
            }
            slice.entries = Array(state.feed.lazy.filter { cursor.isBefore($0.at) }.prefix(limit))
            slice.add(changes: Self.toldChanges(after: cursor, limit, in: state), after: cursor, limit: limit)
            let numbers = Set(slice.entries.map(\.number))
            slice.histories = Self.histories(Array(numbers), in: state)
            for number in numbers {
                slice.keys[number] = state.place(of: number).map { state.rows[$0].stored.state.key }
                slice.told[number] = slice.keys[number].map { Self.told($0, in: state) }
            }
            return slice
        }
    }
}

extension WorldStore: DeadLetterStore {
    package func deadLetters(
        _ merchant: MerchantID, state wanted: DeadLetterRow.State?, before: Int64?, limit: Int
    ) async throws(StorageError) -> [DeadLetterRow] {
        state.withLock { state in
            let found = state.letters.reversed().filter { row in
                row.merchant == merchant && row.id < before ?? .max && (wanted == nil || row.state == wanted)
            }
            return Array(found.prefix(limit))
        }
    }

    package func deadLetter(_ id: Int64, _ merchant: MerchantID) async throws(StorageError) -> DeadLetterRow? {
        state.withLock { $0.letters.first { $0.id == id && $0.merchant == merchant } }
    }

    package func settle(_ id: Int64, as wanted: DeadLetterRow.State) async throws(StorageError) -> Bool {
        state.withLock { state in
            guard let place = state.letters.firstIndex(where: { $0.id == id && $0.state == .open }) else {
                return false
            }
            state.letters[place].state = wanted
            return true
        }
    }

    package func trimDeadLetters(before instant: Timestamp) async throws(StorageError) -> Int {
        state.withLock { state in
            let count = state.letters.count
            state.letters.removeAll { $0.firstSeen < instant }
            return count - state.letters.count
        }
    }
}
