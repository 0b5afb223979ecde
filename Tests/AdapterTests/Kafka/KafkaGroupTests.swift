import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillEngine

extension KafkaTests {
    /// Several readers share the partitions as trackers of several processes do, with the store's offsets between them.
    @Suite struct Group {
        /// What the store is to trackers: how far each partition has come, and everything that was read, once.
        private final class Store: Sendable {
            private let state = Mutex((offsets: LogOffsets(), values: [Int]()))

            var values: [Int] { state.withLock { $0.values } }

            func offsets(_ partitions: Set<Int>) -> LogOffsets {
                state.withLock { state in
                    Dictionary(uniqueKeysWithValues: partitions.map { ($0, state.offsets[$0] ?? 0) })
                }
            }

            /// False where somebody else has moved an offset: nothing is taken then.
            func commit(_ batch: LogBatch, after expected: LogOffsets) -> Bool {
                state.withLock { state in
                    guard expected.allSatisfy({ state.offsets[$0.key] ?? 0 == $0.value }) else { return false }
                    state.offsets.merge(batch.next) { $1 }
                    state.values += batch.records.map(\.numbered)
                    return true
                }
            }
        }

        private func step(_ reader: KafkaReader, _ store: Store) async throws {
            let assignment = reader.assignment
            reader.release(assignment.revoking)
            let mine = assignment.partitions.subtracting(assignment.revoking)
            guard !mine.isEmpty else { return }
            let offsets = store.offsets(mine)
            let batch = try await reader.read(from: offsets)
            #expect(store.commit(batch, after: offsets), "two readers had one partition")
            try await reader.acknowledge(group: Tracking.consumerGroup, offsets: batch.next)
        }

        /// Lets all of them work until what is waited for is there.
        private func run(_ readers: [KafkaReader], _ store: Store, until what: String, _ isDone: () -> Bool)
            async throws
        {
            try await eventually(what, within: 30) {
                for reader in readers { try await step(reader, store) }
                return isDone() ? true : nil
            }
        }

        private func share(_ readers: [KafkaReader]) -> [Int] { readers.map(\.assignment.partitions.count).sorted() }

        @Test func partitionsMoveToThoseWhoJoinWithoutLossOrRepetition() async throws {
            let topics = try await TestTopics(partitions: 6)
            let log = try topics.log()
            let store = Store()
            var readers = [try topics.reader("r0")]
            try await append(0..<3000, to: log)
            try await run(readers, store, until: "the first alone") { store.values.count == 3000 }
            #expect(share(readers) == [6])
            readers.append(try topics.reader("r1"))
            try await append(3000..<6000, to: log)
            try await run(readers, store, until: "two readers") {
                store.values.count == 6000 && share(readers) == [3, 3]
            }
            readers.append(try topics.reader("r2"))
            try await append(6000..<9000, to: log)
            try await run(readers, store, until: "three readers") {
                store.values.count == 9000 && share(readers) == [2, 2, 2]
            }
            #expect(Set(readers.flatMap(\.assignment.partitions)).count == 6)
            #expect(store.values.sorted() == Array(0..<9000))
            for reader in readers { await reader.close() }
        }

        @Test func aMemberThatComesBackShufflesNothing() async throws {
            let topics = try await TestTopics(partitions: 4)
            let revoked = Mutex(0)
            let stays = try topics.reader("stays") { observation in
                if case .rebalanced(_, let count, _) = observation { revoked.withLock { $0 += count } }
            }
            let store = Store()
            let leaves = try topics.reader("leaves")
            try await run([stays, leaves], store, until: "two readers") { share([stays, leaves]) == [2, 2] }
            let (before, its) = (revoked.withLock { $0 }, leaves.assignment.partitions)
            await leaves.close()
            #expect(leaves.assignment.partitions.isEmpty)
            let back = try topics.reader("leaves")
            try await run([stays, back], store, until: "its partitions back") { back.assignment.partitions == its }
            #expect(revoked.withLock { $0 } == before, "who stayed kept what it had")
            try await append(0..<500, to: topics.log())
            try await run([stays, back], store, until: "all of it") { store.values.count == 500 }
            await stays.close()
            await back.close()
        }

        @Test func aSecondProcessUnderTheSameNameIsNoticed() async throws {
            let topics = try await TestTopics(partitions: 2)
            let first = try topics.reader("same")
            try await eventually("an assignment") { first.assignment.partitions.count == 2 ? true : nil }
            let second = try topics.reader("same")
            try await eventually("the second's turn") { second.assignment.partitions.count == 2 ? true : nil }
            let error = try await eventually("the first's end") { () -> StorageError? in
                do throws(StorageError) {
                    _ = try await first.read(from: [0: 0, 1: 0])
                    return nil
                } catch {
                    return error
                }
            }
            #expect(!error.isRetriable && "\(error)".contains("WAYBILL_INSTANCE"), "\(error)")
            #expect(first.assignment.partitions.isEmpty)
            await first.close()
            await second.close()
        }

        /// For those who watch the group, such as an autoscaler.
        @Test func theGroupIsToldHowFarItHasCome() async throws {
            let topics = try await TestTopics(partitions: 2)
            let store = Store()
            let reader = try topics.reader()
            try await append(0..<200, to: topics.log())
            try await run([reader], store, until: "all of it") { store.values.count == 200 }
            let expected = store.offsets([0, 1])
            let group = topics.prefix + Tracking.consumerGroup
            try await eventually("committed offsets") {
                try await step(reader, store)
                return try Python.committed(group, topics.events, partitions: 2) == expected ? true : nil
            }
            await reader.close()
        }
    }
}
