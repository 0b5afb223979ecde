import Simulation
import Testing
import WaybillEngine

/// One thing that every adapter of a port must do, as a test argument: `@Test(arguments: EventLogConformance.checks)`.
package struct ConformanceCheck<Home: Sendable>: Sendable, CustomTestStringConvertible {
    package let name: String
    package let run: @Sendable (Home) async throws -> Void

    package init(_ name: String, _ run: @escaping @Sendable (Home) async throws -> Void) {
        self.name = name
        self.run = run
    }

    package var testDescription: String { name }
}

/// Where one log lives: a suite opens it, and opens it again as a restart would.
package protocol LogHome: Sendable {
    /// The log of this home; the same records each time.
    /// - Parameter time: the clock of logs that keep one of their own.
    func open(partitions: Int, time: any TimeSource) async throws -> LogUnderTest
}

/// Both sides of a log.
package struct LogUnderTest: Sendable {
    package let log: any EventLog
    package let reader: any LogReader
    /// Nil where a broker keeps the records.
    package let retained: (any RetainedLog)?

    package init(log: any EventLog, reader: any LogReader, retained: (any RetainedLog)? = nil) {
        self.log = log
        self.reader = reader
        self.retained = retained
    }

    package init(_ log: some EventLog & LogReader & RetainedLog) {
        self.init(log: log, reader: log, retained: log)
    }

    /// The offsets of a consumer that has read nothing.
    var start: LogOffsets { Dictionary(uniqueKeysWithValues: (0..<log.partitionCount).map { ($0, 0) }) }

    func append(_ records: [NewRecord]) async throws { try await log.append(records) }

    func read(from offsets: LogOffsets) async throws -> LogBatch { try await reader.read(from: offsets) }

    /// Reads on until this many records are there, and then as long as there are more.
    func readAll(from offsets: LogOffsets? = nil, expecting count: Int) async throws -> LogBatch {
        var all = LogBatch(records: [], next: offsets ?? start)
        let clock = ContinuousClock()
        let began = clock.now
        while true {
            let batch = try await reader.read(from: all.next)
            all.records += batch.records
            all.next = batch.next
            guard batch.records.isEmpty else { continue }
            if all.records.count >= count || clock.now - began > .seconds(30) { return all }
            await reader.arrived.wait(atMost: .milliseconds(100))
        }
    }
}

/// Where one store lives.
package protocol StoreHome: Sendable {
    static var partitions: Int { get }
    func open() async throws -> any WholeStore
}

/// Where answers are kept.
package protocol AnswersHome: Sendable {
    func open() async throws -> any IdempotencyStore
}
