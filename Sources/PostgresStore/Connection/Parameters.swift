import WaybillCore

/// The parameters of one statement in PostgreSQL's binary form, one after the other in one buffer.
///
/// Text travels as UTF-8 in `text`, which must be known to hold no NUL, or in `bytea`, which takes anything.
struct Parameters {
    /// Type numbers of array elements, from PostgreSQL's catalogue.
    private enum ElementType: Int32 {
        case bool = 16
        case bytea = 17
        case int8 = 20
        case int4 = 23
        case text = 25
    }

    private(set) var bytes: [UInt8] = []
    /// Where each parameter lies in `bytes`; nil for NULL.
    private(set) var ranges: [Range<Int>?] = []

    // MARK: Single values

    mutating func add(_ value: Int64) { single { $0.append(integer: value) } }
    mutating func add(_ value: Int32) { single { $0.append(integer: value) } }
    mutating func add(_ value: Timestamp) { add(value.microseconds) }
    mutating func add(_ value: String) { single { $0.append(contentsOf: value.utf8) } }
    mutating func add(_ value: [UInt8]) { single { $0.append(contentsOf: value) } }
    mutating func addNull() { ranges.append(nil) }

    private mutating func single(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        ranges.append(start..<bytes.count)
    }

    // MARK: Arrays, one a column

    mutating func column<Row>(int8 rows: some Collection<Row>, _ value: (Row) -> Int64?) {
        array(.int8, rows, bytesEach: 12) { bytes, row in bytes.append(element: value(row)) }
    }

    mutating func column<Row>(int4 rows: some Collection<Row>, _ value: (Row) -> Int) {
        array(.int4, rows, bytesEach: 8) { bytes, row in bytes.append(element: Int32(value(row))) }
    }

    mutating func column<Row>(bool rows: some Collection<Row>, _ value: (Row) -> Bool) {
        array(.bool, rows, bytesEach: 5) { bytes, row in bytes.append(element: UInt8(value(row) ? 1 : 0)) }
    }

    /// Text that holds no NUL: ids, codes and names that were validated or made here.
    mutating func column<Row>(text rows: some Collection<Row>, _ value: (Row) -> String?) {
        array(.text, rows, bytesEach: 32) { bytes, row in bytes.append(element: value(row)) }
    }

    /// Text that people or other systems wrote, whatever is in it.
    mutating func column<Row>(freeText rows: some Collection<Row>, _ value: (Row) -> String?) {
        array(.bytea, rows, bytesEach: 32) { bytes, row in bytes.append(element: value(row)) }
    }

    mutating func column<Row>(bytes rows: some Collection<Row>, _ value: (Row) -> [UInt8]) {
        array(.bytea, rows, bytesEach: 512) { bytes, row in
            let value = value(row)
            bytes.append(integer: Int32(value.count))
            bytes.append(contentsOf: value)
        }
    }

    /// One dimension, from 1, NULLs marked.
    private mutating func array<Row>(
        _ type: ElementType, _ rows: some Collection<Row>, bytesEach: Int,
        _ write: (inout [UInt8], Row) -> Void
    ) {
        let start = bytes.count
        // An exact reservation each time would copy everything each time.
        if bytes.capacity - start < rows.count * bytesEach {
            bytes.reserveCapacity(max(bytes.capacity * 2, start + rows.count * bytesEach + 64))
        }
        bytes.append(integer: Int32(rows.isEmpty ? 0 : 1))
        bytes.append(integer: Int32(1))
        bytes.append(integer: type.rawValue)
        if !rows.isEmpty {
            bytes.append(integer: Int32(rows.count))
            bytes.append(integer: Int32(1))
            for row in rows { write(&bytes, row) }
        }
        ranges.append(start..<bytes.count)
    }
}

extension [UInt8] {
    @inline(__always)
    fileprivate mutating func append(integer value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    @inline(__always)
    fileprivate mutating func append<Value: FixedWidthInteger>(element value: Value?) {
        guard let value else { return append(integer: Int32(-1)) }
        append(integer: Int32(MemoryLayout<Value>.size))
        append(integer: value)
    }

    fileprivate mutating func append(element value: String?) {
        guard var value else { return append(integer: Int32(-1)) }
        value.withUTF8 { text in
            append(integer: Int32(text.count))
            append(contentsOf: text)
        }
    }
}
