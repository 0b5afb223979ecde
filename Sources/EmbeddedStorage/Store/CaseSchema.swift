/// The tables of cases, and what a delivery's row says of them.
enum CaseSchema {
    static let sql = """
        -- What the monitor made of the delivery (`WatchMark`), when it looks again, and the kinds that the feed has
        -- told as open.
        ALTER TABLE delivery ADD COLUMN watch INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE delivery ADD COLUMN due_at INTEGER;
        ALTER TABLE delivery ADD COLUMN open_cases INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX delivery_by_due ON delivery (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX delivery_by_case ON delivery (merchant, number) WHERE open_cases <> 0;
        UPDATE delivery SET due_at = 0 WHERE status NOT IN ('delivered', 'returned', 'cancelled');
        -- By the delivery's key, not its number: a rebuild from the log numbers anew.
        CREATE TABLE case_record (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            key TEXT NOT NULL,
            merchant TEXT NOT NULL,
            kind TEXT NOT NULL,
            occurrence INTEGER NOT NULL,
            state TEXT NOT NULL,
            severity TEXT NOT NULL,
            owner TEXT,
            snoozed_until INTEGER,
            opened_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            bit INTEGER NOT NULL,
            in_force INTEGER NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (key, kind, occurrence)
        );
        CREATE INDEX case_by_state ON case_record (merchant, state, row);
        CREATE INDEX case_by_opening ON case_record (merchant, opened_at);
        -- `feed_position` is null until the tracker tells the change, and 0 for one that is never told.
        CREATE TABLE case_change (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            case_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            key TEXT NOT NULL,
            partition INTEGER NOT NULL,
            open INTEGER NOT NULL,
            fragment TEXT NOT NULL,
            actor TEXT,
            changed_at INTEGER NOT NULL,
            feed_position INTEGER,
            sequence INTEGER,
            UNIQUE (case_id, version)
        );
        CREATE INDEX case_change_untold ON case_change (partition, number) WHERE feed_position IS NULL;
        CREATE UNIQUE INDEX case_change_by_feed ON case_change (partition, feed_position) WHERE feed_position > 0;
        CREATE INDEX case_change_by_key ON case_change (key, number);
        CREATE TABLE monitor_lease (
            shard INTEGER PRIMARY KEY,
            owner TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            until INTEGER NOT NULL
        );
        """
}
