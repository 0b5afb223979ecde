import GRDB

/// The tables of `state.db`. Migrations are only ever added.
///
/// Indexes on `delivery` cover columns that change rarely; `updated_at`, which changes with every event, has none.
enum StateSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 deliveries") { db in try db.execute(sql: deliveries) }
        migrator.registerMigration("2 progress and dead letters") { db in try db.execute(sql: progress) }
        migrator.registerMigration("3 personal data") { db in try db.execute(sql: personal) }
        migrator.registerMigration("4 claims") { db in try db.execute(sql: claims) }
        migrator.registerMigration("5 tracking links") { db in try db.execute(sql: links) }
        migrator.registerMigration("6 cases") { db in try db.execute(sql: CaseSchema.sql) }
        migrator.registerMigration("7 notifications") { db in try db.execute(sql: NotificationSchema.sql) }
        return migrator
    }

    private static let deliveries = """
        CREATE TABLE delivery (
            number INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            merchant TEXT NOT NULL,
            status TEXT NOT NULL,
            carrier TEXT,
            tracking_number TEXT,
            order_reference TEXT,
            promised INTEGER,
            sequence INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            fold_version INTEGER NOT NULL,
            is_sealed INTEGER NOT NULL DEFAULT 0,
            folded BLOB NOT NULL,
            arrival BLOB NOT NULL,
            checksum INTEGER NOT NULL
        );
        CREATE INDEX delivery_by_merchant ON delivery (merchant, number);
        CREATE INDEX delivery_by_status ON delivery (merchant, status, number);
        CREATE INDEX delivery_by_carrier ON delivery (merchant, carrier, number) WHERE carrier IS NOT NULL;
        CREATE INDEX delivery_by_tracking ON delivery (merchant, tracking_number) WHERE tracking_number IS NOT NULL;
        CREATE INDEX delivery_by_order ON delivery (merchant, order_reference) WHERE order_reference IS NOT NULL;
        CREATE INDEX delivery_by_promise ON delivery (merchant, promised, number) WHERE promised IS NOT NULL;
        -- One row an applied event, in the order of application; updates are computed from it.
        CREATE TABLE history (
            position INTEGER PRIMARY KEY,
            number INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            partition INTEGER NOT NULL,
            feed_position INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            event BLOB NOT NULL,
            checksum INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX history_by_delivery ON history (number, sequence);
        CREATE UNIQUE INDEX history_by_feed ON history (partition, feed_position);
        CREATE TABLE position_fix (
            key TEXT PRIMARY KEY,
            event_id TEXT NOT NULL,
            occurred_at INTEGER NOT NULL,
            location TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    private static let progress = """
        CREATE TABLE progress (
            partition INTEGER PRIMARY KEY,
            next_offset INTEGER NOT NULL,
            feed_position INTEGER NOT NULL,
            purged INTEGER NOT NULL
        );
        CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE counter (
            merchant TEXT NOT NULL,
            name TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (merchant, name)
        ) WITHOUT ROWID;
        CREATE TABLE dead_letter (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            merchant TEXT NOT NULL,
            key TEXT NOT NULL,
            value BLOB NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            pointer TEXT,
            event_id TEXT,
            partition INTEGER NOT NULL,
            record_offset INTEGER NOT NULL,
            first_seen INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'open'
        );
        CREATE INDEX dead_letter_by_state ON dead_letter (merchant, state, id);
        CREATE INDEX dead_letter_by_age ON dead_letter (first_seen);
        """

    private static let personal = """
        CREATE TABLE recipient (
            merchant TEXT NOT NULL,
            id TEXT NOT NULL,
            data TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            is_named INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (merchant, id)
        ) WITHOUT ROWID;
        CREATE INDEX recipient_orphans ON recipient (updated_at) WHERE is_named = 0;
        CREATE TABLE proof (
            merchant TEXT NOT NULL,
            id TEXT NOT NULL,
            data TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            is_named INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (merchant, id)
        ) WITHOUT ROWID;
        CREATE INDEX proof_orphans ON proof (updated_at) WHERE is_named = 0;
        CREATE TABLE tracking_token (
            key TEXT PRIMARY KEY,
            token TEXT NOT NULL UNIQUE
        ) WITHOUT ROWID;
        """

    private static let claims = """
        ALTER TABLE progress ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE progress ADD COLUMN consumed_until INTEGER NOT NULL DEFAULT 0;
        DELETE FROM setting WHERE name = 'next_number';
        """

    /// Tokens were kept as they are before; those links end here, since SQLite cannot hash them.
    private static let links = """
        DROP TABLE tracking_token;
        CREATE TABLE tracking_link (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            hash TEXT NOT NULL UNIQUE,
            key TEXT NOT NULL
        );
        CREATE INDEX tracking_link_by_delivery ON tracking_link (key, number);
        """
}
