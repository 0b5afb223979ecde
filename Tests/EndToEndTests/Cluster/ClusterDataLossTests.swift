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
            cluster.waitUntilBrokerHasSaved()
            try post(500..<1500, to: api)
            try cluster.waitUntilSettled()
            let applied = try cluster.number("SELECT count(*) FROM history")
            #expect(applied == 1500)
            // The latest second is not written down yet.
            cluster.broker.kill()
            try cluster.broker.start()

            let ready = cluster.trackers
            try eventually("a tracker that says it is not ready, \(try cluster.progress())") {
                ready.contains { !$0.isReady } ? () : nil
            }
            let reasons = try cluster.trackers.map { try Client(port: $0.adminPort).get("/ready").text }.joined()
            #expect(reasons.contains("not the log that was known") || reasons.contains("lost"), "\(reasons)")
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
            try post(1000..<1700, to: api)
            try cluster.waitUntilSettled()
            #expect(try cluster.number("SELECT count(*) FROM history") == 1700)
            let verify = try cluster.command(["rebuild", "--verify"])
            #expect(verify.exit == .code(0), "\(verify.said)")
        }

        private func post(_ numbers: Range<Int>, to api: ServerProcess) throws {
            let lines = numbers.map { number in
                #"{"id":"e-\#(number)","type":"note","delivery_id":"L-\#(number % 60)","#
                    + #""occurred_at":"2026-01-01T00:00:00Z"}"#
            }
            let body = lines.joined(separator: "\n")
            let response = try api.client().send(
                .send("POST", "/v1/events", body.utf8, type: "application/x-ndjson"))
            guard response.status == 202 else { throw UnexpectedAnswer(path: "/v1/events", response: response) }
        }
    }
}
