import WaybillCore
import WaybillEngine

extension WorldStore: DeskStore {
    // MARK: The feed

    package func untold(_ partitions: [Int], limit: Int) async throws(StorageError) -> [UntoldChange] {
        state.withLock { state in
            let waiting = state.changes.filter { $0.told == nil && partitions.contains($0.change.partition) }
            return waiting.prefix(limit).map(\.change)
        }
    }

    static func tell(_ told: ToldChange, in state: inout State) {
        if let place = state.changes.firstIndex(where: { $0.change.number == told.number }) {
            state.changes[place].told = told
        }
        guard told.at.position > 0, let place = state.places[told.key] else { return }
        state.rows[place].stored.state.openCases = told.open
    }

    static func toldChanges(after cursor: FeedCursor, _ limit: Int, in state: State) -> [FeedEntry] {
        state.changes.compactMap { item in
            guard let told = item.told, told.at.position > 0, cursor.isBefore(told.at),
                let place = state.places[told.key]
            else { return nil }
            return FeedEntry(
                at: told.at, number: state.rows[place].stored.number, sequence: told.sequence, change: item.change)
        }
    }

    static func told(_ key: DeliveryKey, in state: State) -> [ToldCases] {
        state.changes.compactMap(\.told).filter { $0.key == key && $0.at.position > 0 }
            .map { ToldCases(position: $0.at.position, open: $0.open) }
    }

    static func dropCases(of place: Int, in state: inout State) {
        let key = state.rows[place].stored.state.key
        for told in state.changes.compactMap(\.told) where told.key == key {
            state.purged[told.at.partition] = max(state.purged[told.at.partition], told.at.position)
        }
        state.changes.removeAll { $0.change.key == key }
        state.records.removeAll { $0.key == key }
        state.rows[place].stored.state.openCases = []
        state.rows[place].stored.due = nil
    }

    // MARK: The monitor

    package func lease(
        _ shards: Int, owner: String, now: Timestamp, until: Timestamp
    ) async throws(StorageError) -> [ShardLease] {
        state.withLock { state in
            for shard in 0..<shards {
                let known = state.leases[shard]
                guard known.map({ $0.owner == owner || $0.until <= now }) ?? true else { continue }
                let epoch = known.map { $0.owner == owner ? $0.epoch : $0.epoch + 1 } ?? 1
                state.leases[shard] = (owner, epoch, until)
            }
            return state.leases.filter { $0.value.owner == owner }
                .map { ShardLease(shard: $0.key, epoch: $0.value.epoch) }.sorted { $0.shard < $1.shard }
        }
    }

    package func release(owner: String) async throws(StorageError) {
        state.withLock { state in
            for (shard, lease) in state.leases where lease.owner == owner {
                state.leases[shard]?.until = Timestamp(microseconds: 0)
            }
        }
    }

    package func due(
        _ shards: [Int], of count: Int, at now: Timestamp, limit: Int
    ) async throws(StorageError) -> [WatchedDelivery] {
        state.withLock { state in
            let due = state.rows.map(\.stored).filter { stored in
                guard let due = stored.due, due <= now, !stored.isSealed else { return false }
                return shards.contains(Int(stored.number % Int64(count)))
            }
            let sorted = due.sorted { ($0.due ?? now, $0.number) < ($1.due ?? now, $1.number) }
            return sorted.prefix(limit).map { stored in
                WatchedDelivery(stored: stored, records: state.records.filter { $0.key == stored.state.key })
            }
        }
    }

    package func commit(
        _ looks: [Look], under leases: [ShardLease], of count: Int
    ) async throws(StorageError) -> Int {
        let written: Int? = state.withLock { state in
            guard leases.allSatisfy({ state.leases[$0.shard]?.epoch == $0.epoch }) else { return nil }
            var written = 0
            for look in looks {
                guard let place = state.place(of: look.number), case let stored = state.rows[place].stored,
                    stored.state.arrival.sequence == look.sequence, stored.watch == look.mark
                else { continue }
                state.rows[place].stored.watch = look.next
                state.rows[place].stored.due = look.due
                for record in look.records { Self.save(record, in: &state) }
                for new in look.changes { Self.add(new, in: &state) }
                written += 1
            }
            return written
        }
        guard let written else { throw .superseded("another monitor has taken a share of the deliveries") }
        return written
    }

    private static func save(_ record: CaseRecord, in state: inout State) {
        if let place = state.records.firstIndex(where: { $0.id == record.id }) {
            state.records[place] = record
        } else {
            state.records.append(record)
        }
    }

    private static func add(_ new: NewCaseChange, in state: inout State) {
        let key = new.change.record.key
        let change = UntoldChange(
            number: (state.changes.last?.change.number ?? 0) + 1, key: key,
            partition: StableHash.partition(ofKey: key.text, count: state.progress.claims.count), open: new.open,
            fragment: new.change.fragment, actor: new.change.actor, at: new.change.at)
        state.changes.append((change, new.change.record.id, nil))
    }

    // MARK: People

    package func commit(_ change: CaseChange) async throws(StorageError) -> Bool {
        state.withLock { state in
            let record = change.record
            guard let known = state.records.first(where: { $0.id == record.id }), known.version == record.version - 1
            else { return false }
            Self.save(record, in: &state)
            let open = CaseSet(state.records.filter { $0.key == record.key && $0.state == .open }.map(\.kind))
            Self.add(NewCaseChange(change, open: open), in: &state)
            if let place = state.places[record.key] {
                let watch = state.rows[place].stored.watch
                state.rows[place].stored.watch = watch.next(watch.inForce)
                state.rows[place].stored.due = Watch.atOnce
            }
            return true
        }
    }

    package func cases(
        _ query: CaseQuery
    ) async throws(StorageError) -> Snapshot<(rows: [CaseRow], hasMore: Bool)> {
        state.withLock { state in
            let found = state.records.enumerated().compactMap { index, record -> CaseRow? in
                guard let place = state.places[record.key] else { return nil }
                let row = CaseRow(row: Int64(index + 1), record: record, delivery: state.rows[place].stored.state)
                return record.key.merchant == query.merchant && row.row > query.after ?? 0 && query.filter.matches(row)
                    ? row : nil
            }
            return Snapshot(
                value: (Array(found.prefix(query.limit)), found.count > query.limit), cursor: state.progress.cursor)
        }
    }

    package func caseDetails(
        _ id: String, _ merchant: MerchantID
    ) async throws(StorageError) -> Snapshot<(row: CaseRow, changes: [KeptChange])?> {
        state.withLock { state in
            let cursor = state.progress.cursor
            guard let index = state.records.firstIndex(where: { $0.id == id && $0.key.merchant == merchant }),
                let place = state.places[state.records[index].key]
            else { return Snapshot(value: nil, cursor: cursor) }
            let row = CaseRow(
                row: Int64(index + 1), record: state.records[index], delivery: state.rows[place].stored.state)
            let changes = state.changes.filter { $0.caseID == id }.map {
                KeptChange(
                    number: $0.change.number, fragment: $0.change.fragment, actor: $0.change.actor, at: $0.change.at)
            }
            return Snapshot(value: (row, changes), cursor: cursor)
        }
    }

    package func caseCounts(
        _ merchant: MerchantID, at now: Timestamp
    ) async throws(StorageError) -> Snapshot<[CaseCount]> {
        state.withLock { state in
            var counts: [CaseCount: Int64] = [:]
            for record in state.records where record.key.merchant == merchant && record.state == .open {
                let group = CaseCount(
                    kind: record.kind, severity: record.severity, owner: record.owner,
                    isSnoozed: record.snooze.map { $0.until > now } ?? false, count: 0)
                counts[group, default: 0] += 1
            }
            let rows = counts.map { group, count in
                var row = group
                row.count = count
                return row
            }
            return Snapshot(value: rows, cursor: state.progress.cursor)
        }
    }

    package func openedCases(_ merchant: MerchantID, days: Range<Int>) async throws(StorageError) -> [OpenedCount] {
        state.withLock { state in
            var counts: [OpenedCount: Int64] = [:]
            for record in state.records where record.key.merchant == merchant {
                guard days.contains(record.openedAt.dayNumber), let place = state.places[record.key] else { continue }
                let carrier = state.rows[place].stored.state.folded.carrier ?? ""
                counts[
                    OpenedCount(day: record.openedAt.dayNumber, carrier: carrier, kind: record.kind, count: 0),
                    default: 0] += 1
            }
            return counts.map { OpenedCount(day: $0.day, carrier: $0.carrier, kind: $0.kind, count: $1) }
        }
    }

    package func counters(
        _ merchant: MerchantID?, from: String, to: String, limit: Int
    ) async throws(StorageError) -> [(name: String, count: Int64)] {
        state.withLock { state in
            var sums: [String: Int64] = [:]
            for (key, value) in state.counters
            where (merchant == nil || key.merchant == merchant) && key.name >= from && key.name < to && value != 0 {
                sums[key.name, default: 0] += value
            }
            return sums.sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value) }
        }
    }
}

extension CaseFilter {
    /// Whether such a case is in the list.
    package func matches(_ row: CaseRow) -> Bool {
        let record = row.record
        if !states.isEmpty, !states.contains(record.state) { return false }
        if !kinds.isEmpty, !kinds.contains(record.kind) { return false }
        if let severity, record.severity != severity { return false }
        if let owner, record.owner != owner { return false }
        if let carrier, row.delivery.folded.carrier?.hasSameBytes(as: carrier) != true { return false }
        if let deliveryID, record.key.deliveryID != deliveryID { return false }
        return snoozed == .all || (snoozed == .only) == (record.snooze != nil)
    }
}
