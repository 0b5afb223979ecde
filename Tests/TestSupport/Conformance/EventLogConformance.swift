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
        Check("reopening keeps everything and goes on", reopening),
    ]

    static func record(_ delivery: String, _ value: String) -> NewRecord {
        NewRecord(key: SampleEvents.key(delivery), value: Array(value.utf8))
    }

    // MARK: Reading

    private static func keysChoosePartitions(_ home: any LogHome) async throws {
        // Partitions that Kafka's Java client gives these keys, of 12 (org.apache.kafka.common.utils.Utils.murmur2).
        let log = try await home.open(partitions: 12, time: VirtualTime())
        try await log.append((0..<200).map { record("D-\($0)", "\($0)") })
        let records = try await log.readAll(expecting: 200).records
        #expect(records.count == 200)
        for record in records { #expect(record.partition == JavaPartitioner.partition(of: record.key, count: 12)) }
        #expect(Set(records.map(\.partition)).count == 12)
    }

    private static func recordsComeBack(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 3, time: VirtualTime())
        #expect(try await log.readAll(expecting: 0).records.isEmpty)
        for number in 0..<30 { try await log.append([record("D-\(number % 5)", "value \(number)")]) }
        let records = try await log.readAll(expecting: 30).records
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
    }

    private static func batchesMoveOn(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 3, time: VirtualTime())
        let empty = try await log.read(from: log.start)
        #expect(empty.records.isEmpty && empty.next == log.start)
        try await log.append((0..<20).map { record("D-\($0)", "\($0)") })
        let first = try await log.readAll(expecting: 20)
        let again = try await log.readAll(expecting: 20)
        #expect(Self.told(first) == Self.told(again) && first.next == again.next)
        for record in first.records { #expect(record.offset < first.next[record.partition] ?? 0) }
        let end = try await log.read(from: first.next)
        #expect(end.records.isEmpty && end.next == first.next)
        try await log.append([record("D-7", "later")])
        let later = try await log.readAll(from: first.next, expecting: 1)
        #expect(later.records.map { String(decoding: $0.value, as: UTF8.self) } == ["later"])
    }

    /// What a batch says of each partition.
    private static func told(_ batch: LogBatch) -> [Int: [String]] {
        Dictionary(grouping: batch.records, by: \.partition).mapValues { $0.map { "\($0.offset) \($0.key)" } }
    }

    private static func partitionsAreReadApart(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 4, time: VirtualTime())
        for round in 0..<12 { try await log.append((0..<8).map { record("D-\($0)", "\(round)") }) }
        let all = try await log.readAll(expecting: 96).records
        var dice = SeededGenerator(seed: 4)
        for _ in 0..<20 {
            var offsets = log.start
            var expected: [Int: [Int64]] = [:]
            for partition in 0..<4 {
                let mine = all.filter { $0.partition == partition }
                let skipped = dice.integer(below: mine.count + 1)
                if skipped > 0 { offsets[partition] = mine[skipped - 1].offset + 1 }
                expected[partition] = mine.dropFirst(skipped).map(\.offset)
            }
            let count = expected.values.reduce(0) { $0 + $1.count }
            let found = Dictionary(
                grouping: try await log.readAll(from: offsets, expecting: count).records, by: \.partition)
            for partition in 0..<4 {
                #expect(found[partition, default: []].map(\.offset) == expected[partition], "from \(offsets)")
            }
        }
    }

    private static func batchesAreBounded(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 3, time: VirtualTime())
        let count = Limits.trackerBatch * 2 + 17
        try await log.append((0..<count).map { record("D-\($0 % 50)", "\($0)") })
        var offsets = log.start
        var seen: [String] = []
        while seen.count < count {
            let batch = try await log.read(from: offsets)
            if batch.records.isEmpty { await log.reader.arrived.wait(atMost: .milliseconds(100)) }
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
        let records = try await log.readAll(expecting: values.count).records
        #expect(records.map(\.value) == values)
        #expect(records.allSatisfy { $0.key == key.text })
        try await log.append([])
        #expect(try await log.readAll(expecting: values.count).records.count == values.count)
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
        let records = try await log.readAll(expecting: 600).records
        #expect(records.count == 600)
        for (key, mine) in Dictionary(grouping: records, by: \.key) {
            let writer = key.dropFirst("default/W-".count)
            #expect(mine.map { String(decoding: $0.value, as: UTF8.self) } == (0..<3).map { "\(writer):\($0)" })
        }
        #expect(Set(records.map { "\($0.partition)/\($0.offset)" }).count == 600)
    }

    private static func signalFires(_ home: any LogHome) async throws {
        let log = try await home.open(partitions: 2, time: VirtualTime())
        async let woken: Void = log.reader.arrived.wait()
        try await log.append([record("D-1", "1")])
        await woken
        #expect(try await log.readAll(expecting: 1).records.count == 1, "what the signal tells of can be read")
    }

    // MARK: Restarts

    private static func sorted(_ records: [LogRecord]) -> [LogRecord] {
        records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    private static func reopening(_ home: any LogHome) async throws {
        let time = VirtualTime()
        var expected: [LogRecord] = []
        for opening in 0..<4 {
            let log = try await home.open(partitions: 5, time: time)
            let known = try await log.readAll(expecting: expected.count).records
            #expect(Self.sorted(known).map(\.value) == Self.sorted(expected).map(\.value))
            #expect(Self.sorted(known).map(\.offset) == Self.sorted(expected).map(\.offset))
            #expect(Self.sorted(known).map(\.timestamp) == Self.sorted(expected).map(\.timestamp))
            try await log.append((0..<25).map { record("D-\($0)", "\(opening):\($0)") })
            time.advance(bySeconds: 5)
            expected = try await log.readAll(expecting: expected.count + 25).records
            #expect(expected.count == 25 * (opening + 1))
        }
        for records in Dictionary(grouping: expected, by: \.partition).values {
            let offsets = records.map(\.offset)
            #expect(offsets == offsets.sorted() && Set(offsets).count == offsets.count)
        }
    }
}
