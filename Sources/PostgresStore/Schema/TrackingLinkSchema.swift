/// Links to tracking pages, by the hash of their token. Tokens that were kept as they are become hashes: their links go
/// on working.
enum TrackingLinkSchema {
    static let sql = """
        CREATE TABLE tracking_link (
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            hash text COLLATE "C" NOT NULL UNIQUE,
            key text COLLATE "C" NOT NULL
        );
        CREATE INDEX tracking_link_by_delivery ON tracking_link (key, number);
        INSERT INTO tracking_link (hash, key)
            SELECT encode(sha256(convert_to(token, 'UTF8')), 'hex'), key FROM tracking_token;
        DROP TABLE tracking_token;
        """
}
