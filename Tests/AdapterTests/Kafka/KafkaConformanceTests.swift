import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillEngine

/// The log on Kafka, judged by the suite that every log must pass.
extension KafkaTests {
    @Suite struct Conformance {
        @Test(arguments: EventLogConformance.checks)
        func log(_ check: EventLogConformance.Check) async throws { try await check.run(KafkaLogHome()) }
    }
}

/// Topics of its own, opened as often as a suite wants; each opening ends the one before it, as a restart does.
private final class KafkaLogHome: LogHome {
    private let topics = Mutex<TestTopics?>(nil)
    private let reader = Mutex<KafkaReader?>(nil)

    func open(partitions: Int, time: any TimeSource) async throws -> LogUnderTest {
        let known = topics.withLock { $0 }
        let made: TestTopics
        if let known { made = known } else { made = try await TestTopics(partitions: partitions) }
        topics.withLock { $0 = made }
        await reader.withLock { $0 }?.close()
        let fresh = try made.reader()
        reader.withLock { $0 = fresh }
        // A reader is of use once the group has given it the partitions.
        try await eventually("an assignment") { fresh.assignment.partitions.count == partitions ? true : nil }
        return LogUnderTest(log: try made.log(), reader: fresh)
    }
}
