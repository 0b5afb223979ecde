import Foundation
import TestSupport
import Testing

extension EndToEnd.ClusterTests {
    /// Brokers that lost what they had acknowledged: noticed, said, and gone on from when a person says so.
    @Suite("Cluster: a log that is not the one that was known") struct DataLossTests {
        @Test func lostRecordsAreNoticed() throws {
            let cluster = try ClusterUnderTest(trackers: 2, apis: 1)
            let api = cluster.apis[0]
            try post(0..<500, to: api)
            try cluster.waitUntilSettled()
            let applied = try loseSomething(cluster, after: 500)

            let reason = try eventually(
                "a tracker that says it is not ready, \(try cluster.progress()), \(cluster.said)"
            ) {
                try cluster.trackers.map { try Client(port: $0.adminPort).get("/ready").text }
                    .first { $0.contains("--accept-new-log") }
            }
            #expect(reason.contains("not the log that was known"), "\(reason)")
            let doctor = try cluster.command(["doctor"])
            #expect(doctor.exit == .code(1) && doctor.stdout.contains("--accept-new-log"), "\(doctor.said)")
            #expect(try cluster.number("SELECT count(*) FROM history") == applied, "what is known stays")

            for tracker in cluster.trackers { #expect(try tracker.stop() == .code(0)) }
            let accept = try cluster.command(["topics", "--accept-new-log"])
            #expect(accept.exit == .code(0), "\(accept.said)")
            for tracker in cluster.trackers { try tracker.launch() }
            try cluster.waitUntilReady()
            #expect(try cluster.command(["doctor"]).exit == .code(0))
            // Said again, and something new: what is known is recognised.
            try post(400..<applied + 200, to: api)
            try cluster.waitUntilSettled()
            #expect(try cluster.number("SELECT count(*) FROM history") == applied + 200)
            let verify = try cluster.command(["rebuild", "--verify"])
            #expect(verify.exit == .code(0), "\(verify.said)")
        }

        /// Kills the broker right after it has acknowledged, until it comes back with less than was consumed.
        ///
        /// - Returns: how many events are applied by then.
        private func loseSomething(_ cluster: ClusterUnderTest, after first: Int) throws -> Int {
            var applied = first
            for _ in 0..<10 {
                cluster.waitUntilBrokerHasSaved()
                try post(applied..<applied + 400, to: cluster.apis[0])
                applied += 400
                try eventually("\(applied) applied events") {
                    try cluster.number("SELECT count(*) FROM history") == applied ? () : nil
                }
                cluster.broker.kill()
                try cluster.broker.start()
                if try cluster.isAheadOfItsLog() { return applied }
            }
            throw TimedOut(description: "a broker that loses what it has acknowledged")
        }

        private func post(_ numbers: Range<Int>, to api: ServerProcess) throws {
            let lines = numbers.map { number in
                #"{"id":"e-\#(number)","type":"note","delivery_id":"L-\#(number % 60)","#
                    + #""occurred_at":"2026-01-01T00:00:00Z"}"#
            }
            let body = lines.joined(separator: "\n")
            let request = Request.send("POST", "/v1/events", body.utf8, type: "application/x-ndjson")
            // Right after its brokers came back the API may have to begin a producer anew.
            try eventually("\(numbers) to be accepted") {
                try api.client().send(request).status == 202 ? () : nil
            }
        }
    }
}
