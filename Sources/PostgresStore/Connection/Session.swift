import CLibpq
import Glibc
import WaybillEngine

/// One libpq connection and what the server knows of it. Blocks its thread, but never for longer than it is told: a
/// server that is paused or gone must not hold anybody.
///
/// The one file that drives the C handle. Belongs to one `PostgresConnection`, on whose thread it lives.
final class Session {
    /// Prepared statements of one session: lists put their SQL together, and there are only so many shapes of them.
    private static let preparedLimit = 500

    private let handle: OpaquePointer
    private let clock = ContinuousClock()
    private let patience: Duration
    /// Names of prepared statements on the server.
    private var prepared: [String: String] = [:]
    private var lastName = 0
    /// False once the stream of messages is broken, or the outcome of something is unknown.
    private(set) var isUsable = true

    /// - Parameter parameters: in libpq's words; may hold a password.
    init(_ parameters: [(String, String)], _ timeouts: PostgresSettings.Timeouts) throws(StorageError) {
        patience = .milliseconds(timeouts.answer)
        var keywords: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.0)) } + [nil]
        var values: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let handle = PQconnectStartParams(&keywords, &values, 0) else { throw .unavailable("out of memory") }
        self.handle = handle
        try establish(by: clock.now + .milliseconds(timeouts.connect))
        // Notices would go to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw broken() }
    }

    deinit { PQfinish(handle) }

    var serverProcess: Int32 { PQbackendPID(handle) }

    private func establish(by deadline: ContinuousClock.Instant) throws(StorageError) {
        var next = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD {
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: try wait(for: POLLIN, until: deadline)
            case PGRES_POLLING_WRITING: try wait(for: POLLOUT, until: deadline)
            default: throw broken()
            }
            next = PQconnectPoll(handle)
        }
        throw broken()
    }

    /// Whether the server ended this session while nobody used it.
    var isStale: Bool {
        guard isUsable else { return true }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        // Between pipelines a server speaks only to say farewell, or of changed settings: a new session either way.
        return poll(&descriptor, 1, 0) != 0
    }

    // MARK: Statements

    @discardableResult
    func query(_ statement: Statement, _ bind: (inout Parameters) -> Void = { _ in }) throws(StorageError)
        -> QueryResult
    {
        var pipeline = Pipeline()
        pipeline.add(statement, bind)
        return try run(pipeline)[0]
    }

    /// Runs all statements as one transaction.
    /// - Throws: what the server reported first; `unavailable` when it did not answer, and then the outcome of the
    ///   transaction is unknown.
    /// - Returns: the answer to each.
    @discardableResult
    func run(_ pipeline: Pipeline) throws(StorageError) -> [QueryResult] {
        let deadline = clock.now + patience
        var expectations: [Expectation] = []
        for step in pipeline.steps { try send(step.statement, step.parameters, &expectations) }
        guard PQpipelineSync(handle) == 1 else { throw broken() }
        try flush(until: deadline)
        var results: [QueryResult] = []
        var failure: ServerError?
        for expectation in expectations {
            let result = try answer(until: deadline, &failure)
            switch (expectation, result) {
            case (.preparation(let statement?, let name), .some): prepared[statement] = name
            case (.execution, .some(let result)): results.append(result)
            case (.preparation, _), (.execution, nil): break
            }
        }
        try finish(until: deadline, &failure)
        if let failure {
            if failure.endsSession { isUsable = false }
            throw failure.storageError
        }
        return results
    }

    private enum Expectation {
        /// - Parameter statement: nil for one that is not kept.
        case preparation(statement: String?, name: String)
        case execution
    }

    private func send(
        _ statement: Statement, _ parameters: Parameters, _ expectations: inout [Expectation]
    ) throws(StorageError) {
        var name = prepared[statement.name]
        if name == nil {
            // A statement beyond the bound goes without a name, and is planned each time.
            let fresh = prepared.count < Self.preparedLimit ? "s\(lastName + 1)" : ""
            lastName += 1
            guard PQsendPrepare(handle, fresh, statement.sql, 0, nil) == 1 else { throw broken() }
            expectations.append(.preparation(statement: fresh.isEmpty ? nil : statement.name, name: fresh))
            name = fresh
        }
        let isSent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw broken() }
        expectations.append(.execution)
    }

    /// The answer to the next statement; nil when it failed or was skipped because an earlier one had.
    private func answer(
        until deadline: ContinuousClock.Instant, _ failure: inout ServerError?
    ) throws(StorageError) -> QueryResult? {
        var answer: QueryResult?
        while let result = try next(until: deadline) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: answer = QueryResult(result)
            case PGRES_PIPELINE_ABORTED: PQclear(result)
            default:
                defer { PQclear(result) }
                try note(result, in: &failure)
            }
        }
        return answer
    }

    /// Reads up to the sync: only behind it is the transaction committed.
    private func finish(until deadline: ContinuousClock.Instant, _ failure: inout ServerError?) throws(StorageError) {
        while true {
            guard let result = try next(until: deadline) else { continue }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return }
            try note(result, in: &failure)
        }
    }

    private func note(_ result: OpaquePointer, in failure: inout ServerError?) throws(StorageError) {
        // Without a code it is libpq that speaks: the connection is gone.
        guard let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else { throw broken() }
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? "no message"
        // The first error is the cause; what follows it is skipped.
        if failure == nil { failure = ServerError(sqlState: String(cString: state), message: message) }
    }

    /// Runs a script of many commands, each in its turn, outside of any pipeline. For migrations.
    func script(_ sql: String) throws(StorageError) {
        guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, sql) == 1 else { throw broken() }
        let deadline = clock.now + .seconds(3600)
        try flush(until: deadline)
        var failure: ServerError?
        while let result = try next(until: deadline) {
            defer { PQclear(result) }
            if PQresultStatus(result) != PGRES_COMMAND_OK, PQresultStatus(result) != PGRES_TUPLES_OK {
                try note(result, in: &failure)
            }
        }
        if let failure {
            isUsable = false
            throw failure.storageError
        }
        guard PQenterPipelineMode(handle) == 1 else { throw broken() }
    }

    // MARK: Waiting

    private func flush(until deadline: ContinuousClock.Instant) throws(StorageError) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // Reads as well: a server that cannot send its answers does not take more questions.
                if try wait(for: POLLIN | POLLOUT, until: deadline) & POLLIN != 0, PQconsumeInput(handle) == 0 {
                    throw broken()
                }
            default: throw broken()
            }
        }
    }

    private func next(until deadline: ContinuousClock.Instant) throws(StorageError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try wait(for: POLLIN, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        }
        let result = PQgetResult(handle)
        if result == nil, PQstatus(handle) == CONNECTION_BAD { throw broken() }
        return result
    }

    /// - Returns: the events that came.
    @discardableResult
    private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(StorageError) -> Int32 {
        while true {
            let left = (deadline - clock.now) / .milliseconds(1)
            guard left > 0 else {
                isUsable = false
                throw .unavailable("the database server does not answer")
            }
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            let count = poll(&descriptor, 1, Int32(min(left.rounded(.up), 3_600_000)))
            if count > 0 { return Int32(descriptor.revents) }
            guard count == 0 || errno == EINTR else { throw broken() }
        }
    }

    /// The connection is of no more use. libpq's message names hosts and users, never a password.
    private func broken() -> StorageError {
        isUsable = false
        let message = String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
        return .unavailable(message.isEmpty ? "the connection to the database was lost" : message)
    }
}

extension Parameters {
    /// As libpq takes them; the pointers are good for the call only.
    fileprivate func withPointers(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Int32
    ) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            // An empty buffer has no address, and libpq takes a missing address for NULL.
            let start = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            let values = ranges.map { range in
                range.flatMap { start?.advanced(by: $0.lowerBound).assumingMemoryBound(to: CChar.self) }
            }
            let lengths = ranges.map { Int32($0?.count ?? 0) }
            return body(Int32(ranges.count), values, lengths, [Int32](repeating: 1, count: ranges.count))
        }
    }
}
