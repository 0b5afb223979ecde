/// The tables of what events make.
///
/// `text` columns hold only what was validated or made here: ids, codes, names, all of visible ASCII, compared as
/// bytes. What people and other systems wrote is `bytea`: PostgreSQL's `text` refuses NUL and whatever the server's
/// encoding does not know, and one such word must not stop a partition.
///
/// Rows carry no checksums as they do in the embedded store: PostgreSQL's pages can (`data_checksums`, which the
/// doctor asks for), and verify what is read, whoever reads it.
enum DeliverySchema {
    static let sql = """
        CREATE TABLE installation (
            id int4 PRIMARY KEY DEFAULT 1 CHECK (id = 1),
            feed_id int8 NOT NULL,
            partitions int4 NOT NULL,
            fold_version int4 NOT NULL,
            -- Deliveries of one partition of the history.
            history_width int8 NOT NULL DEFAULT 5000000,
            -- Where sealing goes on looking.
            seal_number int8 NOT NULL DEFAULT 0,
            -- The Kafka cluster whose offsets these are.
            cluster_id text COLLATE "C"
        );

        CREATE SEQUENCE delivery_number;

        -- Indexes cover what rarely changes. A row whose indexed columns stay as they are is rewritten in its own page
        -- and no index hears of it: `status` has none, but `list_group`, which most events leave alone, has.
        CREATE TABLE delivery (
            number int8 NOT NULL UNIQUE,
            sequence int8 NOT NULL,
            updated_at int8 NOT NULL,
            promised int8,
            fold_version int4 NOT NULL,
            list_group int2 NOT NULL,
            is_sealed bool NOT NULL DEFAULT false,
            merchant text COLLATE "C" NOT NULL,
            delivery_id text COLLATE "C" NOT NULL,
            status text COLLATE "C" NOT NULL,
            carrier bytea,
            tracking_number bytea,
            order_reference bytea,
            folded bytea NOT NULL,
            arrival bytea NOT NULL,
            PRIMARY KEY (merchant, delivery_id)
        ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
        CREATE INDEX delivery_by_merchant ON delivery (merchant, number);
        CREATE INDEX delivery_by_group ON delivery (merchant, list_group, number);
        CREATE INDEX delivery_by_promise ON delivery (merchant, promised, number) WHERE promised IS NOT NULL;
        -- Free text may be longer than an index entry can be.
        CREATE INDEX delivery_by_carrier ON delivery (merchant, substring(carrier, 1, 200), number)
            WHERE carrier IS NOT NULL;
        CREATE INDEX delivery_by_tracking ON delivery (merchant, substring(tracking_number, 1, 200))
            WHERE tracking_number IS NOT NULL;
        CREATE INDEX delivery_by_order ON delivery (merchant, substring(order_reference, 1, 200))
            WHERE order_reference IS NOT NULL;

        -- One row an applied event; updates are computed from it. In partitions by number, which is in order of
        -- creation: what is old goes as a whole. What no partition was made for is taken by the last one.
        CREATE TABLE history (
            number int8 NOT NULL,
            sequence int8 NOT NULL,
            feed_position int8 NOT NULL,
            received_at int8 NOT NULL,
            partition int4 NOT NULL,
            event bytea NOT NULL,
            PRIMARY KEY (number, sequence)
        ) PARTITION BY RANGE (number);
        CREATE INDEX history_by_feed ON history (partition, feed_position);
        CREATE TABLE history_rest PARTITION OF history DEFAULT;

        CREATE TABLE position_fix (
            key text COLLATE "C" PRIMARY KEY,
            event_id text COLLATE "C" NOT NULL,
            occurred_at int8 NOT NULL,
            location bytea NOT NULL
        ) WITH (fillfactor = 70);

        -- Who owns a partition of the log, and how far it has come: rewritten by every commit.
        CREATE TABLE partition_claim (
            partition int4 PRIMARY KEY,
            epoch int8 NOT NULL DEFAULT 0,
            next_offset int8 NOT NULL DEFAULT 0,
            feed_position int8 NOT NULL DEFAULT 0,
            consumed_until int8 NOT NULL DEFAULT 0
        ) WITH (fillfactor = 10);
        -- Apart from the claims, so that publishing and committing do not wait for each other.
        CREATE TABLE publication (
            partition int4 PRIMARY KEY,
            feed_position int8 NOT NULL DEFAULT 0,
            dead_letter int8 NOT NULL DEFAULT 0
        ) WITH (fillfactor = 10);
        -- The greatest position whose history was dropped.
        CREATE TABLE history_purge (partition int4 PRIMARY KEY, feed_position int8 NOT NULL DEFAULT 0);

        -- One row a partition that counted: its owner is alone with it, whatever the others count.
        CREATE TABLE counter (
            merchant text COLLATE "C" NOT NULL,
            name text COLLATE "C" NOT NULL,
            shard int4 NOT NULL,
            value int8 NOT NULL,
            PRIMARY KEY (merchant, name, shard)
        ) WITH (fillfactor = 50);

        CREATE TABLE dead_letter (
            id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            merchant text COLLATE "C" NOT NULL,
            key bytea NOT NULL,
            value bytea NOT NULL,
            code text COLLATE "C" NOT NULL,
            detail bytea NOT NULL,
            pointer bytea,
            event_id text COLLATE "C",
            partition int4 NOT NULL,
            record_offset int8 NOT NULL,
            first_seen int8 NOT NULL,
            state text COLLATE "C" NOT NULL DEFAULT 'open'
        );
        CREATE INDEX dead_letter_by_merchant ON dead_letter (merchant, id);
        CREATE INDEX dead_letter_by_state ON dead_letter (merchant, state, id);
        CREATE INDEX dead_letter_by_partition ON dead_letter (partition, id);
        CREATE INDEX dead_letter_by_age ON dead_letter (first_seen);
        """
}
