import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What a log must do whose records and clock are its own: where a broker keeps them, these are the broker's affair.
package enum RetainedLogConformance {
    package typealias Check = ConformanceCheck<any LogHome>

    package static let checks: [Check] = [
        Check("lag counts what is unread", lagCounts),
        Check("trimming spares what a group has not passed", trimmingSparesUnread),
        Check("trimming spares what is young", trimmingSparesYoung),
        Check("what is left after trimming reads on", readingAfterTrimming),
        Check("record times never run backwards", timesNeverRunBackwards),
    ]

    private static func record(_ delivery: String, _ value: String) -> NewRecord {
        EventLogConformance.record(delivery, value)
    }

    private static func claims(_ offsets: LogOffsets) -> [Claim] {
        offsets.map { Claim(partition: $0.key, epoch: 1, offset: $0.value, position: 0) }
    }

    private static func trim(_ log: LogUnderTest, before instant: Timestamp) async throws -> Int {
        try await #require(log.retained).trim(before: instant)
    }

    private static func lagCounts(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        #expect(try await log.log.lag(behind: claims(log.start)) == LogLag(records: 0, oldest: nil))
        let first = time.now()
        try await log.append((0..<10).map { record("D-\($0)", "a") })
        time.advance(bySeconds: 60)
        let second = time.now()
        let middle = try await log.read(from: log.start).next
        try await log.append((0..<7).map { record("D-\($0)", "b") })
        #expect(try await log.log.lag(behind: claims(log.start)) == LogLag(records: 17, oldest: first))
        #expect(try await log.log.lag(behind: claims(middle)) == LogLag(records: 7, oldest: second))
        let end = try await log.read(from: middle).next
        #expect(try await log.log.lag(behind: claims(end)) == LogLag(records: 0, oldest: nil))
    }

    // MARK: Trimming

    /// Two groups, one of which lags: returns the log, with what the slower one has not read.
    private static func laggingGroups(_ log: LogUnderTest, _ time: VirtualTime) async throws -> [LogRecord] {
        try await log.append((0..<40).map { record("D-\($0)", "old \($0)") })
        let middle = try await log.read(from: log.start).next
        time.advance(bySeconds: 3600)
        try await log.append((0..<20).map { record("D-\($0)", "new \($0)") })
        let end = try await log.read(from: middle).next
        try await log.reader.acknowledge(group: "fast", offsets: end)
        try await log.reader.acknowledge(group: "slow", offsets: middle)
        return try await log.readAll(from: middle, expecting: 20).records
    }

    private static func trimmingSparesUnread(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        try await log.append([record("D-1", "nobody has said how far it is")])
        #expect(try await trim(log, before: time.now().advanced(bySeconds: 1)) == 0)
        let unread = try await laggingGroups(log, time)
        let removed = try await trim(log, before: time.now().advanced(bySeconds: 10_000))
        #expect(removed > 0)
        let left = try await log.readAll(expecting: 0).records
        let values = Set(left.map(\.value))
        #expect(unread.allSatisfy { values.contains($0.value) }, "the slow group finds all it has not read")
        #expect(left.count + removed == 61)
    }

    private static func trimmingSparesYoung(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        _ = try await laggingGroups(log, time)
        let end = try await log.read(from: log.start).next
        for group in ["fast", "slow"] { try await log.reader.acknowledge(group: group, offsets: end) }
        #expect(try await trim(log, before: time.now().advanced(bySeconds: -7200)) == 0, "nothing is as old")
        _ = try await trim(log, before: time.now())
        let left = try await log.readAll(expecting: 0).records.map { String(decoding: $0.value, as: UTF8.self) }
        #expect(left.filter { $0.hasPrefix("new") }.count == 20)
    }

    private static func readingAfterTrimming(_ home: any LogHome) async throws {
        let time = VirtualTime()
        let log = try await home.open(partitions: 3, time: time)
        try await log.append((0..<30).map { record("D-\($0)", "\($0)") })
        let end = try await log.read(from: log.start).next
        try await log.reader.acknowledge(group: "only", offsets: end)
        time.advance(bySeconds: 100)
        while try await trim(log, before: time.now()) > 0 {}
        try await log.append([record("D-1", "after")])
        let reopened = try await home.open(partitions: 3, time: time)
        let records = try await reopened.readAll(from: end, expecting: 1).records
        #expect(records.map { String(decoding: $0.value, as: UTF8.self) } == ["after"])
        #expect(records.allSatisfy { $0.offset >= end[$0.partition] ?? 0 }, "an offset is never used again")
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
        let times = try await reopened.readAll(expecting: 3).records.map(\.timestamp)
        #expect(times == times.sorted() && times.count == 3 && times[0] == first)
    }
}
