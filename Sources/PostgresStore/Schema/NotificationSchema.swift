/// The tables of notifications.
enum NotificationSchema {
    /// As in the embedded store; texts that people or other systems wrote are `bytea`, which takes any of them.
    static let sql = """
        CREATE TABLE message (
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            merchant text COLLATE "C" NOT NULL,
            delivery_key text COLLATE "C" NOT NULL,
            occasion text NOT NULL,
            instance text COLLATE "C" NOT NULL,
            party bytea NOT NULL,
            channel text NOT NULL,
            audience text NOT NULL,
            template text NOT NULL,
            lane text COLLATE "C" NOT NULL,
            state text NOT NULL,
            reason text,
            is_open bool NOT NULL,
            due_at int8 NOT NULL,
            expires_at int8,
            sequence int8 NOT NULL,
            is_ordered bool NOT NULL,
            corrects text COLLATE "C",
            payload bytea NOT NULL,
            attempts int4 NOT NULL DEFAULT 0,
            lease_token int8,
            created_at int8 NOT NULL,
            updated_at int8 NOT NULL,
            sent_at int8,
            last_answer text
        );
        CREATE INDEX message_due ON message (lane, due_at) WHERE is_open;
        CREATE INDEX message_in_order ON message (lane, delivery_key, number) WHERE is_open AND is_ordered;
        CREATE INDEX message_by_delivery ON message (delivery_key, number);
        CREATE INDEX message_by_merchant ON message (merchant, number);
        CREATE INDEX message_by_party ON message (merchant, party, number);
        CREATE INDEX message_by_age ON message (updated_at) WHERE NOT is_open;
        CREATE TABLE attempt (
            message int8 NOT NULL REFERENCES message (number) ON DELETE CASCADE,
            number int4 NOT NULL,
            at int8 NOT NULL,
            milliseconds int8 NOT NULL,
            result text NOT NULL,
            detail bytea NOT NULL,
            PRIMARY KEY (message, number)
        );
        CREATE TABLE notifier (
            one bool PRIMARY KEY DEFAULT true CHECK (one),
            cursor text
        );
        INSERT INTO notifier (one) VALUES (true);
        CREATE FUNCTION waybill_notifier_advance(expected text, next text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE notifier SET cursor = next WHERE cursor IS NOT DISTINCT FROM expected;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'another notifier has decided on these updates' USING ERRCODE = 'WB001';
            END IF;
        END $$;
        CREATE TABLE notification_setting (
            merchant text COLLATE "C" NOT NULL,
            kind text NOT NULL,
            id text COLLATE "C" NOT NULL,
            data bytea NOT NULL,
            updated_at int8 NOT NULL,
            PRIMARY KEY (merchant, kind, id)
        );
        CREATE TABLE refusal (
            merchant text COLLATE "C" NOT NULL,
            recipient bytea NOT NULL,
            channel text NOT NULL,
            at int8 NOT NULL,
            PRIMARY KEY (merchant, recipient, channel)
        );
        CREATE TABLE endpoint_health (
            lane text COLLATE "C" PRIMARY KEY,
            failing_since int8,
            told int4 NOT NULL
        );
        """
}
