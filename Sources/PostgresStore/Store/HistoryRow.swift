import WaybillCore
import WaybillEngine

/// How an applied event stands in the history.
enum HistoryRow {
    /// The columns that `read` expects, in its order.
    static let columns = "h.number, h.sequence, h.received_at, h.event"

    static func read(_ row: QueryResult.Row, _ decoder: EventDecoder) throws(StorageError) -> HistoryEntry {
        do throws(EventRejection) {
            let event = try row.withBytes(3) { bytes throws(EventRejection) in try decoder.decode(bytes).event }
            return HistoryEntry(
                event: event, sequence: row.integer(1), receivedAt: Timestamp(microseconds: row.integer(2)))
        } catch {
            throw .damaged(
                "event \(row.integer(1)) of delivery number \(row.integer(0)) cannot be read: \(error.detail)")
        }
    }

    /// Rows in the order of number and sequence, by delivery.
    static func readAll(_ result: QueryResult) throws(StorageError) -> [Int64: [HistoryEntry]] {
        var found: [Int64: [HistoryEntry]] = [:]
        let decoder = EventDecoder()
        var current: (number: Int64, entries: [HistoryEntry]) = (0, [])
        for row in result.rows {
            let number = row.integer(0)
            if number != current.number {
                if !current.entries.isEmpty { found[current.number] = current.entries }
                current = (number, [])
            }
            let entry = try read(row, decoder)
            guard Int64(current.entries.count) + 1 == entry.sequence else {
                throw .damaged("the history of delivery number \(number) has a gap before \(entry.sequence)")
            }
            current.entries.append(entry)
        }
        if !current.entries.isEmpty { found[current.number] = current.entries }
        return found
    }
}
