/// How to reach the database.
package struct PostgresSettings: Sendable, CustomStringConvertible {
    /// A libpq connection URI, `sslmode` included. Holds a password: never printed.
    package var uri: String
    /// Connections for readers; the tracker and housekeeping have their own.
    package var readers: Int
    /// Connections for small writes: personal data, answers, settlements, housekeeping.
    package var writers: Int
    package var timeouts = Timeouts()
    /// Of the jitter between attempts to connect.
    package var seed: UInt64

    package init(uri: String, readers: Int = 4, writers: Int = 4, seed: UInt64 = 1) {
        self.uri = uri
        self.readers = readers
        self.writers = writers
        self.seed = seed
    }

    package var description: String { "a PostgreSQL database" }

    /// How long anything may take, in milliseconds: nothing waits for ever for a server that is gone or paused.
    package struct Timeouts: Sendable {
        /// From the first packet to a session that can be used.
        package var connect = 2000
        /// One statement on the server.
        package var statement = 5000
        /// A statement's wait for a row that somebody else holds.
        package var lock = 2000
        /// The client's patience with one answer: a little more than the server's, which gives a reason.
        package var answer = 6000
        /// A caller's wait for a free connection.
        package var checkout = 1000

        package init() {}
    }
}
