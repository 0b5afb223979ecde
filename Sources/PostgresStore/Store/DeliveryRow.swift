import WaybillCore
import WaybillEngine

/// How a delivery stands in its row.
enum DeliveryRow {
    /// The columns that `read` expects, in its order.
    static let columns = """
        d.number, d.merchant, d.delivery_id, d.sequence, d.updated_at, d.fold_version, d.is_sealed, d.folded, d.arrival,
        w.mark, w.due_at, w.open_cases
        """
    static let columnCount: Int32 = 12
    /// What they are selected from.
    static let tables = "delivery d LEFT JOIN delivery_watch w ON w.number = d.number"

    static func read(_ row: QueryResult.Row) throws(StorageError) -> StoredDelivery {
        let key = DeliveryKey(
            merchant: MerchantID(trusted: row.text(1)), deliveryID: DeliveryID(trusted: row.text(2)))
        do throws(JSONError) {
            let folded = try row.withBytes(7) { bytes throws(JSONError) in try FoldedState(encoded: bytes) }
            let arrival = try row.withBytes(8) { bytes throws(JSONError) in
                try ArrivalState(
                    encoded: bytes, sequence: row.integer(3), updatedAt: Timestamp(microseconds: row.integer(4)))
            }
            var state = DeliveryState(key: key, folded: folded, arrival: arrival)
            state.openCases = row.isNull(11) ? [] : CaseRows.open(row.integer(11))
            return StoredDelivery(
                number: row.integer(0), state: state, foldVersion: Int(row.integer(5)), isSealed: row.bool(6),
                watch: row.isNull(9) ? .none : WatchMark(rawValue: row.integer(9)),
                due: row.isNull(10) ? nil : Timestamp(microseconds: row.integer(10)))
        } catch {
            throw .damaged("the state of \(key) cannot be read: \(error)")
        }
    }

    static func readAll(_ result: QueryResult) throws(StorageError) -> [StoredDelivery] {
        var deliveries: [StoredDelivery] = []
        deliveries.reserveCapacity(result.count)
        for row in result.rows { deliveries.append(try read(row)) }
        return deliveries
    }
}

/// What lists by status look in: statuses that a delivery runs through together.
///
/// An index on the status itself would be written by almost every event, and with it all other indexes of the row. Most
/// lives move once between groups: from under way to delivered. One status reads its group, skipping the rest.
enum ListGroup: Int, CaseIterable, Sendable {
    case underway = 1
    /// Few at a time, and what people look for.
    case attention, delivered, returned, cancelled

    init(_ status: Status) {
        switch status {
        case .created, .dispatched, .inTransit, .outForDelivery: self = .underway
        case .availableForPickup, .attemptFailed, .onHold, .exception, .returning, .expired: self = .attention
        case .delivered: self = .delivered
        case .returned: self = .returned
        case .cancelled: self = .cancelled
        }
    }
}
