import Foundation
import KafkaLog
import Synchronization
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Everything that needs a broker, one test at a time: two cores hold the broker, its clients and their threads.
@Suite("Kafka", .serialized, .enabled(if: KafkaTools.mayRun, "\(KafkaTools.reason)"), .timeLimit(.minutes(10)))
enum KafkaTests {}

/// Topics of a test's own on the shared broker.
struct TestTopics: Sendable {
    private static let made = Mutex(0)

    let prefix: String
    let partitions: Int

    init(partitions: Int = 3) async throws {
        let number = Self.made.withLock { made in
            made += 1
            return made
        }
        prefix = "t\(number)-"
        self.partitions = partitions
        let report = try await Topics(settings("maker"), partitions: partitions).create()
        #expect(report.faults == [])
    }

    /// How a process of that name reaches the broker, through the proxy that holds back empty fetches.
    func settings(_ instance: String, _ client: [String: String] = [:]) throws -> KafkaSettings {
        KafkaSettings(
            brokers: try KafkaProxy.shared.get().address, client: client, instance: instance, prefix: prefix)
    }

    func log(observe: @escaping KafkaObserver = { _ in }) throws -> KafkaLog {
        try KafkaLog(settings("writer"), partitions: partitions, observe: observe)
    }

    func reader(_ instance: String = "reader", observe: @escaping KafkaObserver = { _ in }) throws -> KafkaReader {
        try KafkaReader(settings(instance), time: SystemTime(), observe: observe)
    }

    var events: String { prefix + KafkaTopic.events.rawValue }
}

struct SystemTime: TimeSource {
    func now() -> Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }
}

/// Reads on as the tracker does, and keeps what it has seen.
final class ReadingTracker: Sendable {
    private struct State {
        var offsets: LogOffsets = [:]
        var records: [LogRecord] = []
        var gaps: [LogGap] = []
    }

    let reader: KafkaReader
    private let state = Mutex(State())

    init(_ reader: KafkaReader) { self.reader = reader }

    var records: [LogRecord] { state.withLock { $0.records } }
    var values: [String] { records.map { String(decoding: $0.value, as: UTF8.self) } }
    var offsets: LogOffsets { state.withLock { $0.offsets } }
    var gaps: [LogGap] { state.withLock { $0.gaps } }

    /// One batch of what is assigned; partitions that are new begin at their first offset, or where `start` says.
    @discardableResult
    func step(from start: LogOffsets = [:]) async throws -> Int {
        let mine = reader.assignment.partitions
        let offsets = state.withLock { state in
            state.offsets = state.offsets.filter { mine.contains($0.key) }
            for partition in mine where state.offsets[partition] == nil {
                state.offsets[partition] = start[partition] ?? 0
            }
            return state.offsets
        }
        let batch = try await reader.read(from: offsets)
        state.withLock { state in
            state.offsets.merge(batch.next) { $1 }
            state.records += batch.records
            state.gaps += batch.gaps
        }
        reader.release(reader.assignment.revoking)
        return batch.records.count
    }

    /// Reads until it has seen so many records in all.
    func read(_ count: Int, from start: LogOffsets = [:], within seconds: Double = 20) async throws {
        let deadline = Deadline(seconds: seconds)
        while records.count < count {
            guard !deadline.hasPassed else {
                throw NotInTime(
                    description: "\(records.count) of \(count) records, \(reader.assignment), \(reader.refused)")
            }
            if try await step(from: start) == 0 { await reader.arrived.wait(atMost: .milliseconds(50)) }
        }
    }
}

func event(_ delivery: String, _ value: String) -> NewRecord {
    NewRecord(key: SampleEvents.key(delivery), value: Array(value.utf8))
}

/// Appends numbered values, spread over deliveries.
func append(_ numbers: Range<Int>, to log: KafkaLog) async throws {
    for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 5000) {
        let chunk = start..<min(start + 5000, numbers.upperBound)
        try await log.append(chunk.map { event("D-\($0 % 50)", "\($0)") })
    }
}
