import CLibpq

/// The answer to one statement, read in place: valid as long as it is held.
final class QueryResult {
    private let result: OpaquePointer
    let count: Int

    /// Takes the result over.
    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    subscript(row: Int) -> Row { Row(result: self, index: Int32(row)) }
    var first: Row? { count > 0 ? self[0] : nil }
    var rows: some Sequence<Row> { (0..<count).lazy.map { self[$0] } }

    /// Rows that the statement inserted, changed or deleted.
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// One row; columns from 0, in binary form. What a statement's SQL does not select is a mistake of ours.
    struct Row {
        fileprivate let result: QueryResult
        fileprivate let index: Int32

        func isNull(_ column: Int32) -> Bool { PQgetisnull(result.result, index, column) == 1 }

        func withBytes<Value, Failure: Error>(
            _ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
        ) throws(Failure) -> Value {
            let count = Int(PQgetlength(result.result, index, column))
            let start = UnsafeRawPointer(PQgetvalue(result.result, index, column))
            return try body(
                UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : count))
        }

        func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }
        func text(_ column: Int32) -> String { withBytes(column) { String(decoding: $0, as: UTF8.self) } }
        func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
        func bool(_ column: Int32) -> Bool { withBytes(column) { $0.first == 1 } }

        /// An `int8`, an `int4` or an `int2`, by its length.
        func integer(_ column: Int32) -> Int64 {
            withBytes(column) { bytes in
                precondition([2, 4, 8].contains(bytes.count), "column \(column) is no integer")
                // Sign-extended: the first byte carries the sign.
                var value = Int64(Int8(bitPattern: bytes[0]))
                for byte in bytes.dropFirst() { value = value << 8 | Int64(byte) }
                return value
            }
        }
    }
}
