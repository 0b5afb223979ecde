import ArgumentParser
import Foundation
import Simulation
import WaybillCore

/// `waybill simulate`: seeded, lifelike deliveries to a server or to standard output.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make lifelike deliveries and send their events.",
        discussion: """
            The same seed makes the same deliveries. With --target - it makes the same bytes, since no clock is read. \
            For a server the simulated weeks end about now.

            To run the producing services as separate processes, give each the same --deliveries, --seed and --until, \
            and its own --as.
            """)

    @Option(help: "How many deliveries.")
    var deliveries: Int

    @Option(help: "Events per second, evenly spread. As fast as possible if not given.")
    var rate: Double?

    @Option(help: "What everything is derived from. Default: 1 for --target -, else a new one each time.")
    var seed: UInt64?

    @Option(help: "A server such as http://127.0.0.1:8080, kafka://host:port,..., or - for NDJSON on standard output.")
    var target: EventTarget = .server("http://127.0.0.1:8080")

    @Option(name: .customLong("as"), help: "Play one service: orders, dispatch, logistics, courier or all.")
    var part: Part = .all

    @Flag(help: "A bad day: more duplicates, late and contradictory events, and some that must be refused.")
    var chaos = false

    @Option(help: "Events in one request, at most.")
    var batch = 500

    @Option(help: "The merchant that the deliveries belong to.")
    var merchant = "default"

    @Option(help: "The instant at which the simulated period ends, RFC 3339.")
    var until: String?

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    func validate() throws {
        guard deliveries >= 1 else { throw ValidationError("--deliveries must be 1 or more.") }
        if let rate, !(rate > 0 && rate.isFinite) { throw ValidationError("--rate must be more than 0.") }
        guard (1...Limits.eventsPerRequest).contains(batch) else {
            throw ValidationError("--batch must be 1 to \(Limits.eventsPerRequest).")
        }
        guard MerchantID(merchant) != nil else {
            throw ValidationError("--merchant must be small letters, digits, - and _, 63 at most.")
        }
        if let until, Timestamp(rfc3339: until) == nil {
            throw ValidationError("--until must be a time with an offset, such as 2026-11-23T10:00:00Z.")
        }
        if target != .standardOutput, part.role != nil, seed == nil {
            throw ValidationError("--as needs --seed: services that play together must have the same one.")
        }
    }

    func run() async throws {
        let scenario = scenario(now: Timestamp(microseconds: Int64(Date.now.timeIntervalSince1970 * 1_000_000)))
        let pace = Pace(eventsPerSecond: rate, batch: batch)
        switch target {
        case .standardOutput: try await writeLines(of: scenario, at: pace)
        case .server(let address):
            let token = ProcessInfo.processInfo.environment["WAYBILL_API_TOKEN"]
            try await post(
                scenario, to: EventPoster(address: address, merchant: merchant, token: token), at: address, pace)
        case .kafka(let brokers):
            let (kafka, partitions) = try Failure.explained {
                var reader = ConfigurationReader(
                    flags: [.kafka: brokers], environment: ProcessInfo.processInfo.environment, file: nil)
                return try reader.brokers()
            }
            try await post(
                scenario, to: try EventProducer(kafka, partitions: partitions), at: "kafka://\(brokers)", pace)
        }
    }

    /// Live runs end about now: at the full five minutes before, so that services started together agree,
    /// and later by the time that the run itself will take.
    private func scenario(now: Timestamp) -> Scenario {
        var end = Scenario.fixedEnd
        var seed = self.seed ?? 1
        if target != .standardOutput {
            let seconds = now.microseconds / 1_000_000
            let events = Double(deliveries) * Scenario.eventsPerDelivery
            let duration = min(86_400 * 7, rate.map { events / $0 } ?? 0)
            end = Timestamp(seconds: (seconds + Int64(duration)) / 300 * 300)
            seed = self.seed ?? UInt64(bitPattern: seconds)
        }
        if let until = until.flatMap(Timestamp.init(rfc3339:)) { end = until }
        return Scenario(
            deliveries: deliveries, seed: seed, until: end, as: part.role, merchant: MerchantID(merchant) ?? .default,
            shares: chaos ? .chaos : .usual)
    }

    private func writeLines(of scenario: Scenario, at pace: Pace) async throws {
        var lines = EventLines(scenario, of: part.role)
        while let batch = lines.next(rate == nil ? 4096 : pace.batch) {
            try FileHandle.standardOutput.write(contentsOf: batch.bytes)
            try await pace.wait(after: lines.tally.lines)
        }
        if !quiet { Report.say(lines.tally.words) }
    }

    private func post(_ scenario: Scenario, to taker: any EventTaker, at address: String, _ pace: Pace) async throws {
        if !quiet { Report.say(["Simulating \(deliveries) deliveries with seed \(scenario.seed), to \(address)."]) }
        var run = PostingRun(scenario, of: part.role, by: taker, at: pace, showsProgress: !quiet)
        await run.untilDoneOrInterrupted()
        try await taker.close()
        if !quiet { Report.say(run.words) }
        for fault in run.faults { Report.say([fault]) }
        if !run.faults.isEmpty { throw ExitCode.failure }
    }
}

/// Where the events go.
enum EventTarget: ExpressibleByArgument, Equatable {
    case standardOutput
    case server(String)
    case kafka(brokers: String)

    init?(argument: String) {
        switch argument {
        case "-": self = .standardOutput
        case let address where address.hasPrefix("http://") || address.hasPrefix("https://"):
            self = .server(address.hasSuffix("/") ? String(address.dropLast()) : address)
        case let address where address.hasPrefix("kafka://"): self = .kafka(brokers: String(address.dropFirst(8)))
        default: return nil
        }
    }

    var defaultValueDescription: String {
        if case .server(let address) = self { address } else { "-" }
    }
}

/// Which of the producing services is played.
enum Part: String, ExpressibleByArgument, CaseIterable {
    case orders, dispatch, logistics, courier, all

    var role: Role? { Role(rawValue: rawValue) }
}
