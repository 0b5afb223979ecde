import WaybillCore
import WaybillEngine

/// One step of the schema. A migration that was ever released is never changed: another one follows it.
package struct Migration: Sendable {
    package let number: Int64
    package let name: String
    package let sql: String

    package init(number: Int64, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// Of the text: whoever changes a migration that is applied somewhere must hear of it.
    var checksum: Int64 { Int64(bitPattern: StableHash.fnv1a(sql.utf8)) }

    package static let all = [
        Migration(number: 1, name: "deliveries", sql: DeliverySchema.sql),
        Migration(number: 2, name: "personal data and answers", sql: PersonalSchema.sql),
        Migration(number: 3, name: "commits", sql: CommitFunction.sql),
        Migration(number: 4, name: "retention", sql: RetentionFunctions.sql),
        Migration(number: 5, name: "tracking links", sql: TrackingLinkSchema.sql),
        Migration(number: 6, name: "cases", sql: CaseSchema.sql),
        Migration(number: 7, name: "notifications", sql: NotificationSchema.sql),
    ]
}

/// Brings a database to the schema of this version, and tells whether it has it.
package struct PostgresMigrations: Sendable {
    private let migrations: [Migration]
    private let connection: PostgresConnection

    package init(_ settings: PostgresSettings) throws(StorageError) { try self.init(settings, Migration.all) }

    package init(_ settings: PostgresSettings, _ migrations: [Migration]) throws(StorageError) {
        self.migrations = migrations
        connection = PostgresConnection(
            try ConnectionAddress(uri: settings.uri), role: .migrator, timeouts: settings.timeouts,
            seed: settings.seed, verify: { session throws(StorageError) in try SessionCheck.durability(session) })
    }

    /// Many processes may do this at once: one does it, the others wait and find it done.
    /// - Parameters:
    ///   - partitions: of the log; recorded in a new store, and compared in one that exists.
    ///   - feedID: names the numbering of updates where the store is new; random.
    /// - Returns: the names of the migrations that were applied.
    @discardableResult
    package func migrate(partitions: Int, feedID: UInt64) async throws(StorageError) -> [String] {
        let migrations = migrations
        return try await once { session throws(StorageError) in
            try session.script("SELECT pg_advisory_lock(\(Self.lock))")
            try session.script(Self.tableSQL)
            let applied = try Self.applied(session)
            let missing = try Self.missing(migrations, applied)
            for migration in missing {
                let row = "(\(migration.number), '\(migration.name)', \(migration.checksum))"
                try session.script(
                    "\(migration.sql); INSERT INTO schema_migration (number, name, checksum) VALUES \(row)")
            }
            try Self.begin(partitions: partitions, feedID: feedID, session)
            try session.script("SELECT pg_advisory_unlock(\(Self.lock))")
            return missing.map(\.name)
        }
    }

    /// Throws a sentence that says what to do when the schema is not the one of this version.
    package func check() async throws(StorageError) {
        let migrations = migrations
        try await once { session throws(StorageError) in try Self.check(session, migrations) }
    }

    /// The connection is for this one thing; what it locked is free again when it ends.
    private func once<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        do {
            let value = try await connection.perform(body)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Whoever migrates holds it.
    private static let lock = 7_246_201
    private static let tableSQL = """
        CREATE TABLE IF NOT EXISTS schema_migration (
            number int8 PRIMARY KEY,
            name text NOT NULL,
            checksum int8 NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
    private static let isThereSQL = Statement(
        "schema_is_there", "SELECT to_regclass('schema_migration') IS NOT NULL")
    private static let appliedSQL = Statement(
        "schema_applied", "SELECT number, checksum, name FROM schema_migration ORDER BY number")

    private static func applied(_ session: Session) throws(StorageError) -> [(number: Int64, checksum: Int64)] {
        try session.query(appliedSQL).rows.map { ($0.integer(0), $0.integer(1)) }
    }

    static func check(_ session: Session, _ migrations: [Migration] = Migration.all) throws(StorageError) {
        guard try session.query(isThereSQL).first?.bool(0) == true else {
            throw .damaged("the database has no Waybill schema yet: run `waybill migrate`")
        }
        let missing = try missing(migrations, try applied(session))
        if let first = missing.first {
            throw .damaged(
                "the database has the schema of an older version (without \"\(first.name)\"): run `waybill migrate`")
        }
    }

    private static func missing(
        _ migrations: [Migration], _ applied: [(number: Int64, checksum: Int64)]
    ) throws(StorageError) -> [Migration] {
        for row in applied {
            guard let migration = migrations.first(where: { $0.number == row.number }) else {
                throw .damaged(
                    "the database has the schema of a newer version (migration \(row.number)): run that version's "
                        + "`waybill`; this one's `waybill migrate` cannot go back")
            }
            guard migration.checksum == row.checksum else {
                throw .damaged(
                    "migration \(row.number) (\"\(migration.name)\") is not the text that was applied to this "
                        + "database: use the version of `waybill` that was; `waybill migrate` changes nothing here")
            }
        }
        let known = Set(applied.map(\.number))
        return migrations.filter { !known.contains($0.number) }
    }

    // MARK: A new store

    private static let installationSQL = Statement(
        "installation_begin",
        "INSERT INTO installation (feed_id, partitions, fold_version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
    private static let foldSQL = Statement(
        "installation_fold", "UPDATE installation SET fold_version = greatest(fold_version, $1)")
    private static let partitionSQLs = ["partition_claim", "publication", "history_purge"].map { table in
        Statement(
            "begin_\(table)",
            "INSERT INTO \(table) (partition) SELECT generate_series(0, $1 - 1) ON CONFLICT DO NOTHING")
    }
    static let extendSQL = Statement("history_extend", "SELECT waybill_extend_history()")

    private static func begin(partitions: Int, feedID: UInt64, _ session: Session) throws(StorageError) {
        try session.query(installationSQL) {
            $0.add(Int64(bitPattern: feedID))
            $0.add(Int32(partitions))
            $0.add(Int32(Fold.version))
        }
        try SessionCheck.partitions(session, partitions)
        var pipeline = Pipeline()
        pipeline.add(foldSQL) { $0.add(Int32(Fold.version)) }
        for statement in partitionSQLs { pipeline.add(statement) { $0.add(Int32(partitions)) } }
        pipeline.add(extendSQL)
        try session.run(pipeline)
    }
}

/// What every session makes sure of before it is used.
enum SessionCheck {
    private static let durabilitySQL = Statement("check_durability", "SELECT current_setting('synchronous_commit')")
    private static let installationSQL = Statement(
        "check_installation", "SELECT partitions, fold_version FROM installation")

    /// "Committed" must mean that it is on the disk: a sender was told so, and the log is trimmed on its word.
    static func durability(_ session: Session) throws(StorageError) {
        guard try session.query(durabilitySQL).first?.text(0) != "off" else {
            throw .damaged(
                "synchronous_commit is off, so the database may forget what it has committed: set it to on for this "
                    + "database or user (ALTER DATABASE ... SET synchronous_commit = on)")
        }
    }

    static func partitions(_ session: Session, _ partitions: Int) throws(StorageError) {
        guard let row = try session.query(installationSQL).first else {
            throw .damaged("the database has no Waybill installation yet: run `waybill migrate`")
        }
        guard row.integer(0) == partitions else {
            throw .damaged(
                "the store was made with \(row.integer(0)) partitions and cannot be opened with \(partitions); set "
                    + "partitions to \(row.integer(0))")
        }
        guard row.integer(1) <= Fold.version else {
            throw .damaged(
                "the states were folded by a newer version of Waybill (fold \(row.integer(1))): run that version, or "
                    + "a newer one")
        }
    }

    static func all(_ session: Session, partitions count: Int) throws(StorageError) {
        try durability(session)
        try PostgresMigrations.check(session)
        try partitions(session, count)
    }
}
