import PostgresStore
import Simulation
import Synchronization
import TestSupport
import WaybillEngine

/// One server for all tests of this process; each test has a database of its own, copied from one that is migrated.
enum SharedPostgres {
    static let partitions = 4
    static let feedID: UInt64 = 4711
    private static let counter = Atomic<Int>(0)

    private static let ready = Task { () throws -> PostgresServer in
        let server = try await PostgresServer.make()
        try await server.sql("CREATE DATABASE template_waybill")
        try await PostgresMigrations(PostgresSettings(uri: server.uri("template_waybill")))
            .migrate(partitions: partitions, feedID: feedID)
        return server
    }

    static func server() async throws -> PostgresServer { try await ready.value }

    /// The name of a fresh database.
    static func database(isMigrated: Bool = true) async throws -> (server: PostgresServer, name: String) {
        let server = try await server()
        let name = "test_\(counter.add(1, ordering: .relaxed).newValue)"
        try await server.sql("CREATE DATABASE \(name) TEMPLATE \(isMigrated ? "template_waybill" : "template0")")
        return (server, name)
    }
}

/// A store in a database of its own.
final class PostgresStoreHome: StoreHome, AnswersHome {
    static let partitions = SharedPostgres.partitions
    let server: PostgresServer
    let database: String
    private let opened = Mutex<[PostgresStore]>([])

    init() async throws { (server, database) = try await SharedPostgres.database() }

    /// On a server of the test's own.
    init(_ server: PostgresServer, _ database: String = "own") async throws {
        self.server = server
        self.database = database
        try await server.sql("CREATE DATABASE \(database)")
        try await PostgresMigrations(settings)
            .migrate(partitions: Self.partitions, feedID: SharedPostgres.feedID)
    }

    /// A hundred callers at once are patient here: what they race for is the matter, not how long they wait.
    var settings: PostgresSettings {
        var settings = PostgresSettings(uri: server.uri(database), readers: 3, writers: 3)
        settings.timeouts.checkout = 30_000
        return settings
    }

    func open() async throws -> any WholeStore { try store() }
    func open() async throws -> any IdempotencyStore { try store() }

    func store(_ change: (inout PostgresSettings) -> Void = { _ in }) throws -> PostgresStore {
        var settings = settings
        change(&settings)
        let store = try PostgresStore(settings, partitions: Self.partitions)
        opened.withLock { $0.append(store) }
        return store
    }

    @discardableResult
    func sql(_ text: String) async throws -> String { try await server.sql(text, in: database) }

    /// Ends the sessions of all stores: a server has only so many.
    func close() async {
        for store in opened.withLock({ $0 }) { await store.close() }
    }
}
