import Foundation

/// Events from the log to committed state, and the memory that takes.
struct TrackSection {
    let events: Int
    let seconds: Double

    func run(_ report: Report) throws {
        report.begin("From the log to committed state, 5,000 deliveries alive at once")
        let server = try Server.started()
        let idle = server.memory()
        var requests = EventRequests(EventSource(deliveries: 5000, run: 3), batch: 500, port: server.port)
        var number = 0
        let before = server.cpuSeconds
        let start = MonotonicClock.microseconds
        let load = try ClosedLoop(port: server.port, connections: 4).run { request in
            guard number < events else { return false }
            requests.write(from: number, to: &request)
            number += 500
            return true
        }
        complain(load, report)
        let accepted = MonotonicClock.microseconds - start
        try server.waitUntilApplied()
        let all = MonotonicClock.microseconds - start
        let rate = Double(events) / (all / 1e6)
        let cpu = (server.cpuSeconds - before) * 1e6 / Double(events)
        let raw = try RawLimits(directory: Server.place).appendsPerSecond(rowsPerCommit: 2000, seconds: seconds / 2)
        report.add(
            Figure(
                name: "accepted and projected", measured: rate.perSecond + " events",
                limit: "raw appends " + raw.perSecond,
                share: rate / raw, aim: "30 000/s", isMet: rate >= 30_000))
        report.add(
            Figure(
                name: "  accepted after, projected after",
                measured: (accepted / 1e6).formatted(1) + " s, " + (all / 1e6).formatted(1) + " s"))
        report.add(Figure(name: "  processor an event, all of it", measured: cpu.formatted(1) + " us"))
        report.add(
            Figure(name: "resident memory, idle", measured: idle.formatted(0) + " MB", aim: "60 MB", isMet: idle < 60))
        report.add(
            Figure(
                name: "resident memory, most under this load", measured: server.memory(peak: true).formatted(0) + " MB")
        )
    }
}
