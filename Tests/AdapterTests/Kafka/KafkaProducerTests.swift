import Foundation
import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

extension KafkaTests {
    /// Appending, as other clients see it, and when the network fails.
    @Suite struct Producing {
        private struct Vector: Decodable {
            var key: String
            var partition: Int

            enum CodingKeys: String, CodingKey {
                case key
                case partition = "partition_of_12"
            }
        }

        @Test func keysLieWhereTheJavaClientPutsThem() async throws {
            let topics = try await TestTopics(partitions: 12)
            let keys = (0..<100).map { "default/D-\($0)" }
            try await topics.log().append((0..<100).map { event("D-\($0)", "{}") })
            let listed = try Kcat.run(["-C", "-t", topics.events, "-e", "-f", "%k %p\\n"]).split(separator: "\n")
            #expect(listed.count == keys.count)
            for line in listed {
                let words = line.split(separator: " ")
                #expect(words[1] == "\(JavaPartitioner.partition(of: String(words[0]), count: 12))", "\(line)")
            }
            let vectors = try JSONDecoder().decode([Vector].self, from: Fixture.data("murmur2.json"))
            let python = try Python.run(
                """
                producer = Producer({"bootstrap.servers": sys.argv[1], "partitioner": "murmur2_random"})
                def told(error, message): print(message.key().decode(), message.partition())
                for key in json.loads(sys.argv[3]):
                    producer.produce(sys.argv[2], key=key, value="{}", callback=told)
                producer.flush()
                """, topics.events,
                String(decoding: try JSONEncoder().encode(keys + vectors.map(\.key)), as: UTF8.self))
            let told = Set(python.split(separator: "\n"))
            #expect(told.isSuperset(of: listed))
            for vector in vectors where !vector.key.isEmpty {
                #expect(StableHash.partition(ofKey: vector.key, count: 12) == vector.partition)
                #expect(told.contains("\(vector.key) \(vector.partition)"), "\(vector.key)")
            }
        }

        /// An event's attributes are headers, so that whoever knows CloudEvents needs to know nothing of Waybill.
        @Test func eventsCarryTheHeadersOfTheContract() async throws {
            let topics = try await TestTopics(partitions: 1)
            let event = SampleEvents.event(.arrivedAtHub, "e-1")
            let value = EventEncoder.bytes(of: event)
            let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            try await topics.log().append([
                NewRecord(key: event.key, value: value, event: event, traceparent: TraceParent(context))
            ])
            let output = try Python.run(
                """
                consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "x"})
                consumer.assign([TopicPartition(sys.argv[2], 0, 0)])
                message = consumer.poll(10)
                print(json.dumps({name: value.decode() for name, value in message.headers()}, sort_keys=True))
                print(message.key().decode())
                print(message.value().decode())
                """, topics.events)
            let lines = output.split(separator: "\n").map(String.init)
            let headers = try JSONDecoder().decode([String: String].self, from: Data(lines[0].utf8))
            #expect(
                headers == [
                    "ce_specversion": "1.0", "ce_id": event.id.text, "ce_type": event.type.cloudEventType,
                    "ce_source": event.source ?? "waybill", "ce_time": event.occurredAt.rfc3339,
                    "ce_subject": event.key.text, "content-type": "application/json", "traceparent": context,
                ])
            #expect(lines[1] == event.key.text && lines[2] == String(decoding: value, as: UTF8.self))
            // The reader sees an event in binary mode, which agrees with its own headers.
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(1)
            guard case .binary(let attributes) = tracker.records[0].form else {
                Issue.record("not in binary mode: \(tracker.records[0].form)")
                return
            }
            #expect(attributes.id == event.id.text && attributes.subject == event.key.text)
            await reader.close()
        }

        @Test func nothingIsLostWhileTheNetworkIsAway() async throws {
            let topics = try await TestTopics(partitions: 3)
            let proxy = try KafkaProxy(to: KafkaBroker.shared.get().port)
            defer { proxy.close() }
            var settings = try topics.settings("writer")
            settings.brokers = proxy.address
            let log = try KafkaLog(settings, partitions: 3)
            try await append(0..<100, to: log)
            let sender = Task {
                for start in stride(from: 100, to: 2100, by: 20) { try await append(start..<start + 20, to: log) }
            }
            for _ in 0..<3 {
                proxy.weather = .cut
                let outage = Deadline(seconds: 1)
                try await eventually("the end of an outage") { outage.hasPassed ? true : nil }
                proxy.weather = .calm
                let calm = Deadline(seconds: 0.3)
                try await eventually("some calm") { calm.hasPassed ? true : nil }
            }
            try await sender.value
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(2100)
            #expect(tracker.records.map(\.numbered).sorted() == Array(0..<2100), "all of it, once")
            await reader.close()
        }

        @Test func anAppendGivesUpWhenNobodyAnswers() async throws {
            let topics = try await TestTopics(partitions: 1)
            let proxy = try KafkaProxy(to: KafkaBroker.shared.get().port)
            defer { proxy.close() }
            var settings = try topics.settings("writer")
            settings.brokers = proxy.address
            let log = try KafkaLog(settings, partitions: 1)
            try await append(0..<1, to: log)
            proxy.weather = .silent
            let started = Deadline.seconds
            do {
                try await append(1..<2, to: log)
                Issue.record("nobody can have taken it")
            } catch let error as StorageError {
                guard case .unavailable(let text) = error else { throw error }
                #expect(text.contains("Kafka"))
            }
            let seconds = Double(KafkaLimits.deliveryMilliseconds) / 1000
            #expect((seconds - 0.5...seconds + 3).contains(Deadline.seconds - started))
            proxy.weather = .calm
            try await append(2..<3, to: log)
        }

        @Test func lagIsWhatTheEndsSay() async throws {
            let topics = try await TestTopics(partitions: 2)
            let log = try topics.log()
            try await append(0..<100, to: log)
            let lengths = (0..<2).map { partition in
                Int64((0..<100).count { JavaPartitioner.partition(of: "default/D-\($0 % 50)", count: 2) == partition })
            }
            let early = Timestamp(seconds: 1_000_000)
            let done = Claim(partition: 0, epoch: 1, offset: lengths[0], position: 0, consumedUntil: early)
            let behind = Claim(
                partition: 1, epoch: 1, offset: lengths[1] - 7, position: 0,
                consumedUntil: early.advanced(bySeconds: 60))
            #expect(
                try await log.lag(behind: [done, behind]) == LogLag(records: 7, oldest: early.advanced(bySeconds: 60)))
            var caughtUp = behind
            caughtUp.offset += 7
            #expect(try await log.lag(behind: [done, caughtUp]) == LogLag(records: 0, oldest: nil))
        }
    }
}
