import Synchronization
import WaybillCore
import WaybillEngine

/// The topics that the platform writes, in memory: a sink whose reports can be lost, and readers of the updates.
package final class WorldTopics: UpdateSink {
    private struct State {
        /// Of each partition, in the order of writing.
        var updates: [[OutgoingRecord]]
        var letters: [OutgoingRecord] = []
        var dice: SeededGenerator
        var isHealed = false
    }

    private let rates: FaultRates
    private let state: Mutex<State>

    /// - Parameter rates: `before` for records that do not arrive, `after` for those whose report does not.
    package init(partitions: Int, seed: UInt64, rates: FaultRates) {
        self.rates = rates
        let dice = SeededGenerator(seed: seed).stream("topics")
        state = Mutex(State(updates: Array(repeating: [], count: partitions), dice: dice))
    }

    package func heal() { state.withLock { $0.isHealed = true } }

    package var updates: [[OutgoingRecord]] { state.withLock { $0.updates } }
    package var letters: [OutgoingRecord] { state.withLock { $0.letters } }

    /// As an idempotent producer without holes: what follows a record that failed in its partition fails too.
    package func send(_ records: [OutgoingRecord]) async -> [StorageError?] {
        state.withLock { state in
            var absent: Set<Int> = []
            var unreported: Set<Int> = []
            return records.map { record in
                let partition = record.partition
                if !state.isHealed, state.dice.chance(rates.before / 4) { absent.insert(partition) }
                if !state.isHealed, state.dice.chance(rates.after / 4) { unreported.insert(partition) }
                if absent.contains(partition) { return .unavailable("\(partition) is not reachable") }
                switch record.topic {
                case .updates: state.updates[partition].append(record)
                case .deadLetters: state.letters.append(record)
                }
                return unreported.contains(partition) ? .unavailable("the report was lost") : nil
            }
        }
    }

    package func reader() -> Reader { Reader(self) }

    /// Reads the updates of all partitions, without a group.
    package final class Reader: UpdateSource {
        private let topics: WorldTopics
        private let places: Mutex<[Int]>

        init(_ topics: WorldTopics) {
            self.topics = topics
            places = Mutex(topics.updates.map { _ in 0 })
        }

        package func begin() async throws(StorageError) {
            let ends = topics.updates.map(\.count)
            places.withLock { $0 = ends }
        }

        package func next(atMost limit: Duration) async throws(StorageError) -> [LogRecord] {
            let updates = topics.updates
            return places.withLock { places in
                updates.indices.flatMap { partition in
                    defer { places[partition] = updates[partition].count }
                    return updates[partition][places[partition]...].enumerated().map { number, record in
                        LogRecord(
                            partition: partition, offset: Int64(places[partition] + number), key: record.key,
                            value: record.value, timestamp: Timestamp(microseconds: 0))
                    }
                }
            }
        }
    }
}
