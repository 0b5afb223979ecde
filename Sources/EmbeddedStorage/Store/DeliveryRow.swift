import GRDB
import WaybillCore
import WaybillEngine

/// How a delivery stands in its row.
enum DeliveryRow {
    /// The columns that `read` expects, in its order.
    static let columns = """
        number, key, sequence, updated_at, fold_version, is_sealed, folded, arrival, checksum, \
        watch, due_at, open_cases
        """

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
    static func checksum(_ number: Int64, _ state: DeliveryState, _ folded: [UInt8], _ arrival: [UInt8])
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
            var state = DeliveryState(key: deliveryKey, folded: folded, arrival: arrival)
            state.openCases = CaseSet(rawValue: UInt16(truncatingIfNeeded: row.int(11)))
            return StoredDelivery(
                number: row.int(0), state: state, foldVersion: Int(row.int(4)), isSealed: row.int(5) != 0,
                watch: WatchMark(rawValue: row.int(9)),
                due: row.isNull(10) ? nil : Timestamp(microseconds: row.int(10)))
        } catch {
            throw StorageError.damaged("the state of \(key) cannot be read: \(error)")
        }
    }
}
