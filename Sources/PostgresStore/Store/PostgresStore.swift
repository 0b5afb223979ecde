import WaybillCore
import WaybillEngine

/// The store of the cluster profile: every port of the engine over PostgreSQL.
///
/// This file opens it; each port has a file of its own beside it. Nothing is connected before it is needed, and a
/// database that cannot be reached is `unavailable` until it can: a process starts without it.
package final class PostgresStore: Sendable {
    package let partitionCount: Int
    /// Answers of the API: a pipeline here is one read-only snapshot.
    private let readers: ConnectionPool
    /// Small writes, each a transaction of its own.
    private let writers: ConnectionPool
    /// Commits and claims; alone, so that they never wait for another question.
    private let commits: PostgresConnection
    /// What the tracker reads for the next batch while one is being committed.
    private let loads: PostgresConnection

    /// - Throws: `damaged` for a URI that cannot be used. The schema is looked at when a connection is made.
    package init(_ settings: PostgresSettings, partitions: Int) throws(StorageError) {
        partitionCount = partitions
        let address = try ConnectionAddress(uri: settings.uri)
        var seed = settings.seed
        func connection(_ role: SessionRole) -> PostgresConnection {
            seed &+= 0x9E37_79B9_7F4A_7C15
            return PostgresConnection(address, role: role, timeouts: settings.timeouts, seed: seed) {
                session throws(StorageError) in try SessionCheck.all(session, partitions: partitions)
            }
        }
        let patience = Duration.milliseconds(settings.timeouts.checkout)
        readers = ConnectionPool((0..<settings.readers).map { _ in connection(.reader) }, patience: patience)
        writers = ConnectionPool((0..<settings.writers).map { _ in connection(.writer) }, patience: patience)
        commits = connection(.tracker)
        loads = connection(.loader)
    }

    /// Whether the database is there and can be used, with a sentence that says what to do when it cannot.
    package func check() async throws(StorageError) { _ = try await progress() }

    /// Ends all sessions. What is asked afterwards opens new ones.
    package func close() async {
        await readers.close()
        await writers.close()
        await commits.close()
        await loads.close()
    }

    // MARK: Access

    /// Pipelines of `body` each see one snapshot.
    func read<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value { try await readers.perform(body) }

    /// Pipelines of `body` are one transaction each: committed, and on the disk, when `run` returns.
    func write<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value { try await writers.perform(body) }

    func commit<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value { try await commits.perform(body) }

    func load<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value { try await loads.perform(body) }
}
