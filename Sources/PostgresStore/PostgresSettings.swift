/// How to reach the database.
package struct PostgresSettings: Sendable {
    /// A libpq connection URI, `sslmode` included. Holds a password: never printed.
    package var uri: String
    /// Connections for readers; the tracker and housekeeping have their own.
    package var readers: Int

    package init(uri: String, readers: Int = 4) {
        self.uri = uri
        self.readers = readers
    }
}
