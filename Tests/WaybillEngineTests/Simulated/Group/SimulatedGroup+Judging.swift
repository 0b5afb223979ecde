import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

extension SimulatedGroup {
    /// What was not as it must be, after the world has healed.
    func problems() async throws -> [String] {
        let stuck = "stuck: the trackers do not come to rest in a healed world"
        try await heal()
        // First as the group stands, so that a new assignment repairs nothing that should have repaired itself.
        var problems = try await settle() ? [] : [stuck]
        problems += try await publishedOnceAndInOrder(heldPartitions())
        try await assignAnew()
        if try await !settle() { problems.append(stuck) }
        problems += zombieWrites
        problems += try await Expectation(log).differences(from: store)
        let values = Set(log.records.map(\.value))
        for event in acknowledged where !values.contains(EventEncoder.bytes(of: event)) {
            problems.append("\(event.id) of \(event.key) was acknowledged and is not in the log")
        }
        problems += try await publishedOnceAndInOrder(Set(0..<log.partitionCount))
        problems += try await watchersSawEverything()
        problems += try await Rebuilding(store: store).verify().differences
        return problems.map { "seed \(seed): \($0)" }
    }

    /// Each partition's updates without a hole up to the last one; what is said twice is said in the same words.
    private func publishedOnceAndInOrder(_ partitions: Set<Int>) async throws -> [String] {
        var problems: [String] = []
        let end = try await store.progress().cursor
        for (partition, records) in topics.updates.enumerated() where partitions.contains(partition) {
            var said: [Int64: [UInt8]] = [:]
            var last: Int64 = 0
            for record in records {
                guard case .update(let update) = try UpdateRecord(record.value) else { continue }
                let position = update.at.position
                if update.at.partition != partition { problems.append("an update on the wrong partition") }
                if position > last + 1 { problems.append("unseen: \(partition)/\(last + 1) before \(position)") }
                if let before = said[position], before != record.value {
                    problems.append("\(partition)/\(position) was told in two ways")
                }
                said[position] = record.value
                last = max(last, position)
            }
            if last != end.positions[partition] {
                problems.append("unseen: partition \(partition) up to \(last) of \(end.positions[partition])")
            }
        }
        for mark in try await store.published(partitions.sorted()) where mark.position != end.positions[mark.partition]
        {
            problems.append("the mark of partition \(mark.partition) is \(mark.position)")
        }
        let told = Set(topics.letters.map { "\($0.partition) \($0.key) \($0.value)" })
        for partition in partitions {
            for row in try await store.deadLetters(ofPartition: partition, after: 0, limit: 10_000) {
                let record = row.letter.record
                if !told.contains("\(record.partition) \(record.key) \(record.value)") {
                    problems.append("unseen: the dead letter of \(record.partition)/\(record.offset)")
                }
            }
        }
        return problems
    }

    /// A stream of the API shows each update once, up to the end or to the point where it was dropped.
    private func watchersSawEverything() async throws -> [String] {
        let end = try await store.progress().cursor
        var problems: [String] = []
        if let cursor = feed.cursor, cursor != end {
            problems.append("unseen: the feed stands at \(cursor.positions) of \(end.positions)")
        }
        let farewell = PositionFix(
            key: SampleEvents.key("farewell"), id: EventID(trusted: "farewell"), occurredAt: time.now(),
            location: JSONFragment(trusted: "{}"))
        feed.publish(CommittedBatch(updates: [], positions: [farewell]))
        feed.close()
        for (subscription, witness) in watchers {
            var witness = witness
            var isDropped = true
            for await items in subscription.batches {
                witness.see(items)
                for case .position(farewell.key) in items.map(\.content) { isDropped = false }
            }
            problems += witness.problems.map { "a watcher: \($0)" }
            if !isDropped, witness.cursor != end {
                problems.append("unseen: a watcher saw \(witness.cursor.positions) of \(end.positions)")
            }
        }
        return problems
    }
}
