import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every event log must do. Offsets are only ever compared and handed back, never counted with.
package enum EventLogConformance {
    package typealias Check = ConformanceCheck<any LogHome>

    package static let checks: [Check] = [
        Check("keys choose partitions by murmur2", keysChoosePartitions),
        Check("records come back in order, byte for byte", recordsComeBack),
        Check("a batch moves on, and reading again gives the same", batchesMoveOn),
        Check("each partition is read from its own offset", partitionsAreReadApart),
        Check("batches are bounded, and nothing is lost between them", batchesAreBounded),
        Check("records of hostile sizes and keys survive", hostileRecords),
        Check("concurrent appends are all there, once, each together", concurrentAppends),
        Check("the signal fires after an append", signalFires),
        Check("lag counts what is unread", lagCounts),
        Check("trimming spares what a group has not passed", trimmingSparesUnread),
        Check("trimming spares what is young", trimmingSparesYoung),
        Check("what is left after trimming reads on", readingAfterTrimming),
        Check("reopening keeps everything and goes on", reopening),
        Check("record times never run backwards", timesNeverRunBackwards),
    ]

    /// The offsets of a consumer that has read nothing.
    static func start(_ log: any EventLog) -> [Int64] { Array(repeating: 1, count: log.partitionCount) }

    /// Reads from `offsets` to the end.
    static func readAll(_ log: any EventLog, from offsets: [Int64]? = nil) async throws -> [LogRecord] {
        var offsets = offsets ?? start(log)
        var records: [LogRecord] = []
        while true {
            let batch = try await log.read(from: offsets)
            guard !batch.records.isEmpty else { return records }
            records += batch.records
            offsets = batch.next
        }
    }

    static func record(_ delivery: String, _ value: String) -> NewRecord {
        NewRecord(key: SampleEvents.key(delivery), value: Array(value.utf8))
    }

    // MARK: Reading

    private static func keysChoosePartitions(_ home: any LogHome) async throws {
        // Partitions that Kafka's Java client gives these keys, of 12 (org.apache.kafka.common.utils.Utils.murmur2).
        let log = try await home.open(partitions: 12, time: VirtualTime())
        try await log.append((0..<200).map { record("D-\($0)", "\($0)") })
        let records = try await readAll(log)
        #expect(records.count == 200)
        for record in records { #expect(record.partition == JavaPartitioner.partition(of: record.key, count: 12)) }
        #expect(Set(records.map(\.partition)).count == 12)
    }

    private static func recordsComeBack(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        #expect(try await readAll(log).isEmpty)
        for number in 0..<30 { try await log.append([record("D-\(number % 5)", "value \(number)")]) }
        let records = try await readAll(log)
        #expect(records.count == 30)
        for delivery in 0..<5 {
            let mine = records.filter { $0.key == "default/D-\(delivery)" }
            let values = mine.map { String(decoding: $0.value, as: UTF8.self) }
            #expect(values == stride(from: delivery, to: 30, by: 5).map { "value \($0)" })
        }
        for partition in 0..<3 {
            let offsets = records.filter { $0.partition == partition }.map(\.offset)
            #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, "offsets grow: \(offsets)")
        }
        #expect(records.allSatisfy { $0.timestamp == time.now() })
    }

    private static func batchesMoveOn(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 3, time: VirtualTime())
        let empty = try await log.read(from: start(log))
        #expect(empty.records.isEmpty && empty.next == start(log))
        try await log.append((0..<20).map { record("D-\($0)", "\($0)") })
        let first = try await log.read(from: start(log))
        let again = try await log.read(from: start(log))
        #expect(first.records.map(\.key) == again.records.map(\.key) && first.next == again.next)
        for record in first.records { #expect(record.offset < first.next[record.partition]) }
        let end = try await log.read(from: first.next)
        #expect(end.records.isEmpty && end.next == first.next)
        try await log.append([record("D-7", "later")])
        let later = try await log.read(from: first.next)
        #expect(later.records.map { String(decoding: $0.value, as: UTF8.self) } == ["later"])
    }

    private static func partitionsAreReadApart(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 4, time: VirtualTime())
        for round in 0..<12 { try await log.append((0..<8).map { record("D-\($0)", "\(round)") }) }
        let all = try await readAll(log)
        var dice = SeededGenerator(seed: 4)
        for _ in 0..<20 {
            var offsets = start(log)
            var expected: [Int: [Int64]] = [:]
            for partition in 0..<4 {
                let mine = all.filter { $0.partition == partition }
                let skipped = dice.integer(below: mine.count + 1)
                if skipped > 0 { offsets[partition] = mine[skipped - 1].offset + 1 }
                expected[partition] = mine.dropFirst(skipped).map(\.offset)
            }
            let found = Dictionary(grouping: try await readAll(log, from: offsets), by: \.partition)
            for partition in 0..<4 {
                #expect(found[partition, default: []].map(\.offset) == expected[partition], "from \(offsets)")
            }
        }
    }

    private static func batchesAreBounded(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 3, time: VirtualTime())
        let count = Limits.trackerBatch * 2 + 17
        try await log.append((0..<count).map { record("D-\($0 % 50)", "\($0)") })
        var offsets = start(log)
        var seen: [String] = []
        while true {
            let batch = try await log.read(from: offsets)
            guard !batch.records.isEmpty else { break }
            #expect(batch.records.count <= Limits.trackerBatch)
            seen += batch.records.map { String(decoding: $0.value, as: UTF8.self) }
            offsets = batch.next
        }
        #expect(seen.count == count && Set(seen).count == count)
    }

    private static func hostileRecords(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 2, time: VirtualTime())
        let values: [[UInt8]] = [
            [], [0], Array(0...255), Array(repeating: 0xFF, count: 3), Array("{\"a\":\"\u{0}\u{202E}é\"}".utf8),
            Array(repeating: UInt8(ascii: "x"), count: Limits.eventBytes),
        ]
        let key = SampleEvents.key("'; DROP TABLE record; --/%00")
        try await log.append(values.map { NewRecord(key: key, value: $0) })
        let records = try await readAll(log)
        #expect(records.map(\.value) == values)
        #expect(records.allSatisfy { $0.key == key.text })
        try await log.append([])
        #expect(try await readAll(log).count == values.count)
    }

    // MARK: Appending

    private static func concurrentAppends(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 4, time: VirtualTime())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<200 {
                group.addTask {
                    // Three records of one key: they share a partition and must stay together and in order.
                    try await log.append((0..<3).map { record("W-\(writer)", "\(writer):\($0)") })
                }
            }
            try await group.waitForAll()
        }
        let records = try await readAll(log)
        #expect(records.count == 600)
        for (key, mine) in Dictionary(grouping: records, by: \.key) {
            let writer = key.dropFirst("default/W-".count)
            #expect(mine.map { String(decoding: $0.value, as: UTF8.self) } == (0..<3).map { "\(writer):\($0)" })
        }
        #expect(Set(records.map { "\($0.partition)/\($0.offset)" }).count == 600)
    }

    private static func signalFires(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 2, time: VirtualTime())
        async let woken: Void = log.appended.wait()
        try await log.append([record("D-1", "1")])
        await woken
        #expect(try await readAll(log).count == 1, "what the signal tells of can be read")
    }

    private static func lagCounts(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        #expect(try await log.lag(behind: start(log)) == LogLag(records: 0, oldest: nil))
        let first = time.now()
        try await log.append((0..<10).map { record("D-\($0)", "a") })
        time.advance(bySeconds: 60)
        let second = time.now()
        let middle = try await log.read(from: start(log)).next
        try await log.append((0..<7).map { record("D-\($0)", "b") })
        #expect(try await log.lag(behind: start(log)) == LogLag(records: 17, oldest: first))
        #expect(try await log.lag(behind: middle) == LogLag(records: 7, oldest: second))
        let end = try await log.read(from: middle).next
        #expect(try await log.lag(behind: end) == LogLag(records: 0, oldest: nil))
    }

    // MARK: Trimming

    /// Two groups, one of which lags: returns the log, with what the slower one has not read.
    private static func laggingGroups(_ log: any EventLog, _ time: VirtualTime) async throws -> [LogRecord] {
        try await log.append((0..<40).map { record("D-\($0)", "old \($0)") })
        let middle = try await log.read(from: start(log)).next
        time.advance(bySeconds: 3600)
        try await log.append((0..<20).map { record("D-\($0)", "new \($0)") })
        let end = try await log.read(from: middle).next
        try await log.acknowledge(group: "fast", offsets: end)
        try await log.acknowledge(group: "slow", offsets: middle)
        return try await readAll(log, from: middle)
    }

    private static func trimmingSparesUnread(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        try await log.append([record("D-1", "nobody has said how far it is")])
        #expect(try await log.trim(before: time.now().advanced(bySeconds: 1)) == 0)
        let unread = try await laggingGroups(log, time)
        let removed = try await log.trim(before: time.now().advanced(bySeconds: 10_000))
        #expect(removed > 0)
        let left = try await readAll(log)
        let values = Set(left.map(\.value))
        #expect(unread.allSatisfy { values.contains($0.value) }, "the slow group finds all it has not read")
        #expect(left.count + removed == 61)
    }

    private static func trimmingSparesYoung(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        _ = try await laggingGroups(log, time)
        let end = try await log.read(from: start(log)).next
        for group in ["fast", "slow"] { try await log.acknowledge(group: group, offsets: end) }
        #expect(try await log.trim(before: time.now().advanced(bySeconds: -7200)) == 0, "nothing is as old")
        _ = try await log.trim(before: time.now())
        let left = try await readAll(log).map { String(decoding: $0.value, as: UTF8.self) }
        #expect(left.filter { $0.hasPrefix("new") }.count == 20)
    }

    private static func readingAfterTrimming(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        try await log.append((0..<30).map { record("D-\($0)", "\($0)") })
        let end = try await log.read(from: start(log)).next
        try await log.acknowledge(group: "only", offsets: end)
        time.advance(bySeconds: 100)
        while try await log.trim(before: time.now()) > 0 {}
        try await log.append([record("D-1", "after")])
        let reopened = try await home.open(partitions: 3, time: time)
        let records = try await readAll(reopened, from: end)
        #expect(records.map { String(decoding: $0.value, as: UTF8.self) } == ["after"])
        #expect(records.allSatisfy { $0.offset >= end[$0.partition] }, "an offset is never used again")
    }

    // MARK: Restarts

    private static func reopening(_ home: any LogHome) async throws {
        let time = VirtualTime()
        var expected: [LogRecord] = []
        for opening in 0..<4 {
            let log = try await home.open(partitions: 5, time: time)
            let known = try await readAll(log)
            #expect(known.map(\.value) == expected.map(\.value))
            #expect(known.map(\.offset) == expected.map(\.offset))
            #expect(known.map(\.timestamp) == expected.map(\.timestamp))
            try await log.append((0..<25).map { record("D-\($0)", "\(opening):\($0)") })
            time.advance(bySeconds: 5)
            expected = try await readAll(log)
            #expect(expected.count == 25 * (opening + 1))
        }
        for records in Dictionary(grouping: expected, by: \.partition).values {
            let offsets = records.map(\.offset)
            #expect(offsets == offsets.sorted() && Set(offsets).count == offsets.count)
        }
    }

    private static func timesNeverRunBackwards(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 1, time: time)
        try await log.append([record("D-1", "first")])
        let first = time.now()
        time.advance(bySeconds: -86_400)
        try await log.append([record("D-1", "the clock was set back")])
        let reopened = try await home.open(partitions: 1, time: time)
        try await reopened.append([record("D-1", "also after a restart")])
        let times = try await readAll(reopened).map(\.timestamp)
        #expect(times == times.sorted() && times.count == 3 && times[0] == first)
    }
}
