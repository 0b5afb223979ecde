import GRDB

/// The tables of `log.db`. Migrations are only ever added.
enum LogSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 log") { db in
            try db.execute(sql: """
                CREATE TABLE record (
                    offset INTEGER PRIMARY KEY,
                    partition INTEGER NOT NULL,
                    timestamp INTEGER NOT NULL,
                    key TEXT NOT NULL,
                    value BLOB NOT NULL,
                    checksum INTEGER NOT NULL
                );
                CREATE TABLE consumer_group (
                    name TEXT PRIMARY KEY,
                    next_offset INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE kept_answer (
                    key BLOB PRIMARY KEY,
                    body BLOB NOT NULL,
                    claimed_at INTEGER NOT NULL,
                    status INTEGER,
                    answer BLOB
                ) WITHOUT ROWID;
                CREATE INDEX kept_answer_by_age ON kept_answer (claimed_at);
                """)
        }
        return migrator
    }
}
