import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillEngine

extension KafkaTests {
    /// Brokers that answer with errors, on the client library's own mock cluster in another process.
    @Suite struct Faults {
        private static let produce = 0
        private let cluster: MockCluster

        init() throws {
            cluster = try MockCluster()
            try cluster.tell("topic delivery-events 4 3")
        }

        private func log(observe: @escaping KafkaObserver = { _ in }) throws -> KafkaLog {
            try KafkaLog(KafkaSettings(brokers: cluster.addresses, instance: "writer"), partitions: 4, observe: observe)
        }

        @Test func aLeaderThatMovedIsFoundAgain() async throws {
            let log = try log()
            try await append(0..<10, to: log)
            // NOT_LEADER_FOR_PARTITION, then a leader that has moved in fact.
            try cluster.tell("errors \(Self.produce) 6 3")
            try await append(10..<20, to: log)
            for partition in 0..<4 { try cluster.tell("leader delivery-events \(partition) \(partition % 3 + 1)") }
            try await append(20..<30, to: log)
            await log.close()
        }

        @Test func whatNeedsAPersonIsSaid() async throws {
            let log = try log()
            try await append(0..<10, to: log)
            // TOPIC_AUTHORIZATION_FAILED
            try cluster.tell("errors \(Self.produce) 29 12")
            do {
                try await append(10..<20, to: log)
                Issue.record("the broker refused it")
            } catch let error as StorageError {
                #expect(!error.isRetriable && "\(error)".contains("TOPIC_AUTHORIZATION_FAILED"), "\(error)")
            }
            await log.close()
        }

        @Test func aProducerThatFailedForGoodIsMadeAnew() async throws {
            let reasons = Mutex<[String]>([])
            let log = try log { observation in
                if case .producerReplaced(let reason) = observation { reasons.withLock { $0.append(reason) } }
            }
            try await append(0..<10, to: log)
            // OUT_OF_ORDER_SEQUENCE_NUMBER: the broker lost what it had acknowledged.
            try cluster.tell("errors \(Self.produce) 45 1")
            do {
                try await append(10..<11, to: log)
            } catch let error as StorageError {
                #expect(error.isRetriable, "whoever sent it tries again: \(error)")
            }
            try await eventually("a new producer") { reasons.withLock { $0 }.isEmpty ? nil : true }
            #expect(reasons.withLock { $0 }[0].contains("OUT_OF_ORDER_SEQUENCE_NUMBER"))
            try await append(10..<20, to: log)
            #expect(reasons.withLock { $0 }.count == 1)
            await log.close()
        }

        @Test func aBrokerThatIsAwayForSecondsCostsNothing() async throws {
            let log = try log()
            try await append(0..<10, to: log)
            for broker in 1...3 { try cluster.tell("down \(broker)") }
            let sender = Task { try await append(10..<400, to: log) }
            let outage = Deadline(seconds: 3)
            try await eventually("the end of the outage") { outage.hasPassed ? true : nil }
            for broker in 1...3 { try cluster.tell("up \(broker)") }
            try await sender.value
            let settings = KafkaSettings(
                brokers: cluster.addresses, client: ["fetch.wait.max.ms": "10"], instance: "reader")
            let reader = try KafkaReader(settings, time: SystemTime())
            let tracker = ReadingTracker(reader)
            try await tracker.read(400, within: 30)
            #expect(tracker.records.map(\.numbered).sorted() == Array(0..<400))
            await reader.close()
            await log.close()
        }
    }

    @Suite struct Failures {
        @Test func everyFailureHasANameAndAMeaning() {
            let failures = KafkaLibrary.failures
            #expect(failures.count > 120)
            for failure in failures {
                #expect(failure.error.description.contains(failure.name) && !failure.name.isEmpty)
            }
            func isRetriable(_ name: String) -> Bool? { failures.first { $0.name == name }?.error.isRetriable }
            for name in [
                "NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "REQUEST_TIMED_OUT", "NOT_ENOUGH_REPLICAS",
                "_MSG_TIMED_OUT", "_QUEUE_FULL", "_TRANSPORT", "_ALL_BROKERS_DOWN", "_FATAL", "_PURGE_INFLIGHT",
                "OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_TOPIC_OR_PART", "COORDINATOR_NOT_AVAILABLE",
            ] { #expect(isRetriable(name) == true, "\(name)") }
            for name in [
                "TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "SASL_AUTHENTICATION_FAILED",
                "MSG_SIZE_TOO_LARGE", "INVALID_CONFIG", "FENCED_INSTANCE_ID", "UNSUPPORTED_VERSION", "_SSL",
            ] { #expect(isRetriable(name) == false, "\(name)") }
        }

        @Test func theLinkedLibraryIsNamed() throws {
            #expect(KafkaLibrary.linkedVersion.split(separator: ".").count >= 3)
            let numbers = KafkaLibrary.linkedVersion.split(separator: ".").compactMap { Int($0) }
            let isOld = numbers.lexicographicallyPrecedes([2, 4])
            #expect((KafkaLibrary.warning != nil) == isOld)
        }
    }
}

/// librdkafka's mock cluster in a process of its own.
final class MockCluster: Sendable {
    let addresses: String
    private let process: ChildProcess

    init(brokers: Int = 3) throws {
        let program = Fixture.repository.appendingPathComponent(".build/release/mock-broker").path
        process = try ChildProcess(program, ["\(brokers)"])
        addresses = try #require(try process.readLine())
    }

    /// See `MockBroker` for what it understands.
    func tell(_ command: String) throws {
        try process.write(command + "\n")
        #expect(try process.readLine() == "ok", "\(command)")
    }
}
