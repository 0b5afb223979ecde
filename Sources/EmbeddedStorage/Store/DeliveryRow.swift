import GRDB
import WaybillCore
import WaybillEngine

/// How a delivery stands in its row.
enum DeliveryRow {
    /// The columns that `read` expects, in its order.
    static let columns = "number, key, sequence, updated_at, fold_version, is_sealed, folded, arrival, checksum"

    private static func checksum(
        number: Int64, key: String, sequence: Int64, updatedAt: Int64, folded: UnsafeBufferPointer<UInt8>,
        arrival: UnsafeBufferPointer<UInt8>
    ) -> Int64 {
        var checksum = RowChecksum()
        checksum.add(number)
        checksum.add(key)
        checksum.add(sequence)
        checksum.add(updatedAt)
        checksum.add(folded)
        checksum.add(arrival)
        return checksum.value
    }

    /// What `read` compares with.
    private static func checksum(_ number: Int64, _ state: DeliveryState, _ folded: [UInt8], _ arrival: [UInt8])
        -> Int64
    {
        folded.withUnsafeBufferPointer { folded in
            arrival.withUnsafeBufferPointer { arrival in
                checksum(
                    number: number, key: state.key.text, sequence: state.arrival.sequence,
                    updatedAt: state.arrival.updatedAt.microseconds, folded: folded, arrival: arrival)
            }
        }
    }

    static func read(_ row: Statement) throws -> StoredDelivery {
        let key = row.text(1)
        let expected = row.withBlob(6) { folded in
            row.withBlob(7) { arrival in
                checksum(
                    number: row.int(0), key: key, sequence: row.int(2), updatedAt: row.int(3), folded: folded,
                    arrival: arrival)
            }
        }
        guard expected == row.int(8) else {
            throw StorageError.damaged("the row of delivery \(key) is not what was written")
        }
        guard let deliveryKey = DeliveryKey(key) else {
            throw StorageError.damaged("the key of a delivery is not valid: \(key)")
        }
        do {
            let folded = try row.withBlob(6) { bytes throws(JSONError) in try FoldedState(encoded: bytes) }
            let arrival = try row.withBlob(7) { bytes throws(JSONError) in
                try ArrivalState(
                    encoded: bytes, sequence: row.int(2), updatedAt: Timestamp(microseconds: row.int(3)))
            }
            return StoredDelivery(
                number: row.int(0), state: DeliveryState(key: deliveryKey, folded: folded, arrival: arrival),
                foldVersion: Int(row.int(4)), isSealed: row.int(5) != 0)
        } catch {
            throw StorageError.damaged("the state of \(key) cannot be read: \(error)")
        }
    }

    private static let insertSQL = """
        INSERT INTO delivery (
            key, merchant, status, carrier, tracking_number, order_reference, promised,
            sequence, updated_at, fold_version, folded, arrival, number, checksum)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Without the indexed details, which rarely change: an index entry that is not named is not touched.
    private static let progressSQL = """
        UPDATE delivery SET sequence = ?2, updated_at = ?3, fold_version = ?4, folded = ?5, arrival = ?6,
            checksum = ?7
        WHERE number = ?1 AND is_sealed = 0
        """
    private static let statusSQL = "UPDATE delivery SET status = ?2 WHERE number = ?1 AND status <> ?2"
    private static let detailsSQL = """
        UPDATE delivery SET carrier = ?2, tracking_number = ?3, order_reference = ?4, promised = ?5
        WHERE number = ?1
          AND (carrier, tracking_number, order_reference, promised) IS NOT (?2, ?3, ?4, ?5)
        """

    static func insert(_ number: Int64, _ state: DeliveryState, _ db: Database) throws {
        let folded = state.folded
        let encoded = folded.encoded
        let arrival = state.arrival.encoded
        try db.cachedStatement(sql: insertSQL).run { row in
            row.bind(1, state.key.text)
            row.bind(2, state.key.merchant.text)
            row.bind(3, folded.status.rawValue)
            row.bind(4, folded.carrier)
            row.bind(5, folded.trackingNumber)
            row.bind(6, folded.orderReference)
            row.bind(7, folded.promised?.latest.microseconds)
            row.bind(8, state.arrival.sequence)
            row.bind(9, state.arrival.updatedAt.microseconds)
            row.bind(10, Fold.version)
            row.bind(11, blob: encoded)
            row.bind(12, blob: arrival)
            row.bind(13, number)
            row.bind(14, checksum(number, state, encoded, arrival))
        }
    }

    /// - Parameter touchesDetails: whether an event that may carry details is among what changed.
    static func update(_ number: Int64, _ state: DeliveryState, touchesDetails: Bool, _ db: Database) throws {
        let folded = state.folded
        let encoded = folded.encoded
        let arrival = state.arrival.encoded
        try db.cachedStatement(sql: progressSQL).run { row in
            row.bind(1, number)
            row.bind(2, state.arrival.sequence)
            row.bind(3, state.arrival.updatedAt.microseconds)
            row.bind(4, Fold.version)
            row.bind(5, blob: encoded)
            row.bind(6, blob: arrival)
            row.bind(7, checksum(number, state, encoded, arrival))
        }
        guard db.changesCount == 1 else {
            throw StorageError.superseded("the history of \(state.key) was dropped meanwhile")
        }
        try db.cachedStatement(sql: statusSQL).run { row in
            row.bind(1, number)
            row.bind(2, folded.status.rawValue)
        }
        guard touchesDetails else { return }
        try db.cachedStatement(sql: detailsSQL).run { row in
            row.bind(1, number)
            row.bind(2, folded.carrier)
            row.bind(3, folded.trackingNumber)
            row.bind(4, folded.orderReference)
            row.bind(5, folded.promised?.latest.microseconds)
        }
    }
}
