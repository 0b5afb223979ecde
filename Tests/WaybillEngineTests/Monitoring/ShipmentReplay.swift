import Foundation
import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// Real shipments, told in the order in which each fact became known, with a clock that the data drives.
struct ShipmentReplay {
    struct Line {
        var event: Event
        /// Where the clock stands when it is told.
        var clock: Timestamp
    }

    let lines: [Line]
    let directory: URL

    /// The fixture, or the whole file where `WAYBILL_REPLAY_DIR` says.
    init() throws {
        let given = ProcessInfo.processInfo.environment["WAYBILL_REPLAY_DIR"]
        directory = given.map { URL(fileURLWithPath: $0) } ?? Fixture.folder
        let text = try String(
            contentsOf: directory.appendingPathComponent("scms-shipments.ndjson"), encoding: .utf8)
        var clock = Timestamp(microseconds: .min / 2)
        lines = try text.split(separator: "\n").map { line in
            let event = try EventDecoder().decode(Array(line.utf8)).event
            clock = max(clock, event.occurredAt)
            return Line(event: event, clock: clock)
        }
    }

    /// What a program of another language counts in the same file.
    struct Counts: Decodable {
        var foundLate: Int
        var deliveredLate: Int
        var deliveredLateAndNotFound: Int
        var lateByCarrier: [String: Int]
    }

    func counts() throws -> Counts {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", Fixture.folder.appendingPathComponent("cases_oracle.py").path,
            directory.appendingPathComponent("scms-shipments.ndjson").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Counts.self, from: data)
    }
}

/// A platform in memory with a monitor: tells, ticks and answers.
struct MonitoredWorld {
    let time = VirtualTime()
    let log: WorldLog
    let store = WorldStore(partitions: 3)
    let observer = RecordingObserver()
    let feed: LiveFeed
    let tracking: Tracking
    let monitor: Monitoring

    init(_ book: RuleBook = RuleBook(), at start: Timestamp = Scenario.fixedEnd) {
        time.set(start)
        log = WorldLog(partitions: 3, time: time)
        feed = LiveFeed(observer: observer)
        tracking = Tracking(
            log: log, store: store, outlet: feed, time: time, observer: observer, cases: store, watch: Watch(book))
        monitor = Self.monitor("one", store, log, book, time, observer)
    }

    static func monitor(
        _ owner: String, _ store: WorldStore, _ log: WorldLog, _ book: RuleBook, _ time: VirtualTime,
        _ observer: RecordingObserver
    ) -> Monitoring {
        Monitoring(
            store: store, log: log, lag: TrackingLag(log: log, store: store), owner: owner, book: book, time: time,
            observer: observer)
    }

    /// Looks at everything that is due, and tells what came of it.
    func tick() async throws {
        while try await monitor.step() == .worked {}
        while try await tracking.step() == .worked {}
    }

    func take(_ events: [Event]) async throws {
        try await log.append(events.map(SampleEvents.record))
        while try await tracking.step() == .worked {}
        try await tick()
    }

    func cases(_ change: (inout CaseFilter) -> Void = { _ in }) async throws -> [CaseRow] {
        var query = CaseQuery(merchant: .default)
        query.limit = 1_000_000
        query.filter.states = []
        change(&query.filter)
        return try await store.cases(query).value.rows
    }
}
