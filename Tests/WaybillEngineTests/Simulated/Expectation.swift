import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// What must have become of a log, told plainly: read it once, in order, and keep the first of each id.
struct Expectation {
    private(set) var accepted: [DeliveryKey: [(event: Event, receivedAt: Timestamp)]] = [:]
    private(set) var letters: [(record: LogRecord, code: EventRejection.Code)] = []
    private(set) var fixes: [DeliveryKey: Event] = [:]
    /// Ids of updates, per partition, in order.
    private(set) var updates: [[String]]

    init(_ log: WorldLog) {
        updates = Array(repeating: [], count: log.partitionCount)
        for record in log.records { read(record) }
    }

    private mutating func read(_ record: LogRecord) {
        let event: Event
        do throws(EventRejection) {
            event = try EventDecoder().decode(record.value).event
            guard event.key.text == record.key else { throw EventRejection(.keyMismatch, "") }
            if let future = EventDecoder.rejectFuture(event, receivedAt: record.timestamp) { throw future }
        } catch {
            letters.append((record, error.code))
            return
        }
        guard event.type != .position else {
            if let known = fixes[event.key], known.sortKey >= event.sortKey { return }
            fixes[event.key] = event
            return
        }
        if let known = accepted[event.key]?.first(where: { $0.event.id == event.id }) {
            if EventEncoder.content(of: known.event) != EventEncoder.content(of: event) {
                letters.append((record, .idConflict))
            }
            return
        }
        accepted[event.key, default: []].append((event, record.timestamp))
        updates[record.partition].append("\(event.key.text)/\(accepted[event.key]?.count ?? 0)")
    }

    // MARK: Comparing

    /// What a store has that it must not have, or has not that it must have.
    func differences(from store: any WholeStore, lettersMayRepeat: Bool = false) async throws -> [String] {
        var problems: [String] = []
        let stored = try await store.stored(after: 0, limit: 100_000)
        if Set(stored.map(\.0.state.key)) != Set(accepted.keys) || stored.count != accepted.count {
            problems.append("deliveries \(stored.map(\.0.state.key)), not \(accepted.keys)")
        }
        var counters: [CounterKey: Int64] = [:]
        for (delivery, history) in stored {
            problems += differences(delivery, history)
            for (name, amount) in Counters.contribution(of: delivery.state.folded) {
                counters[CounterKey(merchant: delivery.state.key.merchant, name: name), default: 0] += amount
            }
        }
        if try await store.allCounters().filter({ $0.value != 0 }) != counters { problems.append("counters") }
        problems += try await differencesOfLetters(store, mayRepeat: lettersMayRepeat)
        problems += try await differencesOfFeed(store)
        for (key, fix) in fixes {
            let kept = try await store.position(key)
            if kept?.id != fix.id || kept?.occurredAt != fix.occurredAt { problems.append("fix of \(key)") }
        }
        return problems
    }

    private func differences(_ delivery: StoredDelivery, _ history: [HistoryEntry]) -> [String] {
        var problems: [String] = []
        let key = delivery.state.key
        let mine = accepted[key, default: []]
        if history.map(\.event.id) != mine.map(\.event.id) {
            problems.append("\(key) has \(history.map(\.event.id)), not \(mine.map(\.event.id))")
        }
        if history.map(\.sequence) != (0..<mine.count).map({ Int64($0 + 1) }) { problems.append("\(key): gaps") }
        if history.map(\.receivedAt) != mine.map(\.receivedAt) { problems.append("\(key): received_at") }
        if delivery.state.folded.canonical != Fold.state(of: mine.map(\.event)).canonical {
            problems.append("\(key): state")
        }
        if delivery.state.arrival.sequence != Int64(mine.count) { problems.append("\(key): sequence") }
        if delivery.state.arrival.updatedAt != mine.last?.receivedAt { problems.append("\(key): updated_at") }
        return problems
    }

    private func differencesOfLetters(_ store: any WholeStore, mayRepeat: Bool) async throws -> [String] {
        var found: [String] = []
        for merchant in [MerchantID.default, MerchantID(trusted: "other")] {
            for row in try await store.deadLetters(merchant, state: .open, before: nil, limit: 100_000) {
                let record = row.letter.record
                found.append(
                    "\(record.partition)/\(record.offset) \(row.letter.rejection.code) \(record.key) \(record.value)")
            }
        }
        let expected = letters.map {
            "\($0.record.partition)/\($0.record.offset) \($0.code) \($0.record.key) \($0.record.value)"
        }
        if mayRepeat { found = Array(Set(found)) }
        return found.sorted() == expected.sorted() ? [] : ["dead letters: \(found.count), not \(expected.count)"]
    }

    private func differencesOfFeed(_ store: any WholeStore) async throws -> [String] {
        let progress = try await store.progress()
        guard progress.cursor.positions == updates.map({ Int64($0.count) }) else {
            return ["positions \(progress.cursor.positions), not \(updates.map(\.count))"]
        }
        return []
    }
}
