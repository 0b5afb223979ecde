import Foundation

/// Events accepted by HTTP, single and in batches, beside what disk, SQLite and web framework allow.
struct AcceptSection {
    let seconds: Double

    func run(_ report: Report) throws {
        report.begin("Accepting by HTTP")
        let limits = RawLimits(directory: Server.place)
        let syncs = limits.syncsPerSecond(seconds: seconds / 2)
        report.add(Figure(name: "raw fdatasync of 4 kB", measured: syncs.perSecond))
        let rows64 = try limits.appendsPerSecond(rowsPerCommit: 64, seconds: seconds / 2)
        report.add(Figure(name: "raw appends, 64 rows a commit", measured: rows64.perSecond))
        let rows2000 = try limits.appendsPerSecond(rowsPerCommit: 2000, seconds: seconds / 2)
        report.add(Figure(name: "raw appends, 2,000 rows a commit", measured: rows2000.perSecond))
        let bare = try BareRoute.measure(seconds: seconds)
        report.add(
            Figure(
                name: "bare Hummingbird route", measured: bare.load.perSecond.perSecond,
                limit: "\(bare.cpuMicroseconds.formatted(1)) us of processor a request"))
        report.add(Figure(name: "  its times", measured: bare.load.latencies.text))
        try single(report, limit: min(bare.load.perSecond, 64 * syncs), isDisk: 64 * syncs < bare.load.perSecond)
        try batches(report, limit: rows2000)
    }

    private func single(_ report: Report, limit: Double, isDisk: Bool) throws {
        let server = try Server.started()
        var requests = EventRequests(EventSource(deliveries: 5000, run: 1), batch: 1, port: server.port)
        var number = 0
        let write = { (request: inout [UInt8]) in
            requests.write(from: number, to: &request)
            number += 1
        }
        let loop = ClosedLoop(port: server.port)
        _ = try loop.run(seconds: 1, write)
        let before = server.cpuSeconds
        let load = try loop.run(seconds: seconds, write)
        let cpu = (server.cpuSeconds - before) * 1e6 / Double(max(load.requests, 1))
        complain(load, report)
        report.add(
            Figure(
                name: "single posts, 64 connections", measured: load.perSecond.perSecond,
                limit: (isDisk ? "64 x fdatasync " : "bare route ") + limit.perSecond, share: load.perSecond / limit,
                aim: "0.8 of the limit", isMet: load.perSecond >= 0.8 * limit))
        report.add(
            Figure(
                name: "  beside a plain Go service", measured: load.perSecond.perSecond, limit: "another run: 23 500/s",
                share: load.perSecond / 23_500, aim: "ahead of it", isMet: load.perSecond >= 23_500))
        report.add(
            Figure(
                name: "  processor a request, tracking included", measured: cpu.formatted(1) + " us", limit: "Go: 45 us"
            ))
        report.add(Figure(name: "  their times", measured: load.latencies.text))
        try server.waitUntilApplied()
    }

    private func batches(_ report: Report, limit: Double) throws {
        let server = try Server.started()
        var requests = EventRequests(EventSource(deliveries: 5000, run: 2), batch: 500, port: server.port)
        var number = 0
        let write = { (request: inout [UInt8]) in
            requests.write(from: number, to: &request)
            number += 500
        }
        let loop = ClosedLoop(port: server.port, connections: 4)
        let load = try loop.run(seconds: seconds, write)
        complain(load, report)
        let rate = load.perSecond * 500
        report.add(
            Figure(
                name: "batches of 500, 4 connections", measured: rate.perSecond + " events",
                limit: "raw appends " + limit.perSecond, share: rate / limit, aim: "86 000/s", isMet: rate >= 86_000))
        report.add(Figure(name: "  their times", measured: load.latencies.text))
        try server.waitUntilApplied()
    }
}

/// A figure over refused requests is none.
func complain(_ load: LoadResult, _ report: Report) {
    if load.refused > 0 {
        report.note(
            "\(load.refused) of \(load.requests) requests were refused, first: \(load.firstRefusal.prefix(300))")
    }
}
