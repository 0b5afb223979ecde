import TestSupport

/// Notes, inside the database, who raised which epoch and who moved which offset: processes are told apart by the role
/// they log in as.
struct ClaimAudit {
    private let postgres: PostgresServer

    init(_ cluster: ClusterUnderTest) throws {
        postgres = cluster.postgres
        try postgres.sql(Self.installSQL, in: "waybill")
    }

    private static let installSQL = """
        CREATE TABLE audit (n bigserial PRIMARY KEY, who name, partition int4, epoch int8, has_moved bool);
        CREATE FUNCTION audit_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO audit (who, partition, epoch, has_moved)
            VALUES (session_user, NEW.partition, NEW.epoch,
                (NEW.next_offset, NEW.feed_position) <> (OLD.next_offset, OLD.feed_position));
            RETURN NULL;
        END $$;
        CREATE TRIGGER audit_claim AFTER UPDATE ON partition_claim
            FOR EACH ROW EXECUTE FUNCTION audit_claim();
        -- Whoever has them now.
        INSERT INTO audit (who, partition, epoch, has_moved)
        SELECT session_user, partition, epoch, false FROM partition_claim;
        """

    /// Moves of an offset by anybody but who raised the partition's epoch last before it.
    func foreignMoves() throws -> Int {
        try number(
            """
            SELECT count(*) FROM audit a WHERE has_moved AND who IS DISTINCT FROM (
                SELECT who FROM audit b WHERE b.partition = a.partition AND b.n < a.n AND NOT b.has_moved
                ORDER BY n DESC LIMIT 1)
            """)
    }

    /// How often this role has moved an offset.
    func moves(by role: String) throws -> Int {
        try number("SELECT count(*) FROM audit WHERE has_moved AND who = '\(role)'")
    }

    /// How often this role has claimed a partition.
    func claims(by role: String) throws -> Int {
        try number("SELECT count(*) FROM audit WHERE NOT has_moved AND who = '\(role)'")
    }

    private func number(_ sql: String) throws -> Int { Int(try postgres.sql(sql, in: "waybill")) ?? -1 }
}
