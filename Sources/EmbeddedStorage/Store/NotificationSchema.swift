/// The tables of notifications in `state.db`.
enum NotificationSchema {
    /// An open message is found by its lane and the moment at which something is to be done about it: sent, tried
    /// again, or taken from a worker whose lease has ended.
    static let sql = """
        CREATE TABLE message (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            merchant TEXT NOT NULL,
            delivery_key TEXT NOT NULL,
            occasion TEXT NOT NULL,
            instance TEXT NOT NULL,
            party TEXT NOT NULL,
            channel TEXT NOT NULL,
            audience TEXT NOT NULL,
            template TEXT NOT NULL,
            lane TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            is_open INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            expires_at INTEGER,
            sequence INTEGER NOT NULL,
            is_ordered INTEGER NOT NULL,
            corrects TEXT,
            payload TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            lease_token INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            sent_at INTEGER,
            last_answer TEXT
        );
        CREATE INDEX message_due ON message (lane, due_at) WHERE is_open = 1;
        CREATE INDEX message_in_order ON message (lane, delivery_key, number) WHERE is_open = 1 AND is_ordered = 1;
        CREATE INDEX message_by_delivery ON message (delivery_key, number);
        CREATE INDEX message_by_merchant ON message (merchant, number);
        CREATE INDEX message_by_party ON message (merchant, party, number);
        CREATE INDEX message_by_age ON message (updated_at) WHERE is_open = 0;
        CREATE TABLE attempt (
            message INTEGER NOT NULL,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            milliseconds INTEGER NOT NULL,
            result TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (message, number)
        ) WITHOUT ROWID;
        CREATE TABLE notifier (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            cursor TEXT NOT NULL
        );
        CREATE TABLE notification_setting (
            merchant TEXT NOT NULL,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            data TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (merchant, kind, id)
        ) WITHOUT ROWID;
        CREATE TABLE refusal (
            merchant TEXT NOT NULL,
            recipient TEXT NOT NULL,
            channel TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (merchant, recipient, channel)
        ) WITHOUT ROWID;
        CREATE TABLE endpoint_health (
            lane TEXT PRIMARY KEY,
            failing_since INTEGER,
            told INTEGER NOT NULL
        ) WITHOUT ROWID;
        """
}
