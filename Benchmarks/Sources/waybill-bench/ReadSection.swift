import Foundation

/// Reads, and sustained writing, when a million deliveries are stored.
struct ReadSection {
    let deliveries: Int
    let seconds: Double

    func run(_ report: Report) throws {
        report.begin("With \(Double(deliveries).grouped) deliveries")
        let server = try Server.started()
        try fill(server, report)
        try read(server, report)
        try sustain(server, report)
        report.add(
            Figure(name: "resident memory, most so far", measured: server.memory(peak: true).formatted(0) + " MB"))
    }

    /// One `created` for each; every 10th is also out for delivery, every 7th delivered.
    private func fill(_ server: Server, _ report: Report) throws {
        let start = MonotonicClock.microseconds
        var sent = 0
        for (run, kind, share) in [(5, 0, 1), (6, EventSource.outForDelivery, 10), (7, EventSource.delivered, 7)] {
            var requests = EventRequests(EventSource(deliveries: deliveries, run: run), batch: 500, port: server.port)
            var number = 0
            let load = try ClosedLoop(port: server.port, connections: 4).run { request in
                guard number < deliveries / share else { return false }
                requests.write(from: number, kind: kind, to: &request)
                number += 500
                return true
            }
            complain(load, report)
            sent += number
        }
        try server.waitUntilApplied()
        let time = (MonotonicClock.microseconds - start) / 1e6
        report.add(
            Figure(
                name: "loading them through the API",
                measured: "\(time.formatted(0)) s, \((Double(sent) / time).perSecond) events"))
    }

    private func read(_ server: Server, _ report: Report) throws {
        var source = EventSource(deliveries: deliveries, run: 0)
        let get = { (path: String) in Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n".utf8) }
        let paths: [(String, () -> String)] = [
            ("GET one delivery", { "/v1/deliveries/" + EventSource.deliveryID(source.random(deliveries)) }),
            ("GET a timeline", { "/v1/deliveries/" + EventSource.deliveryID(source.random(deliveries)) + "/events" }),
            ("list, one status, 50 rows", { "/v1/deliveries?status=out_for_delivery&limit=50" }),
            ("list, newest first, 50 rows", { "/v1/deliveries?sort=-created&limit=50" }),
        ]
        for (name, path) in paths {
            let loop = ClosedLoop(port: server.port, connections: 1)
            _ = try loop.run(seconds: 0.5) { $0 = get(path()) }
            let load = try loop.run(seconds: seconds) { $0 = get(path()) }
            complain(load, report)
            report.add(
                Figure(
                    name: name, measured: load.latencies.text, aim: "p99 under 1 ms",
                    isMet: load.refused == 0 && load.latencies.percentile(0.99) < 1000))
        }
    }

    private func sustain(_ server: Server, _ report: Report) throws {
        let source = EventSource(deliveries: deliveries, run: 8, isRandom: true)
        var requests = EventRequests(source, batch: 500, port: server.port)
        var number = 0
        let start = MonotonicClock.microseconds
        let load = try ClosedLoop(port: server.port, connections: 4).run(seconds: seconds * 4) { request in
            requests.write(from: number, to: &request)
            number += 500
        }
        complain(load, report)
        try server.waitUntilApplied()
        let rate = Double(number) / ((MonotonicClock.microseconds - start) / 1e6)
        report.add(
            Figure(
                name: "events of random deliveries, projected", measured: rate.perSecond, aim: "10 000/s",
                isMet: rate >= 10_000))
    }
}
