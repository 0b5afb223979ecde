import Foundation

/// What the Kafka tests need beside the build: `scripts/setup-kafka.sh` makes it.
package enum KafkaTools {
    private static let environment = ProcessInfo.processInfo.environment

    /// The Python environment with the test broker and another client.
    private static let folder =
        environment["WAYBILL_KAFKA_TOOLS"]
        ?? Fixture.repository.appendingPathComponent(".build/kafka-venv").path

    /// The program itself: what pip puts into `bin` starts it as a child, which would outlive a killed parent.
    package static let broker: String = {
        let library = URL(fileURLWithPath: folder + "/lib")
        let versions = try? FileManager.default.contentsOfDirectory(at: library, includingPropertiesForKeys: nil)
        return (versions?.first?.path ?? library.path) + "/site-packages/noida_db/noida-db"
    }()
    package static let python = folder + "/bin/python"

    /// The address of a broker to test with, instead of one that is started for the tests.
    package static let foreignBroker = environment["WAYBILL_TEST_KAFKA"]

    /// In continuous integration the tests run and fail, rather than be skipped.
    package static let mayRun =
        environment["CI"] != nil || FileManager.default.isExecutableFile(atPath: broker)

    package static let reason = "there is no test broker: run scripts/setup-kafka.sh, which needs a network"
}
