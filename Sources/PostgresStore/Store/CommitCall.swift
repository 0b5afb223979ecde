import WaybillCore
import WaybillEngine

/// A tracker's decision as the parameters of `waybill_commit`: an array for each column.
enum CommitCall {
    static let statement: Statement = {
        let arguments = parameters.enumerated().map { index, parameter in
            "\(parameter.name) => $\(index + 1)::\(parameter.type)"
        }
        let watch = watchTypes.enumerated().map { "$\(parameters.count + 2 + $0)::\($1)" }
        return Statement(
            "commit",
            """
            SELECT waybill_expect($1::int4[], $\(parameters.count + 1)::int8[]),
                waybill_commit(\(arguments.joined(separator: ", "))), waybill_watch(\(watch.joined(separator: ", ")))
            """)
    }()

    private static let watchTypes = [
        "int8[]", "int8[]", "int8[]", "int8[]", "int8[]", "int8[]", "int8[]", "int4[]",
    ]

    /// In the order in which `encode` adds them.
    private static let parameters: [(name: String, type: String)] = [
        ("claim_partition", "int4[]"), ("claim_epoch", "int8[]"), ("claim_offset", "int8[]"),
        ("next_offset", "int8[]"), ("next_position", "int8[]"), ("next_consumed", "int8[]"),
        ("new_number", "int8[]"), ("new_merchant", "text[]"), ("new_id", "text[]"),
        ("new_status", "text[]"), ("new_group", "int4[]"), ("new_sequence", "int8[]"), ("new_updated", "int8[]"),
        ("new_folded", "bytea[]"), ("new_arrival", "bytea[]"), ("new_carrier", "bytea[]"),
        ("new_tracking", "bytea[]"), ("new_order", "bytea[]"), ("new_promised", "int8[]"),
        ("old_number", "int8[]"), ("old_has_details", "bool[]"),
        ("old_status", "text[]"), ("old_group", "int4[]"), ("old_sequence", "int8[]"), ("old_updated", "int8[]"),
        ("old_folded", "bytea[]"), ("old_arrival", "bytea[]"), ("old_carrier", "bytea[]"),
        ("old_tracking", "bytea[]"), ("old_order", "bytea[]"), ("old_promised", "int8[]"),
        ("fold_version", "int4"),
        ("event_number", "int8[]"), ("event_sequence", "int8[]"), ("event_partition", "int4[]"),
        ("event_position", "int8[]"), ("event_received", "int8[]"), ("event_bytes", "bytea[]"),
        ("letter_merchant", "text[]"), ("letter_key", "bytea[]"), ("letter_value", "bytea[]"),
        ("letter_code", "text[]"), ("letter_detail", "bytea[]"), ("letter_pointer", "bytea[]"),
        ("letter_event", "text[]"), ("letter_partition", "int4[]"), ("letter_offset", "int8[]"),
        ("letter_seen", "int8[]"),
        ("fix_key", "text[]"), ("fix_event", "text[]"), ("fix_occurred", "int8[]"), ("fix_location", "bytea[]"),
        ("counter_merchant", "text[]"), ("counter_name", "text[]"), ("counter_delta", "int8[]"),
        ("recipient_merchant", "text[]"), ("recipient_id", "bytea[]"),
        ("proof_merchant", "text[]"), ("proof_id", "bytea[]"),
    ]

    static func encode(_ commit: TrackingCommit, into parameters: inout Parameters) {
        // Rows are locked in the order of their numbers, as sealing locks them: nobody waits in a circle.
        let changes = commit.changes.sorted { $0.number < $1.number }
        encode(expected: commit.expected, next: commit.next, into: &parameters)
        let new = changes.filter(\.isNew)
        parameters.column(int8: new, \.number)
        parameters.column(text: new) { $0.state.key.merchant.text }
        parameters.column(text: new) { $0.state.key.deliveryID.text }
        encode(new, hasDetails: { _ in true }, into: &parameters)
        let old = changes.filter { !$0.isNew }
        parameters.column(int8: old, \.number)
        parameters.column(bool: old, \.mayChangeDetails)
        encode(old, hasDetails: \.mayChangeDetails, into: &parameters)
        parameters.add(Int32(Fold.version))
        encode(commit.records, into: &parameters)
        encode(commit.deadLetters, into: &parameters)
        encode(commit.positions, into: &parameters)
        encode(commit.counters, into: &parameters)
        encode(namedBy: commit.records, into: &parameters)
        parameters.column(int8: commit.expected.sorted { $0.partition < $1.partition }, \.position)
        encode(watching: changes, commit.told, into: &parameters)
    }

    private static func encode(
        watching changes: [DeliveryChange], _ told: [ToldChange], into parameters: inout Parameters
    ) {
        parameters.column(int8: changes, \.number)
        parameters.column(int8: changes, \.watch.rawValue)
        parameters.column(int8: changes, \.lookAt?.microseconds)
        parameters.column(int8: told, \.number)
        parameters.column(int8: told, \.at.position)
        parameters.column(int8: told, \.sequence)
        // Of several changes of a delivery, what is open after the last.
        var shown: [Int64: CaseSet] = [:]
        for change in told where change.at.position > 0 { shown[change.delivery] = change.open }
        let rows = shown.sorted { $0.key < $1.key }
        parameters.column(int8: rows, \.key)
        parameters.column(int4: rows) { Int($0.value.rawValue) }
    }

    private static func encode(expected: [Claim], next: [Claim], into parameters: inout Parameters) {
        let outcomes = Dictionary(uniqueKeysWithValues: next.map { ($0.partition, $0) })
        let claims = expected.sorted { $0.partition < $1.partition }
            .map { (expected: $0, next: outcomes[$0.partition] ?? $0) }
        parameters.column(int4: claims, \.expected.partition)
        parameters.column(int8: claims, \.expected.epoch)
        parameters.column(int8: claims, \.expected.offset)
        parameters.column(int8: claims, \.next.offset)
        parameters.column(int8: claims, \.next.position)
        parameters.column(int8: claims, \.next.consumedUntil.microseconds)
    }

    /// What a state gives to its row. The details, which lists are narrowed by, only where they may have changed.
    static func encode(
        _ changes: [DeliveryChange], hasDetails: (DeliveryChange) -> Bool, into parameters: inout Parameters
    ) {
        parameters.column(text: changes) { $0.state.folded.status.rawValue }
        parameters.column(int4: changes) { ListGroup($0.state.folded.status).rawValue }
        parameters.column(int8: changes, \.state.arrival.sequence)
        parameters.column(int8: changes, \.state.arrival.updatedAt.microseconds)
        parameters.column(bytes: changes, \.state.folded.encoded)
        parameters.column(bytes: changes, \.state.arrival.encoded)
        parameters.column(freeText: changes) { hasDetails($0) ? $0.state.folded.carrier : nil }
        parameters.column(freeText: changes) { hasDetails($0) ? $0.state.folded.trackingNumber : nil }
        parameters.column(freeText: changes) { hasDetails($0) ? $0.state.folded.orderReference : nil }
        parameters.column(int8: changes) { hasDetails($0) ? $0.state.folded.promised?.latest.microseconds : nil }
    }

    private static func encode(_ records: [AppliedRecord], into parameters: inout Parameters) {
        parameters.column(int8: records, \.number)
        parameters.column(int8: records, \.entry.sequence)
        parameters.column(int4: records, \.at.partition)
        parameters.column(int8: records, \.at.position)
        parameters.column(int8: records, \.entry.receivedAt.microseconds)
        parameters.column(bytes: records, \.bytes)
    }

    private static func encode(_ letters: [DeadLetter], into parameters: inout Parameters) {
        parameters.column(text: letters) { (DeliveryKey($0.record.key)?.merchant ?? .default).text }
        parameters.column(freeText: letters, \.record.key)
        parameters.column(bytes: letters, \.record.value)
        parameters.column(text: letters, \.rejection.code.rawValue)
        parameters.column(freeText: letters, \.rejection.detail)
        parameters.column(freeText: letters, \.rejection.pointer)
        parameters.column(text: letters, \.rejection.id?.text)
        parameters.column(int4: letters, \.record.partition)
        parameters.column(int8: letters, \.record.offset)
        parameters.column(int8: letters, \.record.timestamp.microseconds)
    }

    /// One row can be inserted or updated once in a statement: of several fixes of a delivery the greatest.
    private static func encode(_ fixes: [PositionFix], into parameters: inout Parameters) {
        var greatest: [DeliveryKey: PositionFix] = [:]
        for fix in fixes {
            if let known = greatest[fix.key], (known.occurredAt, known.id) >= (fix.occurredAt, fix.id) { continue }
            greatest[fix.key] = fix
        }
        let kept = greatest.values.sorted { $0.key < $1.key }
        parameters.column(text: kept, \.key.text)
        parameters.column(text: kept, \.id.text)
        parameters.column(int8: kept, \.occurredAt.microseconds)
        parameters.column(freeText: kept, \.location.text)
    }

    private static func encode(_ counters: [CounterKey: Int64], into parameters: inout Parameters) {
        let moved = counters.filter { $0.value != 0 }
            .sorted { ($0.key.merchant.text, $0.key.name) < ($1.key.merchant.text, $1.key.name) }
        parameters.column(text: moved, \.key.merchant.text)
        parameters.column(text: moved, \.key.name)
        parameters.column(int8: moved, \.value)
    }

    /// Recipients and proofs that the events name. Trackers of several partitions may name the same one: all in one
    /// order.
    private static func encode(namedBy records: [AppliedRecord], into parameters: inout Parameters) {
        var recipients: Set<RecipientMark> = []
        var proofs: Set<RecipientMark> = []
        for record in records {
            let event = record.entry.event
            for case .recipientID(let id?) in event.details {
                recipients.insert(RecipientMark(merchant: event.merchant, id: id))
            }
            if let id = event.proofID { proofs.insert(RecipientMark(merchant: event.merchant, id: id)) }
        }
        for marks in [recipients, proofs] {
            let sorted = marks.sorted { ($0.merchant.text, $0.id) < ($1.merchant.text, $1.id) }
            parameters.column(text: sorted, \.merchant.text)
            parameters.column(freeText: sorted, \.id)
        }
    }
}
