import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

extension KafkaTests {
    /// One reader of the events, and what it does when the log is not as it was left.
    @Suite struct Reading {
        @Test func readingBeginsWhereItIsAskedTo() async throws {
            let topics = try await TestTopics(partitions: 1)
            let log = try topics.log()
            try await append(0..<100, to: log)
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(60, from: [0: 40])
            #expect(tracker.values == (40..<100).map(String.init))
            // A commit failed: the same again.
            let again = ReadingTracker(reader)
            try await again.read(10, from: [0: 90])
            #expect(again.values == (90..<100).map(String.init))
            await reader.close()
        }

        /// A tracker that is stuck for a while costs bounded memory, and misses nothing afterwards.
        @Test func whatNobodyReadsIsNotFetched() async throws {
            let topics = try await TestTopics(partitions: 2)
            let log = try topics.log()
            let count = KafkaLimits.bufferedRecords * 5
            try await append(0..<count, to: log)
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(1)
            let most = KafkaLimits.bufferedRecords + KafkaLimits.fetchBatch
            try await eventually("a full buffer") { reader.buffered >= KafkaLimits.bufferedRecords ? true : nil }
            for _ in 0..<50 {
                #expect(reader.buffered <= most)
                await Task.yield()
            }
            try await tracker.read(count)
            for delivery in 0..<50 {
                let mine = tracker.records.filter { $0.key == "default/D-\(delivery)" }
                #expect(mine.map(\.numbered) == Array(stride(from: delivery, to: count, by: 50)))
            }
            #expect(tracker.records.count == count)
            await reader.close()
        }

        @Test func recordsThatRetentionTookAreAGap() async throws {
            let topics = try await TestTopics(partitions: 1)
            let log = try topics.log()
            try await append(0..<50, to: log)
            try Python.deleteRecords(topics.events, before: 20)
            let gaps = Mutex<[LogGap]>([])
            let reader = try topics.reader { observation in
                if case .gap(let gap) = observation { gaps.withLock { $0.append(gap) } }
            }
            let tracker = ReadingTracker(reader)
            try await tracker.read(25, from: [0: 5])
            #expect(tracker.values.first == "20" && tracker.records.count >= 25)
            try await tracker.read(30)
            #expect(tracker.gaps == [LogGap(partition: 0, missing: 5..<20)])
            #expect(gaps.withLock { $0 } == tracker.gaps)
            #expect(reader.refused.isEmpty)
            await reader.close()
        }

        @Test func aPartitionThatEndsTooEarlyIsRefusedAlone() async throws {
            let topics = try await TestTopics(partitions: 2)
            let log = try topics.log()
            try await append(0..<100, to: log)
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await eventually("a refusal") {
                try await tracker.step(from: [0: 1000])
                return reader.refused[0]
            }
            let sentence = try #require(reader.refused[0])
            #expect(sentence.contains("offset 1000") && sentence.contains("waybill topics --accept-new-log"))
            let others = (0..<100).count { JavaPartitioner.partition(of: "default/D-\($0 % 50)", count: 2) == 1 }
            try await tracker.read(others)
            #expect(tracker.records.allSatisfy { $0.partition == 1 } && reader.refused.keys.sorted() == [0])
            // The store was told to go on from what is there.
            let accepted = ReadingTracker(reader)
            try await accepted.read(100)
            #expect(reader.refused.isEmpty)
            await reader.close()
        }

        /// A broker that lost what it had acknowledged: noticed, never read on over.
        @Test func aBrokerThatLostRecordsIsNoticed() async throws {
            let broker = try KafkaBroker()
            let settings = KafkaSettings(brokers: broker.address, instance: "only")
            _ = try await Topics(settings, partitions: 1).create()
            let log = try KafkaLog(settings, partitions: 1)
            try await append(0..<50, to: log)
            // It saves what it has when it is asked to end.
            broker.stop()
            try broker.start()
            let reader = try KafkaReader(settings, time: SystemTime())
            let tracker = ReadingTracker(reader)
            try await tracker.read(50)
            try await append(50..<60, to: log)
            try await tracker.read(60)
            broker.kill()
            try broker.start()
            let sentence = try await eventually("a refusal") {
                _ = try? await tracker.step()
                return reader.refused[0]
            }
            #expect(sentence.contains("was read up to offset 60"))
            await reader.close()
        }

        @Test func anotherClusterIsRefusedWholly() async throws {
            let topics = try await TestTopics(partitions: 2)
            let report = try await Topics(topics.settings("doctor"), partitions: 2).check()
            let current = try #require(report.clusterID)
            let read = [Claim(partition: 0, epoch: 1, offset: 7, position: 3)]
            let unread = [Claim(partition: 0, epoch: 1, offset: 0, position: 0)]
            #expect(LogIdentity.fault(recorded: current, current: current, claims: read) == nil)
            #expect(LogIdentity.fault(recorded: nil, current: current, claims: read) == nil)
            #expect(LogIdentity.fault(recorded: "another", current: current, claims: unread) == nil)
            let fault = try #require(LogIdentity.fault(recorded: "another", current: current, claims: read))
            #expect(fault.contains("another") && fault.contains(current) && fault.contains("--accept-new-log"))
            try await append(0..<10, to: topics.log())
            let reader = try KafkaReader(topics.settings("reader"), time: SystemTime(), fault: fault)
            try await eventually("all refused") { reader.refused == [0: fault, 1: fault] ? true : nil }
            let tracker = ReadingTracker(reader)
            #expect(try await tracker.step() == 0 && tracker.offsets == [0: 0, 1: 0])
            await reader.close()
        }

        /// Aborted records are not shown, and the offsets they take are passed, also at the end of a partition.
        @Test func abortedTransactionsAreNotRead() async throws {
            let topics = try await TestTopics(partitions: 1)
            try Python.run(
                """
                producer = Producer({"bootstrap.servers": sys.argv[1], "transactional.id": "t"})
                producer.init_transactions()
                for batch in range(4):
                    producer.begin_transaction()
                    for number in range(5):
                        producer.produce(sys.argv[2], key="default/D", value=f"{batch}:{number}", partition=0)
                    producer.flush()
                    producer.abort_transaction() if batch % 2 else producer.commit_transaction()
                """, topics.events)
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(10)
            #expect(tracker.values == [0, 2].flatMap { batch in (0..<5).map { "\(batch):\($0)" } })
            // 20 records and a marker behind each transaction.
            try await eventually("the end") {
                try await tracker.step()
                return tracker.offsets == [0: 24] ? true : nil
            }
            #expect(tracker.records.count == 10)
            await reader.close()
        }
    }
}

extension LogRecord {
    /// The number that is the value.
    var numbered: Int { Int(String(decoding: value, as: UTF8.self)) ?? -1 }
}
