import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillEngine

extension KafkaTests {
    /// What the platform writes for others, and every process reads.
    @Suite struct Updates {
        private func update(_ number: Int, _ partition: Int) -> OutgoingRecord {
            OutgoingRecord(
                topic: .updates, partition: partition, key: "default/D-\(partition)", value: Array("\(number)".utf8),
                headers: [("position", "\(number)")])
        }

        @Test func everybodySeesWhatComesAfterTheBeginning() async throws {
            let topics = try await TestTopics(partitions: 3)
            let sink = try KafkaUpdateSink(topics.settings("tracker"))
            #expect(await sink.send((0..<30).map { update($0, $0 % 3) }) == Array(repeating: nil, count: 30))
            let sources = try (0..<2).map { number in
                try KafkaUpdates(topics.settings("api-\(number)"), partitions: 3, time: SystemTime())
            }
            for source in sources { try await source.begin() }
            #expect(try await sources[0].next(atMost: .milliseconds(50)).isEmpty)
            #expect(await sink.send((30..<90).map { update($0, $0 % 3) }) == Array(repeating: nil, count: 60))
            for source in sources {
                var seen: [Int: [Int]] = [:]
                try await eventually("60 updates") {
                    for record in try await source.next(atMost: .milliseconds(200)) {
                        seen[record.partition, default: []].append(record.numbered)
                    }
                    return seen.values.map(\.count).reduce(0, +) == 60 ? true : nil
                }
                for partition in 0..<3 {
                    #expect(seen[partition] == Array(stride(from: 30 + partition, to: 90, by: 3)))
                }
            }
            let listed = try Kcat.run([
                "-C", "-t", topics.prefix + "delivery-updates", "-p", "1", "-e", "-f", "%k %s %h\\n",
            ])
            #expect(listed.hasPrefix("default/D-1 1 position=1\n"))
            for source in sources { await source.close() }
            await sink.close()
        }

        @Test func deadLettersKeepTheirBytes() async throws {
            let topics = try await TestTopics(partitions: 2)
            let sink = try KafkaUpdateSink(topics.settings("tracker"))
            let letter = OutgoingRecord(
                topic: .deadLetters, partition: 1, key: "\u{FFFD}\u{FFFD}", value: [0, 0xFF, 0x0A],
                headers: [("error_code", "malformed"), ("error_detail", "not é JSON")])
            #expect(await sink.send([letter]) == [nil])
            let output = try Python.run(
                """
                consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "x"})
                consumer.assign([TopicPartition(sys.argv[2], 1, 0)])
                message = consumer.poll(10)
                print(message.value().hex(), dict(message.headers())["error_detail"].decode())
                """, topics.prefix + "delivery-events-dead-letters")
            #expect(output == "00ff0a not é JSON\n")
            await sink.close()
        }

        /// The publisher sends again from the first failure. Whatever fails when: of each partition the topic holds the
        /// updates in order, with repetitions and without a gap.
        @Test func failuresRepeatAndNeverSkip() async throws {
            let topics = try await TestTopics(partitions: 2)
            let proxy = try KafkaProxy(to: KafkaBroker.shared.get().port)
            defer { proxy.close() }
            var settings = try topics.settings("tracker")
            settings.brokers = proxy.address
            let replaced = Mutex(0)
            let sink = try KafkaUpdateSink(settings) { observation in
                if case .producerReplaced = observation { replaced.withLock { $0 += 1 } }
            }
            let count = 400
            let publisher = Task {
                var next = [0, 0]
                while next.contains(where: { $0 < count }) {
                    let batch = (0..<2).flatMap { partition in
                        (next[partition]..<min(next[partition] + 20, count)).map { self.update($0, partition) }
                    }
                    let outcome = await sink.send(batch)
                    for partition in 0..<2 {
                        let mine = zip(batch, outcome).filter { $0.0.partition == partition }
                        next[partition] += mine.prefix { $0.1 == nil }.count
                    }
                }
            }
            proxy.weather = .silent
            try await eventually("a producer that gave up") { replaced.withLock { $0 } > 0 ? true : nil }
            for weather in [KafkaProxy.Weather.calm, .cut, .slow(milliseconds: 20), .cut, .calm] {
                proxy.weather = weather
                let spell = Deadline(seconds: 0.3)
                try await eventually("a change of weather") { spell.hasPassed ? true : nil }
            }
            await publisher.value
            for partition in 0..<2 {
                let listed = try Kcat.run([
                    "-C", "-t", topics.prefix + "delivery-updates", "-p", "\(partition)", "-e", "-f", "%s\\n",
                ])
                var seen = -1
                for number in listed.split(separator: "\n").compactMap({ Int($0) }) {
                    #expect(number <= seen + 1, "\(number) came before \(seen + 1)")
                    seen = max(seen, number)
                }
                #expect(seen == count - 1)
            }
            await sink.close()
        }
    }
}
