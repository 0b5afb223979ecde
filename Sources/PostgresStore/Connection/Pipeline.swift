/// A statement that each session prepares once, by its name.
struct Statement: Sendable {
    let name: String
    let sql: String

    /// - Parameter name: unique in the program; nil for SQL that is put together at run time, which is its own name.
    init(_ name: String? = nil, _ sql: String) {
        // PostgreSQL cuts names at 63 bytes; whoever is not named here is numbered by the session.
        self.name = name ?? sql
        self.sql = sql
    }
}

/// Statements that travel together: one round trip, one transaction, all or nothing.
///
/// There is no BEGIN and no COMMIT: what is sent up to one sync is a transaction of its own (PostgreSQL's message flow,
/// "Pipelining"), so a failure leaves nothing to roll back.
struct Pipeline {
    private(set) var steps: [(statement: Statement, parameters: Parameters)] = []

    mutating func add(_ statement: Statement, _ bind: (inout Parameters) -> Void = { _ in }) {
        var parameters = Parameters()
        bind(&parameters)
        steps.append((statement, parameters))
    }
}
