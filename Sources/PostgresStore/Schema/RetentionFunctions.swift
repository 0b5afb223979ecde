/// Sealing, and the partitions of the history that come and go.
enum RetentionFunctions {
    static let sql = """
        -- Seals deliveries that are terminal since before an instant and drops their history; returns how many events
        -- went. Looks at a bounded number of deliveries that still have a history, and goes on there the next time.
        CREATE FUNCTION waybill_seal(before int8, batch int4) RETURNS int8 LANGUAGE plpgsql
        SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
        #variable_conflict use_column
        DECLARE
            start int8;
            visited int8[];
            aged int8[];
            sealed int8[];
            removed int8;
        BEGIN
            -- One process is enough; the others have nothing to wait for.
            IF NOT pg_try_advisory_xact_lock(7246202) THEN RETURN 0; END IF;
            SELECT seal_number INTO start FROM installation;
            LOOP
                SELECT array_agg(number ORDER BY number),
                    array_agg(number ORDER BY number) FILTER (WHERE received_at < before)
                INTO visited, aged
                FROM (SELECT number, received_at FROM history WHERE sequence = 1 AND number > start
                    ORDER BY number LIMIT batch) AS page;
                EXIT WHEN visited IS NOT NULL OR start = 0;
                start := 0;
            END LOOP;
            IF visited IS NULL THEN RETURN 0; END IF;
            -- Behind the first young delivery all are young: from there on, begin again.
            UPDATE installation SET seal_number =
                CASE WHEN cardinality(visited) < batch OR cardinality(aged) IS DISTINCT FROM cardinality(visited)
                THEN 0 ELSE visited[batch] END;
            WITH due AS (
                SELECT d.number FROM delivery d
                WHERE d.number = ANY (aged) AND NOT d.is_sealed AND d.updated_at < before
                    AND d.status IN ('delivered', 'returned', 'cancelled')
                ORDER BY d.number FOR NO KEY UPDATE
            ), done AS (
                UPDATE delivery d SET is_sealed = true FROM due WHERE d.number = due.number RETURNING d.number
            )
            SELECT array_agg(number) INTO sealed FROM done;
            IF sealed IS NULL THEN RETURN 0; END IF;
            WITH gone AS (
                DELETE FROM history h USING unnest(sealed) AS s (number) WHERE h.number = s.number
                RETURNING h.partition, h.feed_position
            ), marks AS (
                SELECT partition, max(feed_position) AS last, count(*) AS events FROM gone GROUP BY partition
            ), noted AS (
                UPDATE history_purge p SET feed_position = greatest(p.feed_position, m.last)
                FROM marks m WHERE p.partition = m.partition
            )
            SELECT coalesce(sum(events), 0) INTO removed FROM marks;
            RETURN removed;
        END
        $$;

        -- Makes the partitions of the history for the numbers that come next.
        CREATE FUNCTION waybill_extend_history() RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            width int8;
            now_at int8;
            name text;
        BEGIN
            IF NOT pg_try_advisory_xact_lock(7246203) THEN RETURN; END IF;
            SELECT history_width INTO width FROM installation;
            SELECT last_value / width INTO now_at FROM delivery_number;
            FOR step IN now_at .. now_at + 2 LOOP
                name := 'history_' || step;
                IF to_regclass(name) IS NOT NULL THEN CONTINUE; END IF;
                BEGIN
                    -- Made apart and then attached: writers go on meanwhile.
                    EXECUTE format('CREATE TABLE %I (LIKE history INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
                    EXECUTE format('ALTER TABLE history ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                        name, step * width, (step + 1) * width);
                EXCEPTION WHEN check_violation THEN
                    -- `history_rest` has taken rows of this range already, and keeps it.
                    NULL;
                END;
            END LOOP;
        END
        $$;

        -- Drops a partition of the history in which nothing is left; returns how many.
        CREATE FUNCTION waybill_drop_history() RETURNS int8 LANGUAGE plpgsql
        SET lock_timeout = '300ms' AS $$
        DECLARE
            width int8;
            now_at int8;
            name text;
            is_empty bool;
        BEGIN
            IF NOT pg_try_advisory_xact_lock(7246203) THEN RETURN 0; END IF;
            SELECT history_width INTO width FROM installation;
            SELECT last_value / width INTO now_at FROM delivery_number;
            -- Not the one before the current: numbers that were taken may still come.
            FOR name IN
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'history'::regclass AND c.relname ~ '^history_[0-9]+$'
                    AND substring(c.relname FROM 9)::int8 < now_at - 1
                ORDER BY substring(c.relname FROM 9)::int8
            LOOP
                EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', name) INTO is_empty;
                CONTINUE WHEN NOT is_empty;
                -- In the order in which writers lock them. Whoever comes late writes to `history_rest`.
                LOCK TABLE history IN ACCESS EXCLUSIVE MODE;
                EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', name) INTO is_empty;
                CONTINUE WHEN NOT is_empty;
                EXECUTE format('DROP TABLE %I', name);
                RETURN 1;
            END LOOP;
            RETURN 0;
        END
        $$;

        -- Nobody counts while counters are replaced as a whole; LOCK alone wants a transaction that was begun.
        CREATE FUNCTION waybill_lock_counters() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            LOCK TABLE counter IN SHARE ROW EXCLUSIVE MODE;
        END
        $$;
        """
}
