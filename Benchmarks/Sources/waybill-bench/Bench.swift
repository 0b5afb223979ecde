import Foundation

/// Prints every figure beside the limit it is held against, measured in the same run. It judges nothing by failing.
///
///     waybill-bench [decode|accept|track|stream|read ...]
///
/// `WAYBILL_BENCH_SECONDS` (5), `WAYBILL_BENCH_EVENTS` (600000) and `WAYBILL_BENCH_DELIVERIES` (1000000) set the sizes,
/// `WAYBILL_BENCH_DIR` the disk, `WAYBILL_BINARY` the program.
@main enum Bench {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "bare-route", let port = arguments.last.flatMap({ Int($0) }) {
            return try await BareRoute.serve(port: port)
        }
        let report = Report()
        let seconds = size("WAYBILL_BENCH_SECONDS", 5)
        let sections: [(String, (Report) throws -> Void)] = [
            ("decode", DecodeSection(seconds: seconds / 2).run),
            ("accept", AcceptSection(seconds: seconds).run),
            ("track", TrackSection(events: Int(size("WAYBILL_BENCH_EVENTS", 600_000)), seconds: seconds).run),
            ("stream", StreamSection(seconds: seconds * 2).run),
            ("read", ReadSection(deliveries: Int(size("WAYBILL_BENCH_DELIVERIES", 1_000_000)), seconds: seconds).run),
        ]
        for (name, run) in sections where arguments.isEmpty || arguments.contains(name) {
            // One section that cannot run leaves the figures of the others.
            do { try run(report) } catch { report.note("stopped: \(error)") }
        }
        report.printTable()
    }

    private static func size(_ name: String, _ fallback: Double) -> Double {
        ProcessInfo.processInfo.environment[name].flatMap { Double($0) } ?? fallback
    }
}
