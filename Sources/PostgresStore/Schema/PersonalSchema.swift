/// The tables of what names or reaches a person, and of answers that are given again.
enum PersonalSchema {
    static let sql = """
        CREATE TABLE recipient (
            merchant text COLLATE "C" NOT NULL,
            id bytea NOT NULL,
            data bytea NOT NULL,
            updated_at int8 NOT NULL,
            is_named bool NOT NULL DEFAULT false,
            PRIMARY KEY (merchant, id)
        );
        CREATE INDEX recipient_orphans ON recipient (updated_at) WHERE NOT is_named;
        CREATE TABLE proof (
            merchant text COLLATE "C" NOT NULL,
            id bytea NOT NULL,
            data bytea NOT NULL,
            updated_at int8 NOT NULL,
            is_named bool NOT NULL DEFAULT false,
            PRIMARY KEY (merchant, id)
        );
        CREATE INDEX proof_orphans ON proof (updated_at) WHERE NOT is_named;
        CREATE TABLE tracking_token (
            key text COLLATE "C" PRIMARY KEY,
            token text COLLATE "C" NOT NULL UNIQUE
        );
        CREATE TABLE answer (
            key bytea PRIMARY KEY,
            body bytea NOT NULL,
            claimed_at int8 NOT NULL,
            status int4,
            content bytea
        );
        CREATE INDEX answer_by_age ON answer (claimed_at);
        """
}
