import KafkaLog
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

extension KafkaTests {
    /// What the topics must be like, and how to reach the brokers.
    @Suite struct TheTopics {
        @Test func theyAreMadeOnceAndFoundRight() async throws {
            let broker = try KafkaBroker()
            let settings = KafkaSettings(brokers: broker.address, instance: "maker")
            let topics = try Topics(settings, partitions: 12)
            let before = try await topics.check()
            #expect(before.faults.count == 4 && before.faults.allSatisfy { $0.contains("run `waybill topics`") })
            let made = try await topics.create()
            #expect(made.created == KafkaTopic.allCases.map(\.rawValue) && made.faults == [] && made.warnings == [])
            #expect(made.brokers == 1 && made.clusterID?.isEmpty == false)
            let again = try await topics.create()
            #expect(again.created == [] && again.faults == [])
        }

        @Test func wrongOnesAreRefusedWithWhatToChange() async throws {
            let test = try await TestTopics(partitions: 4)
            let other = try await Topics(test.settings("doctor"), partitions: 6).check()
            #expect(other.faults.count == 4)
            #expect(other.faults[0].contains("has 4 partitions") && other.faults[0].contains("Set partitions to 4"))

            let settings = try KafkaSettings(
                brokers: KafkaProxy.shared.get().address, instance: "doctor", prefix: "wrong-")
            try Python.create("wrong-delivery-events", partitions: 4, #"{"retention.ms": "3600000"}"#)
            try Python.create("wrong-delivery-updates", partitions: 4, #"{"cleanup.policy": "compact"}"#)
            let report = try await Topics(settings, partitions: 4).create()
            #expect(report.created == ["wrong-delivery-events-dead-letters", "wrong-notifications"])
            #expect(report.faults.count == 2)
            #expect(report.faults[0].contains("retention.ms=3600000") && report.faults[0].contains("604800000"))
            #expect(
                report.faults[1].contains("cleanup.policy=compact") && report.faults[1].contains("set it to delete"))
            // Nothing about topics that were there was changed.
            #expect(try await Topics(settings, partitions: 4).check().faults == report.faults)
        }

        @Test func brokersThatAreAwayAreSaidToBeAway() async throws {
            let settings = KafkaSettings(brokers: "127.0.0.1:\(try Socket.freePort())", instance: "doctor")
            await #expect(throws: StorageError.self) { try await Topics(settings, partitions: 1).check() }
        }
    }

    @Suite struct Settings {
        private func faults(_ brokers: String, _ client: [String: String] = [:]) -> [String] {
            KafkaSettings(brokers: brokers, client: client, instance: "i").faults()
        }

        @Test func whatIsAllowed() {
            #expect(faults("localhost:9092,127.0.0.1:9093,[::1]:9094") == [])
            #expect(faults("kafka.example:9093", ["security.protocol": "ssl", "ssl.ca.location": "/ca.pem"]) == [])
            #expect(faults("kafka.example:9092", ["security.protocol": "plaintext"]) == [])
            #expect(faults("localhost:9092", ["session.timeout.ms": "30000", "client.rack": "a"]) == [])
        }

        @Test func plaintextBeyondThisMachineIsOnlyUsedWhenAskedFor() {
            for brokers in ["kafka.example:9092", "localhost:9092,10.0.0.7:9092", "[2001:db8::1]:9092", "localhosts:1"]
            {
                let faults = faults(brokers)
                #expect(faults.count == 1 && faults[0].contains("security.protocol"), "\(brokers)")
            }
        }

        @Test func whatIsRefused() {
            let refused = [
                ("acks", "1", "accepted event"), ("enable.auto.commit", "true", "database"),
                ("ssl.endpoint.identification.algorithm", "none", "ssl.ca.location"),
                ("enable.ssl.certificate.verification", "false", "ssl.ca.location"),
                ("enable.ssl.certificate.verification", "0", "ssl.ca.location"),
                ("no.such.property", "1", "not a property"), ("session.timeout.ms", "soon", "valid"),
            ]
            for (name, value, expected) in refused {
                let faults = faults("localhost:9092", [name: value])
                #expect(faults.count == 1 && faults[0].contains(name) && faults[0].contains(expected), "\(faults)")
            }
            #expect(faults("").count == 1 && faults("localhost:1,").count == 1)
        }

        @Test func secretsAreNeverShown() {
            let settings = KafkaSettings(
                brokers: "k:1", client: ["sasl.password": "s3cret", "sasl.mechanism": "s3cret"], instance: "i")
            #expect(!"\(settings)".contains("s3cret") && !"\(settings.faults())".contains("s3cret"))
        }

        @Test func aClientThatCannotBeMadeIsExplained() {
            let settings = KafkaSettings(brokers: "localhost:9092", client: ["batch.size": "many"], instance: "i")
            #expect(throws: StorageError.self) { try KafkaLog(settings, partitions: 1) }
        }
    }
}
