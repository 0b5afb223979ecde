import Crypto
import WaybillCore

/// What a rebuild found and did.
package struct RebuildReport: Sendable {
    package var deliveries = 0
    package var events = 0
    /// Deliveries whose history was dropped: their state stands.
    package var sealed = 0
    /// In words, one a delivery or counter.
    package var differences: [String] = []
    package var stateHash = ""
}

/// Folds every history again. Nothing is published; what people own stays as it is.
package struct Rebuilding: Sendable {
    private static let page = 500
    private let store: any MaintenanceStore

    package init(store: any MaintenanceStore) { self.store = store }

    /// Compares what is stored with what the events give: the folded part, `sequence`, `updated_at`, milestones and
    /// counters.
    package func verify() async throws(StorageError) -> RebuildReport {
        try await run(changes: false)
    }

    /// Puts what the events give in place, and starts a new numbering of updates when anything differed.
    package func rebuild(feedID: UInt64) async throws(StorageError) -> RebuildReport {
        let report = try await run(changes: true)
        if !report.differences.isEmpty { try await store.renewFeed(id: feedID) }
        return report
    }

    private func run(changes: Bool) async throws(StorageError) -> RebuildReport {
        var report = RebuildReport()
        var hash = StateHash()
        var counters: [CounterKey: Int64] = [:]
        var last: Int64 = 0
        while true {
            let page = try await store.stored(after: last, limit: Self.page)
            guard let end = page.last?.0.number else { break }
            last = end
            var changed: [StoredDelivery] = []
            for (stored, history) in page {
                report.deliveries += 1
                report.events += history.count
                if stored.isSealed { report.sealed += 1 }
                let state = stored.isSealed ? stored.state : Self.replay(stored.state.key, history)
                for (name, amount) in Counters.contribution(of: state.folded) {
                    counters[CounterKey(merchant: stored.state.key.merchant, name: name), default: 0] += amount
                }
                hash.add(state)
                let differences = Self.differences(between: stored.state, and: state)
                guard !differences.isEmpty else { continue }
                report.differences.append("\(stored.state.key): \(differences.joined(separator: ", "))")
                var fresh = stored
                fresh.state = state
                changed.append(fresh)
            }
            if changes, !changed.isEmpty { try await store.replace(changed) }
        }
        let stored = try await store.allCounters().filter { $0.value != 0 }
        report.differences += Self.differences(between: stored, and: counters)
        if changes, stored != counters { try await store.replaceCounters(counters) }
        report.stateHash = hash.text
        return report
    }

    private static func differences(between stored: [CounterKey: Int64], and fresh: [CounterKey: Int64]) -> [String] {
        Set(stored.keys).union(fresh.keys).filter { stored[$0] != fresh[$0] }
            .sorted { ($0.merchant, $0.name) < ($1.merchant, $1.name) }
            .map { "counter \($0.merchant) \($0.name): stored \(stored[$0] ?? 0), is \(fresh[$0] ?? 0)" }
    }

    private static func replay(_ key: DeliveryKey, _ history: [HistoryEntry]) -> DeliveryState {
        var application = DeliveryApplication(key: key, stored: nil)
        for entry in history { _ = application.apply(entry.event, receivedAt: entry.receivedAt) }
        return application.state
    }

    /// What differs between two tellings of one delivery, by name.
    package static func differences(between stored: DeliveryState, and fresh: DeliveryState) -> [String] {
        var names: [String] = []
        if stored.folded.canonical != fresh.folded.canonical { names.append("state") }
        if stored.arrival.sequence != fresh.arrival.sequence { names.append("sequence") }
        if stored.arrival.updatedAt != fresh.arrival.updatedAt { names.append("updated_at") }
        if stored.arrival.announced != fresh.arrival.announced { names.append("milestones") }
        return names
    }

    /// Deliveries that two stores tell differently, or only one of them has.
    package static func differences(
        between one: any MaintenanceStore, and other: any MaintenanceStore
    ) async throws(StorageError) -> [String] {
        var left = try await states(of: one)
        var found: [String] = []
        for (key, fresh) in try await states(of: other) {
            guard let stored = left.removeValue(forKey: key) else {
                found.append("\(key): missing")
                continue
            }
            let names = differences(between: stored, and: fresh)
            if !names.isEmpty { found.append("\(key): \(names.joined(separator: ", "))") }
        }
        return (found + left.keys.map { "\($0): not in the log" }).sorted()
    }

    private static func states(of store: any MaintenanceStore) async throws(StorageError) -> [DeliveryKey:
        DeliveryState]
    {
        var states: [DeliveryKey: DeliveryState] = [:]
        var last: Int64 = 0
        while true {
            let page = try await store.stored(after: last, limit: Self.page)
            guard let end = page.last?.0.number else { return states }
            for (delivery, _) in page { states[delivery.state.key] = delivery.state }
            last = end
        }
    }
}

/// One hash over the folded state of many deliveries, whatever the order in which they are added.
package struct StateHash {
    private var digests: [(key: String, digest: [UInt8])] = []

    package init() {}

    package mutating func add(_ delivery: DeliveryState) {
        digests.append((delivery.key.text, Array(SHA256.hash(data: delivery.folded.canonical))))
    }

    /// SHA-256 over keys and digests in byte order of the keys, in hexadecimal.
    package var text: String {
        var hash = SHA256()
        for (key, digest) in digests.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            hash.update(data: Array(key.utf8))
            hash.update(data: [0])
            hash.update(data: digest)
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
