import GRDB
import GRDBSQLite
import WaybillCore

/// Binding and reading through SQLite's own calls, for the statements that run once per record:
/// GRDB prepares, caches and owns the statement, and costs a fifth more when it also converts every value.
extension Statement {
    /// Runs the statement to its end with the given bindings.
    func run(_ bind: (Statement) -> Void) throws {
        bind(self)
        defer { sqlite3_reset(sqliteStatement) }
        let code = sqlite3_step(sqliteStatement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure() }
    }

    /// Calls `row` for each row of the answer.
    func forEachRow(_ bind: (Statement) -> Void, _ row: (Statement) throws -> Void) throws {
        bind(self)
        defer { sqlite3_reset(sqliteStatement) }
        while true {
            switch sqlite3_step(sqliteStatement) {
            case SQLITE_ROW: try row(self)
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func failure() -> DatabaseError {
        let connection = sqlite3_db_handle(sqliteStatement)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }

    // MARK: Binding (indices from 1)

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(sqliteStatement, index, value) }
    func bind(_ index: Int32, _ value: Int) { sqlite3_bind_int64(sqliteStatement, index, Int64(value)) }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(sqliteStatement, index) }
    }

    func bind(_ index: Int32, _ value: String?) {
        guard var value else {
            sqlite3_bind_null(sqliteStatement, index)
            return
        }
        value.withUTF8 { bytes in
            _ = UnsafeRawPointer(bytes.baseAddress ?? UnsafePointer(bitPattern: 1)).map { base in
                sqlite3_bind_text(
                    sqliteStatement, index, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count), Self.transient
                )
            }
        }
    }

    func bind(_ index: Int32, blob value: [UInt8]) {
        _ = value.withUnsafeBytes { bytes in
            if bytes.isEmpty {
                sqlite3_bind_zeroblob(sqliteStatement, index, 0)
            } else {
                sqlite3_bind_blob(sqliteStatement, index, bytes.baseAddress, Int32(bytes.count), Self.transient)
            }
        }
    }

    /// SQLite copies what it is given: the buffer may go away.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    // MARK: Columns (indices from 0)

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(sqliteStatement, column) }

    func text(_ column: Int32) -> String {
        guard let base = sqlite3_column_text(sqliteStatement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(sqliteStatement, column))
        return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
    }

    func blob(_ column: Int32) -> [UInt8] { withBlob(column) { Array($0) } }

    /// The column's bytes in place, valid during the call.
    func withBlob<Value, Failure: Error>(
        _ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let base = sqlite3_column_blob(sqliteStatement, column)
        let count = Int(sqlite3_column_bytes(sqliteStatement, column))
        return try body(UnsafeBufferPointer(start: base?.assumingMemoryBound(to: UInt8.self), count: count))
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(sqliteStatement, column) == SQLITE_NULL }
}
