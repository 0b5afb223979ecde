import WaybillCore
import WaybillEngine

/// How cases and their changes stand in their rows.
enum CaseRows {
    static let recordColumns = "c.row, c.merchant, c.delivery_id, c.kind, c.occurrence, c.body"

    /// Expects `recordColumns` from a column on.
    static func record(
        _ row: QueryResult.Row, from first: Int32 = 0
    ) throws(StorageError) -> (row: Int64, record: CaseRecord) {
        let key = DeliveryKey(
            merchant: MerchantID(trusted: row.text(first + 1)), deliveryID: DeliveryID(trusted: row.text(first + 2)))
        guard let kind = CaseKind(rawValue: row.text(first + 3)) else {
            throw .damaged("case \(row.integer(first)) is not what was written")
        }
        do throws(JSONError) {
            let record = try row.withBytes(first + 5) { bytes throws(JSONError) in
                try CaseRecord(key: key, kind: kind, occurrence: Int(row.integer(first + 4)), encoded: bytes)
            }
            return (row.integer(first), record)
        } catch {
            throw .damaged("a case of \(key) cannot be read: \(error)")
        }
    }

    static let changeColumns =
        "c.number, c.merchant, c.delivery_id, c.partition, c.open, c.fragment, c.actor, c.changed_at"

    /// Expects `changeColumns`.
    static func change(_ row: QueryResult.Row) -> UntoldChange {
        UntoldChange(
            number: row.integer(0),
            key: DeliveryKey(
                merchant: MerchantID(trusted: row.text(1)), deliveryID: DeliveryID(trusted: row.text(2))),
            partition: Int(row.integer(3)), open: open(row.integer(4)), fragment: JSONFragment(trusted: row.text(5)),
            actor: row.optionalText(6), at: Timestamp(microseconds: row.integer(7)))
    }

    static func open(_ column: Int64) -> CaseSet { CaseSet(rawValue: UInt16(truncatingIfNeeded: column)) }
}

/// A monitor's decisions as the parameters of `waybill_look`: an array for each column.
enum LookCall {
    static let statement = Statement(
        "monitor_look",
        """
        SELECT waybill_look($1::int4[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
            $8::int8[], $9::text[], $10::text[], $11::text[], $12::text[], $13::int4[], $14::text[], $15::text[],
            $16::bytea[], $17::int8[], $18::int8[], $19::int8[], $20::int4[], $21::bytea[],
            $22::int8[], $23::text[], $24::int8[], $25::text[], $26::text[], $27::int4[], $28::int4[],
            $29::bytea[], $30::bytea[], $31::int8[])
        """)

    static func encode(_ looks: [Look], _ leases: [ShardLease], partitions: Int, into parameters: inout Parameters) {
        parameters.column(int4: leases, \.shard)
        parameters.column(int8: leases, \.epoch)
        parameters.column(int8: looks, \.number)
        parameters.column(int8: looks, \.sequence)
        parameters.column(int8: looks, \.mark.rawValue)
        parameters.column(int8: looks, \.next.rawValue)
        parameters.column(int8: looks, \.due?.microseconds)
        encode(looks.flatMap { look in look.records.map { (look.number, $0) } }, into: &parameters)
        encode(looks.flatMap { look in look.changes.map { (look.number, $0) } }, partitions, into: &parameters)
    }

    private static func encode(_ records: [(number: Int64, record: CaseRecord)], into parameters: inout Parameters) {
        parameters.column(int8: records, \.number)
        parameters.column(text: records) { $0.record.id }
        parameters.column(text: records) { $0.record.key.merchant.text }
        parameters.column(text: records) { $0.record.key.deliveryID.text }
        parameters.column(text: records) { $0.record.kind.rawValue }
        parameters.column(int4: records) { $0.record.occurrence }
        parameters.column(text: records) { $0.record.state.rawValue }
        parameters.column(text: records) { $0.record.severity.rawValue }
        parameters.column(freeText: records) { $0.record.owner }
        parameters.column(int8: records) { $0.record.snooze?.until.microseconds }
        parameters.column(int8: records) { $0.record.openedAt.microseconds }
        parameters.column(int8: records) { $0.record.version }
        parameters.column(int4: records) { Int(CaseSet($0.record.kind).rawValue) }
        parameters.column(bytes: records) { $0.record.encoded }
    }

    private static func encode(
        _ changes: [(number: Int64, new: NewCaseChange)], _ partitions: Int, into parameters: inout Parameters
    ) {
        parameters.column(int8: changes, \.number)
        parameters.column(text: changes) { $0.new.change.record.id }
        parameters.column(int8: changes) { $0.new.change.record.version }
        parameters.column(text: changes) { $0.new.change.record.key.merchant.text }
        parameters.column(text: changes) { $0.new.change.record.key.deliveryID.text }
        parameters.column(int4: changes) {
            StableHash.partition(ofKey: $0.new.change.record.key.text, count: partitions)
        }
        parameters.column(int4: changes) { Int($0.new.open.rawValue) }
        parameters.column(freeText: changes) { $0.new.change.fragment.text }
        parameters.column(freeText: changes) { $0.new.change.actor }
        parameters.column(int8: changes) { $0.new.change.at.microseconds }
    }
}
