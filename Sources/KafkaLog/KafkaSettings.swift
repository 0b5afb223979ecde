/// How to reach the brokers.
package struct KafkaSettings: Sendable {
    /// `host:port,...`
    package var brokers: String
    /// Passed to the client library as they are: TLS, SASL and whatever an installation needs.
    package var client: [String: String]
    /// Names this process among the members of its groups.
    package var instance: String

    package init(brokers: String, client: [String: String] = [:], instance: String) {
        self.brokers = brokers
        self.client = client
        self.instance = instance
    }
}
