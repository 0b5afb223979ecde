import Foundation
import Testing

extension EndToEnd {
    /// Real shipments, in the order in which each fact became known, give the counts of an independent program.
    @Suite("Replay of real shipments") struct ReplayTests {
        let directory: TemporaryDirectory
        let shipments: Shipments

        init() throws {
            directory = try TemporaryDirectory()
            shipments = try Shipments(Repository.replay)
        }

        @Test func inOrderThenAgainThenShuffled() throws {
            let server = try ServerProcess.started(in: directory)
            try post(shipments.lines, to: server)
            try expectCounts(server, posted: 1)
            let hash = try hashOfStopped(server)

            try server.start()
            try post(shipments.lines, to: server)
            try expectCounts(server, posted: 1)
            #expect(
                try server.metric("waybill_events_received_total", #"result="duplicate""#) == Double(shipments.events))
            #expect(try hashOfStopped(server) == hash, "a full repeat changed the state")

            try server.start()
            var random = Seeded(Scale.seed(1))
            try post(shipments.lines.shuffled(using: &random), to: server)
            try expectCounts(server, posted: 1)
            #expect(try hashOfStopped(server) == hash, "a shuffled repeat changed the state")

            let verify = try server.command(["rebuild", "--verify"])
            #expect(verify.exit == .code(0), "\(verify.said)")
        }

        @Test func freshAndShuffledGivesTheSameState() throws {
            let seed = Scale.seed(2)
            var random = Seeded(seed)
            let inOrder = try ServerProcess.started(in: directory)
            try post(shipments.lines, to: inOrder)
            try inOrder.waitUntilCaughtUp()
            let hash = try hashOfStopped(inOrder)

            let other = try TemporaryDirectory()
            let shuffled = try ServerProcess.started(in: other)
            try post(shipments.lines.shuffled(using: &random), to: shuffled)
            try expectCounts(shuffled, posted: 1)
            #expect(try hashOfStopped(shuffled) == hash, "seed \(seed)")
            SoakReport.add(
                "Replay of real shipments",
                [
                    ("events", "\(shipments.events)"), ("deliveries", "\(shipments.deliveries)"),
                    ("delivered late", "\(shipments.deliveredLate)"), ("state hash", String(hash.prefix(16))),
                ])
        }

        private func post(_ lines: [String], to server: ServerProcess) throws {
            let client = server.client()
            for start in stride(from: 0, to: lines.count, by: 500) {
                let batch = lines[start..<min(start + 500, lines.count)]
                let body = batch.joined(separator: "\n")
                let response = try client.send(.send("POST", "/v1/events", body.utf8, type: "application/x-ndjson"))
                #expect(response.status == 202, "\(response.summary)")
                #expect(response.json?["accepted"]?.int == batch.count)
                #expect(response.json?["rejected"]?.array?.isEmpty ?? true)
            }
            try server.waitUntilCaughtUp()
        }

        private func expectCounts(_ server: ServerProcess, posted: Int) throws {
            let deliveries = try server.client().pages("/v1/deliveries?limit=200")
            #expect(deliveries.count == shipments.deliveries)
            #expect(Set(deliveries.compactMap { $0["id"]?.string }).count == shipments.deliveries)
            let byStatus = Dictionary(grouping: deliveries) { $0["status"]?.string ?? "?" }.mapValues(\.count)
            #expect(byStatus == shipments.byStatus)
            #expect(deliveries.count(where: isLate) == shipments.deliveredLate)
            #expect(deliveries.reduce(0) { $0 + ($1["sequence"]?.int ?? 0) } == shipments.events)
        }

        private func isLate(_ delivery: JSON) -> Bool {
            guard let at = delivery["delivered_at"]?.string.flatMap(Instant.init),
                let end = delivery["promised"]?["latest"]?.string.flatMap(Instant.init)
            else { return false }
            return at > end
        }

        private func hashOfStopped(_ server: ServerProcess) throws -> String {
            #expect(try server.stop() == .code(0))
            return try server.stateHash()
        }
    }
}

/// The replay file and what the oracle says of it.
struct Shipments {
    let lines: [String]
    let events: Int
    let deliveries: Int
    let deliveredLate: Int
    let byStatus: [String: Int]

    init(_ directory: URL) throws {
        let text = try String(contentsOf: directory.appending(path: "scms-shipments.ndjson"), encoding: .utf8)
        lines = text.split(separator: "\n").map(String.init)
        let oracle = try JSON(parsing: Data(contentsOf: directory.appending(path: "scms-shipments.oracle.json")))
        events = try #require(oracle["events"]?.int)
        deliveries = try #require(oracle["deliveries"]?.int)
        deliveredLate = try #require(oracle["delivered_late"]?.int)
        byStatus = try #require(oracle["status"]?.object).compactMapValues(\.int)
    }
}

/// A time of the wire, for comparing.
struct Instant: Comparable {
    private let seconds: Date
    private let fraction: String

    /// RFC 3339 in UTC.
    init?(_ text: String) {
        guard text.hasSuffix("Z") else { return nil }
        let parts = text.dropLast().split(separator: ".")
        guard let date = try? Date(parts[0] + "Z", strategy: .iso8601) else { return nil }
        seconds = date
        fraction = parts.count > 1 ? String(parts[1]) : ""
    }

    static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.seconds != rhs.seconds ? lhs.seconds < rhs.seconds : lhs.fraction < rhs.fraction
    }
}
