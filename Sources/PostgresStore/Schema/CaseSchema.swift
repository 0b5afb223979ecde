/// The tables of cases, and the functions that keep them in step with the deliveries.
///
/// What the monitor knows of a delivery has a row of its own beside the delivery's, which is large: it is written when
/// a delivery becomes due earlier, and by looks. Everybody locks deliveries before these rows, each in the order of
/// their numbers, so nobody waits in a circle.
enum CaseSchema {
    static let sql = tables + tracking + looking + desk

    private static let tables = """
        -- `mark`: what the monitor made of the delivery (`WatchMark`); `open_cases`: what the feed has told.
        CREATE TABLE delivery_watch (
            number int8 PRIMARY KEY,
            mark int8 NOT NULL DEFAULT 0,
            due_at int8,
            open_cases int4 NOT NULL DEFAULT 0
        ) WITH (fillfactor = 70);
        CREATE INDEX delivery_watch_due ON delivery_watch (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX delivery_watch_open ON delivery_watch (number) WHERE open_cases <> 0;
        INSERT INTO delivery_watch (number, due_at)
        SELECT number, 0 FROM delivery WHERE status NOT IN ('delivered', 'returned', 'cancelled') AND NOT is_sealed;

        CREATE TABLE case_record (
            row int8 GENERATED ALWAYS AS IDENTITY UNIQUE,
            id text COLLATE "C" PRIMARY KEY,
            merchant text COLLATE "C" NOT NULL,
            delivery_id text COLLATE "C" NOT NULL,
            kind text COLLATE "C" NOT NULL,
            occurrence int4 NOT NULL,
            state text COLLATE "C" NOT NULL,
            severity text COLLATE "C" NOT NULL,
            owner bytea,
            snoozed_until int8,
            opened_at int8 NOT NULL,
            version int8 NOT NULL,
            bit int4 NOT NULL,
            body bytea NOT NULL,
            UNIQUE (merchant, delivery_id, kind, occurrence)
        ) WITH (fillfactor = 80);
        CREATE INDEX case_record_by_state ON case_record (merchant, state, row);
        CREATE INDEX case_record_by_opening ON case_record (merchant, opened_at);

        -- `feed_position` is null until the tracker tells the change, and 0 for one that is never told.
        CREATE TABLE case_change (
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            case_id text COLLATE "C" NOT NULL,
            version int8 NOT NULL,
            merchant text COLLATE "C" NOT NULL,
            delivery_id text COLLATE "C" NOT NULL,
            partition int4 NOT NULL,
            open int4 NOT NULL,
            fragment bytea NOT NULL,
            actor bytea,
            changed_at int8 NOT NULL,
            feed_position int8,
            sequence int8,
            UNIQUE (case_id, version)
        );
        CREATE INDEX case_change_untold ON case_change (partition, number) WHERE feed_position IS NULL;
        CREATE UNIQUE INDEX case_change_by_feed ON case_change (partition, feed_position) WHERE feed_position > 0;
        CREATE INDEX case_change_by_delivery ON case_change (merchant, delivery_id, number);

        CREATE TABLE monitor_lease (
            shard int4 PRIMARY KEY,
            owner text COLLATE "C" NOT NULL,
            epoch int8 NOT NULL,
            until int8 NOT NULL
        ) WITH (fillfactor = 10);

        """

    /// What a tracker's commit does beside `waybill_commit`, in the same statement.
    private static let tracking = """
        -- Before it: an offset that does not move tells nothing of a commit of which no answer came.
        CREATE FUNCTION waybill_expect(partitions int4[], positions int8[]) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM partition_claim c WHERE c.partition = ANY (partitions) ORDER BY c.partition
            FOR NO KEY UPDATE;
            IF EXISTS (
                SELECT FROM unnest(partitions, positions) AS e (partition, expected)
                JOIN partition_claim c ON c.partition = e.partition WHERE c.feed_position <> e.expected)
            THEN
                RAISE EXCEPTION 'the feed of a partition has moved' USING ERRCODE = 'WB001';
            END IF;
        END
        $$;

        -- After it: makes deliveries due, and gives changes of cases their places in the feed.
        CREATE FUNCTION waybill_watch(
            look_number int8[], look_mark int8[], look_at int8[],
            told_change int8[], told_position int8[], told_sequence int8[],
            shown_number int8[], shown_open int4[]
        ) RETURNS void LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        BEGIN
            INSERT INTO delivery_watch AS w (number, due_at)
            SELECT u.number, CASE WHEN coalesce(k.mark, 0) = u.mark THEN u.due_at ELSE 0 END
            FROM unnest(look_number, look_mark, look_at) AS u (number, mark, due_at)
            LEFT JOIN delivery_watch k ON k.number = u.number
            WHERE u.due_at IS NOT NULL OR coalesce(k.mark, 0) <> u.mark
            ORDER BY u.number
            ON CONFLICT (number) DO UPDATE SET due_at = excluded.due_at
            WHERE w.due_at IS NULL OR excluded.due_at < w.due_at;
            IF cardinality(told_change) = 0 THEN RETURN; END IF;
            UPDATE case_change c SET feed_position = u.feed_position, sequence = u.sequence
            FROM unnest(told_change, told_position, told_sequence) AS u (number, feed_position, sequence)
            WHERE c.number = u.number;
            INSERT INTO delivery_watch AS w (number, open_cases)
            SELECT u.number, u.open FROM unnest(shown_number, shown_open) AS u (number, open) ORDER BY u.number
            ON CONFLICT (number) DO UPDATE SET open_cases = excluded.open_cases;
        END
        $$;

        """

    private static let looking = """
        -- Writes what a monitor decided; returns for how many deliveries. The others are not as they were.
        CREATE FUNCTION waybill_look(
            lease_shard int4[], lease_epoch int8[],
            look_number int8[], look_sequence int8[], look_mark int8[], look_next int8[], look_due int8[],
            case_number int8[], case_id text[], case_merchant text[], case_delivery text[], case_kind text[],
            case_occurrence int4[], case_state text[], case_severity text[], case_owner bytea[],
            case_snoozed int8[], case_opened int8[], case_version int8[], case_bit int4[], case_body bytea[],
            change_number int8[], change_case text[], change_version int8[], change_merchant text[],
            change_delivery text[], change_partition int4[], change_open int4[], change_fragment bytea[],
            change_actor bytea[], change_at int8[]
        ) RETURNS int8 LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE
            same int8[];
            written int8[];
        BEGIN
            PERFORM FROM monitor_lease l WHERE l.shard = ANY (lease_shard) ORDER BY l.shard FOR SHARE;
            IF (SELECT count(*) FROM unnest(lease_shard, lease_epoch) AS e (shard, epoch)
                JOIN monitor_lease l ON l.shard = e.shard AND l.epoch = e.epoch) <> cardinality(lease_shard)
            THEN
                RAISE EXCEPTION 'another monitor has taken a share of the deliveries' USING ERRCODE = 'WB001';
            END IF;
            SELECT array_agg(number) INTO same FROM (
                SELECT d.number FROM delivery d
                JOIN unnest(look_number, look_sequence) AS u (number, sequence) ON d.number = u.number
                WHERE d.sequence = u.sequence ORDER BY d.number FOR NO KEY UPDATE OF d) AS d;
            PERFORM FROM delivery_watch w WHERE w.number = ANY (same) ORDER BY w.number FOR NO KEY UPDATE;
            WITH done AS (
                UPDATE delivery_watch w SET mark = u.next, due_at = u.due_at
                FROM unnest(look_number, look_mark, look_next, look_due) AS u (number, mark, next, due_at)
                WHERE w.number = u.number AND w.mark = u.mark AND w.number = ANY (same) RETURNING w.number
            ) SELECT array_agg(number) INTO written FROM done;
            IF written IS NULL THEN RETURN 0; END IF;
            INSERT INTO case_record AS c (
                id, merchant, delivery_id, kind, occurrence, state, severity, owner, snoozed_until, opened_at,
                version, bit, body)
            SELECT u.id, u.merchant, u.delivery_id, u.kind, u.occurrence, u.state, u.severity, u.owner, u.snoozed,
                u.opened, u.version, u.bit, u.body
            FROM unnest(case_number, case_id, case_merchant, case_delivery, case_kind, case_occurrence, case_state,
                case_severity, case_owner, case_snoozed, case_opened, case_version, case_bit, case_body)
                WITH ORDINALITY AS u (number, id, merchant, delivery_id, kind, occurrence, state, severity, owner,
                    snoozed, opened, version, bit, body, place)
            WHERE u.number = ANY (written) ORDER BY u.place
            ON CONFLICT (id) DO UPDATE SET
                state = excluded.state, severity = excluded.severity, owner = excluded.owner,
                snoozed_until = excluded.snoozed_until, version = excluded.version, body = excluded.body;
            INSERT INTO case_change (
                case_id, version, merchant, delivery_id, partition, open, fragment, actor, changed_at)
            SELECT u.case_id, u.version, u.merchant, u.delivery_id, u.partition, u.open, u.fragment, u.actor, u.at
            FROM unnest(change_number, change_case, change_version, change_merchant, change_delivery,
                change_partition, change_open, change_fragment, change_actor, change_at)
                WITH ORDINALITY AS u (number, case_id, version, merchant, delivery_id, partition, open, fragment,
                    actor, at, place)
            WHERE u.number = ANY (written) ORDER BY u.place;
            RETURN cardinality(written);
        END
        $$;

        """

    private static let desk = """
        -- Writes what a person did, when the case is still of the version before it; says whether it did.
        CREATE FUNCTION waybill_act(
            the_id text, the_merchant text, the_delivery text, the_version int8, the_state text, the_severity text,
            the_owner bytea, the_snooze int8, the_body bytea, the_partition int4, the_fragment bytea,
            the_actor bytea, the_time int8
        ) RETURNS bool LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        BEGIN
            -- The monitor's row first, as the monitor does.
            UPDATE delivery_watch w SET mark = ((mark >> 16) + 1) << 16 | (mark & 65535), due_at = 0
            FROM delivery d WHERE d.merchant = the_merchant AND d.delivery_id = the_delivery AND w.number = d.number;
            UPDATE case_record c SET version = the_version, state = the_state, severity = the_severity,
                owner = the_owner, snoozed_until = the_snooze, body = the_body
            WHERE c.id = the_id AND c.version = the_version - 1;
            IF NOT FOUND THEN RETURN false; END IF;
            INSERT INTO case_change (
                case_id, version, merchant, delivery_id, partition, open, fragment, actor, changed_at)
            SELECT the_id, the_version, the_merchant, the_delivery, the_partition,
                coalesce(sum(c.bit) FILTER (WHERE c.state = 'open'), 0)::int4, the_fragment, the_actor, the_time
            FROM case_record c WHERE c.merchant = the_merchant AND c.delivery_id = the_delivery;
            RETURN true;
        END
        $$;

        -- With the history of a delivery go its cases; no page of the feed goes back to where they stood.
        CREATE FUNCTION waybill_drop_cases() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            WITH gone AS (
                DELETE FROM case_change c WHERE c.merchant = NEW.merchant AND c.delivery_id = NEW.delivery_id
                RETURNING c.partition, coalesce(c.feed_position, 0) AS feed_position
            ), marks AS (SELECT partition, max(feed_position) AS last FROM gone GROUP BY partition)
            UPDATE history_purge p SET feed_position = greatest(p.feed_position, m.last)
            FROM marks m WHERE p.partition = m.partition;
            DELETE FROM case_record c WHERE c.merchant = NEW.merchant AND c.delivery_id = NEW.delivery_id;
            DELETE FROM delivery_watch w WHERE w.number = NEW.number;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER delivery_sealed AFTER UPDATE OF is_sealed ON delivery
        FOR EACH ROW WHEN (NEW.is_sealed AND NOT OLD.is_sealed) EXECUTE FUNCTION waybill_drop_cases();
        """
}
