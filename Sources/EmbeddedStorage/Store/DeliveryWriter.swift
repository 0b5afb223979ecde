import GRDB
import WaybillCore
import WaybillEngine

/// Writes deliveries within one transaction, its statements at hand: to look one up by its text for each row costs
/// nearly as much as to run it.
struct DeliveryWriter {
    private let db: Database
    private let insertion: Statement
    private let progress: Statement
    private let progressAndStatus: Statement
    private let details: Statement

    private static let insertionSQL = """
        INSERT INTO delivery (
            number, sequence, updated_at, fold_version, folded, arrival, checksum, status,
            key, merchant, carrier, tracking_number, order_reference, promised, due_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        """
    /// Without what lists are narrowed by, which rarely changes: an index entry that is not named is not touched.
    private static let progressColumns =
        "sequence = ?2, updated_at = ?3, fold_version = ?4, folded = ?5, arrival = ?6, checksum = ?7"
    private static let progressSQL =
        "UPDATE delivery SET \(progressColumns) WHERE number = ?1 AND is_sealed = 0 AND watch = ?9"
    private static let progressAndStatusSQL =
        "UPDATE delivery SET \(progressColumns), status = ?8 WHERE number = ?1 AND is_sealed = 0 AND watch = ?9"
    private static let watchSQL = "SELECT watch FROM delivery WHERE number = ? AND is_sealed = 0"
    private static let dueSQL =
        "UPDATE delivery SET due_at = ?2 WHERE number = ?1 AND (due_at IS NULL OR due_at > ?2)"
    private static let detailsSQL = """
        UPDATE delivery SET carrier = ?2, tracking_number = ?3, order_reference = ?4, promised = ?5
        WHERE number = ?1
          AND (carrier, tracking_number, order_reference, promised) IS NOT (?2, ?3, ?4, ?5)
        """

    init(_ db: Database) throws {
        self.db = db
        insertion = try db.cachedStatement(sql: Self.insertionSQL)
        progress = try db.cachedStatement(sql: Self.progressSQL)
        progressAndStatus = try db.cachedStatement(sql: Self.progressAndStatusSQL)
        details = try db.cachedStatement(sql: Self.detailsSQL)
    }

    func write(_ change: DeliveryChange) throws {
        if change.isNew { return try insert(change) }
        if try write(change, watch: change.watch) {
            if let lookAt = change.lookAt { try look(at: lookAt, change.number) }
        } else {
            try writeAfterAnotherLook(change)
        }
        guard change.mayChangeDetails else { return }
        try details.run { row in
            row.bind(1, change.number)
            bindDetails(change.state.folded, to: row, from: 2)
        }
    }

    /// False when the monitor or a person has looked at the delivery since it was read, or its history is gone.
    private func write(_ change: DeliveryChange, watch: WatchMark) throws -> Bool {
        let statement = change.changesStatus ? progressAndStatus : progress
        try statement.run { row in
            bindProgress(change.number, change.state, to: row)
            if change.changesStatus { row.bind(8, change.state.folded.status.rawValue) }
            row.bind(9, watch.rawValue)
        }
        return db.changesCount == 1
    }

    /// What was known of the cases is old: the monitor is to look at once.
    private func writeAfterAnotherLook(_ change: DeliveryChange) throws {
        var stored: WatchMark?
        try db.cachedStatement(sql: Self.watchSQL).forEachRow({ $0.bind(1, change.number) }) {
            stored = WatchMark(rawValue: $0.int(0))
        }
        guard let stored, try write(change, watch: stored) else {
            throw StorageError.superseded("the history of \(change.state.key) was dropped meanwhile")
        }
        try look(at: Watch.atOnce, change.number)
    }

    private func look(at instant: Timestamp, _ number: Int64) throws {
        try db.cachedStatement(sql: Self.dueSQL).run { row in
            row.bind(1, number)
            row.bind(2, instant.microseconds)
        }
    }

    private func insert(_ change: DeliveryChange) throws {
        let state = change.state
        try insertion.run { row in
            bindProgress(change.number, state, to: row)
            row.bind(8, state.folded.status.rawValue)
            row.bind(15, change.lookAt?.microseconds)
            row.bind(9, state.key.text)
            row.bind(10, state.key.merchant.text)
            bindDetails(state.folded, to: row, from: 11)
        }
    }

    /// What every event changes: the first seven parameters.
    private func bindProgress(_ number: Int64, _ state: DeliveryState, to row: Statement) {
        let folded = state.folded.encoded
        let arrival = state.arrival.encoded
        row.bind(1, number)
        row.bind(2, state.arrival.sequence)
        row.bind(3, state.arrival.updatedAt.microseconds)
        row.bind(4, Fold.version)
        row.bind(5, blob: folded)
        row.bind(6, blob: arrival)
        row.bind(7, DeliveryRow.checksum(number, state, folded, arrival))
    }

    private func bindDetails(_ folded: FoldedState, to row: Statement, from first: Int32) {
        row.bind(first, folded.carrier)
        row.bind(first + 1, folded.trackingNumber)
        row.bind(first + 2, folded.orderReference)
        row.bind(first + 3, folded.promised?.latest.microseconds)
    }
}
