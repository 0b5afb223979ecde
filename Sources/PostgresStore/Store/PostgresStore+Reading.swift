import WaybillCore
import WaybillEngine

extension PostgresStore: ReadStore {
    private static let deliverySQL = Statement(
        "delivery",
        "SELECT \(DeliveryRow.columns) FROM \(DeliveryRow.tables) WHERE d.merchant = $1 AND d.delivery_id = $2")
    private static let historySQL = Statement(
        "history",
        """
        SELECT \(HistoryRow.columns) FROM history h
        WHERE h.number = (SELECT d.number FROM delivery d WHERE d.merchant = $1 AND d.delivery_id = $2)
        ORDER BY h.sequence
        """)

    private static func add(_ statement: Statement, _ key: DeliveryKey, to pipeline: inout Pipeline) {
        pipeline.add(statement) {
            $0.add(key.merchant.text)
            $0.add(key.deliveryID.text)
        }
    }

    package func delivery(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<DeliveryState?> {
        var pipeline = Pipeline()
        Self.add(Self.deliverySQL, key, to: &pipeline)
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            guard let row = results[0].first else { return nil }
            return try DeliveryRow.read(row).state
        }
    }

    package func history(_ key: DeliveryKey) async throws(StorageError) -> Snapshot<[HistoryEntry]?> {
        var pipeline = Pipeline()
        Self.add(Self.deliverySQL, key, to: &pipeline)
        Self.add(Self.historySQL, key, to: &pipeline)
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            guard let row = results[0].first else { return nil }
            let delivery = try DeliveryRow.read(row)
            let history = try HistoryRow.readAll(results[1])[delivery.number] ?? []
            guard delivery.isSealed || Int64(history.count) == delivery.state.arrival.sequence else {
                throw .damaged("the history of \(key) is not complete")
            }
            return history
        }
    }

    private static let countersSQL = Statement(
        "counters",
        """
        SELECT name, sum(value)::int8 FROM counter
        WHERE merchant = $1 AND name < '\(CounterName.firstOfMany)' GROUP BY name
        UNION ALL SELECT 'dead_letters', count(*) FROM dead_letter WHERE merchant = $1 AND state = 'open'
        """)

    package func counters(_ merchant: MerchantID) async throws(StorageError) -> Snapshot<[String: Int64]> {
        var pipeline = Pipeline()
        pipeline.add(Self.countersSQL) { $0.add(merchant.text) }
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            Dictionary(uniqueKeysWithValues: results[0].rows.map { ($0.text(0), $0.integer(1)) })
        }
    }

    private static let positionSQL = Statement(
        "position", "SELECT event_id, occurred_at, location FROM position_fix WHERE key = $1")

    package func position(_ key: DeliveryKey) async throws(StorageError) -> PositionFix? {
        try await read { session throws(StorageError) in
            try session.query(Self.positionSQL) { $0.add(key.text) }.first.map { row in
                PositionFix(
                    key: key, id: EventID(trusted: row.text(0)), occurredAt: Timestamp(microseconds: row.integer(1)),
                    location: JSONFragment(trusted: row.text(2)))
            }
        }
    }

    package func deliveries(_ query: DeliveryQuery) async throws(StorageError) -> Snapshot<DeliveryPage> {
        var pipeline = Pipeline()
        pipeline.add(ListPlan(query))
        return try await snapshot(pipeline) { results, _ throws(StorageError) in
            let rows = try DeliveryRow.readAll(results[0])
            var next: PageMark?
            if rows.count > query.limit, let last = rows.dropLast().last {
                let promise = query.sort.isByPromise ? last.state.folded.promised?.latest.microseconds : nil
                next = PageMark(value: promise ?? 0, number: last.number)
            }
            return DeliveryPage(deliveries: rows.prefix(query.limit).map(\.state), next: next)
        }
    }
}

extension Pipeline {
    fileprivate mutating func add(_ plan: ListPlan) {
        add(plan.statement) { $0 = plan.parameters }
    }
}
