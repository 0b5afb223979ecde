/// The whole of a commit as one function, so that it travels as one message.
///
/// A pipeline of statements would do the same, but the server begins with the first one while the rest is still on its
/// way: a tracker that is stopped in the middle of sending, or whose machine dies, would leave its claims locked, and
/// nobody could take its partitions over. One message is either there as a whole or not at all.
enum CommitFunction {
    static let sql = """
        CREATE FUNCTION waybill_commit(
            claim_partition int4[], claim_epoch int8[], claim_offset int8[],
            next_offset int8[], next_position int8[], next_consumed int8[],
            new_number int8[], new_merchant text[], new_id text[], new_status text[], new_group int4[],
            new_carrier bytea[], new_tracking bytea[], new_order bytea[], new_promised int8[],
            new_sequence int8[], new_updated int8[], new_folded bytea[], new_arrival bytea[],
            old_number int8[], old_status text[], old_group int4[], old_has_details bool[],
            old_carrier bytea[], old_tracking bytea[], old_order bytea[], old_promised int8[],
            old_sequence int8[], old_updated int8[], old_folded bytea[], old_arrival bytea[],
            fold_version int4,
            event_number int8[], event_sequence int8[], event_partition int4[], event_position int8[],
            event_received int8[], event_bytes bytea[],
            letter_merchant text[], letter_key bytea[], letter_value bytea[], letter_code text[],
            letter_detail bytea[], letter_pointer bytea[], letter_event text[], letter_partition int4[],
            letter_offset int8[], letter_seen int8[],
            fix_key text[], fix_event text[], fix_occurred int8[], fix_location bytea[],
            counter_merchant text[], counter_name text[], counter_delta int8[],
            recipient_merchant text[], recipient_id bytea[], proof_merchant text[], proof_id bytea[]
        ) RETURNS void LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE
            rows int8;
        BEGIN
            -- First of all the claims, in order: whoever holds them is alone with the partitions' deliveries.
            PERFORM FROM partition_claim c WHERE c.partition = ANY (claim_partition)
            ORDER BY c.partition FOR NO KEY UPDATE;
            UPDATE partition_claim c
            SET next_offset = e.next_offset, feed_position = e.next_position, consumed_until = e.consumed
            FROM unnest(claim_partition, claim_epoch, claim_offset, waybill_commit.next_offset, next_position,
                next_consumed) AS e (partition, epoch, expected, next_offset, next_position, consumed)
            WHERE c.partition = e.partition AND c.epoch = e.epoch AND c.next_offset = e.expected;
            GET DIAGNOSTICS rows = ROW_COUNT;
            IF rows <> cardinality(claim_partition) THEN
                RAISE EXCEPTION 'another tracker has claimed a partition, or moved its offset'
                    USING ERRCODE = 'WB001';
            END IF;

            IF cardinality(new_number) > 0 THEN
                INSERT INTO delivery (
                    number, merchant, delivery_id, status, list_group, carrier, tracking_number, order_reference,
                    promised, sequence, updated_at, folded, arrival, fold_version)
                SELECT u.*, waybill_commit.fold_version
                FROM unnest(new_number, new_merchant, new_id, new_status, new_group, new_carrier, new_tracking,
                    new_order, new_promised, new_sequence, new_updated, new_folded, new_arrival) AS u;
            END IF;
            IF cardinality(old_number) > 0 THEN
                UPDATE delivery d SET
                    status = u.status, list_group = u.list_group, sequence = u.sequence, updated_at = u.updated_at,
                    folded = u.folded, arrival = u.arrival, fold_version = waybill_commit.fold_version,
                    carrier = CASE WHEN u.has_details THEN u.carrier ELSE d.carrier END,
                    tracking_number = CASE WHEN u.has_details THEN u.tracking ELSE d.tracking_number END,
                    order_reference = CASE WHEN u.has_details THEN u.ordered ELSE d.order_reference END,
                    promised = CASE WHEN u.has_details THEN u.promised ELSE d.promised END
                FROM unnest(old_number, old_status, old_group, old_has_details, old_carrier, old_tracking, old_order,
                    old_promised, old_sequence, old_updated, old_folded, old_arrival)
                    AS u (number, status, list_group, has_details, carrier, tracking, ordered, promised, sequence,
                        updated_at, folded, arrival)
                WHERE d.number = u.number AND NOT d.is_sealed;
                GET DIAGNOSTICS rows = ROW_COUNT;
                IF rows <> cardinality(old_number) THEN
                    RAISE EXCEPTION 'the history of a delivery was dropped meanwhile' USING ERRCODE = 'WB001';
                END IF;
            END IF;
            IF cardinality(event_number) > 0 THEN
                INSERT INTO history (number, sequence, partition, feed_position, received_at, event)
                SELECT * FROM unnest(event_number, event_sequence, event_partition, event_position, event_received,
                    event_bytes);
            END IF;

            IF cardinality(letter_key) > 0 THEN
                INSERT INTO dead_letter (
                    merchant, key, value, code, detail, pointer, event_id, partition, record_offset, first_seen)
                SELECT * FROM unnest(letter_merchant, letter_key, letter_value, letter_code, letter_detail,
                    letter_pointer, letter_event, letter_partition, letter_offset, letter_seen);
            END IF;
            IF cardinality(fix_key) > 0 THEN
                INSERT INTO position_fix AS f (key, event_id, occurred_at, location)
                SELECT * FROM unnest(fix_key, fix_event, fix_occurred, fix_location)
                ON CONFLICT (key) DO UPDATE
                SET event_id = excluded.event_id, occurred_at = excluded.occurred_at, location = excluded.location
                WHERE (excluded.occurred_at, excluded.event_id) > (f.occurred_at, f.event_id);
            END IF;
            IF cardinality(counter_name) > 0 THEN
                INSERT INTO counter AS c (merchant, name, shard, value)
                SELECT u.merchant, u.name, claim_partition[1], u.delta
                FROM unnest(counter_merchant, counter_name, counter_delta) AS u (merchant, name, delta)
                ON CONFLICT (merchant, name, shard) DO UPDATE SET value = c.value + excluded.value;
            END IF;
            -- What an applied event names is no orphan.
            IF cardinality(recipient_id) > 0 THEN
                UPDATE recipient r SET is_named = true
                FROM unnest(recipient_merchant, recipient_id) AS u (merchant, id)
                WHERE r.merchant = u.merchant AND r.id = u.id AND NOT r.is_named;
            END IF;
            IF cardinality(proof_id) > 0 THEN
                UPDATE proof p SET is_named = true
                FROM unnest(proof_merchant, proof_id) AS u (merchant, id)
                WHERE p.merchant = u.merchant AND p.id = u.id AND NOT p.is_named;
            END IF;
        END
        $$;
        """
}
