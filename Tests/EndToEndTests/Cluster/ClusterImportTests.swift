import Foundation
import Simulation
import TestSupport
import Testing
import WaybillCore

extension EndToEnd.ClusterTests {
    /// `export | import` moves an embedded installation into a cluster.
    @Suite("Cluster: an embedded installation moves in") struct ImportTests {
        @Test func theStatesAreTheSame() throws {
            let embedded = try TemporaryDirectory()
            let server = try ServerProcess.started(in: embedded)
            let scenario = Scenario(deliveries: Scale.pick(test: 200, soak: 3000), seed: Scale.seed(8))
            let lines = scenario.map { String(decoding: EventEncoder.bytes(of: $0.event), as: UTF8.self) }
            for start in stride(from: 0, to: lines.count, by: 1000) {
                let body = lines[start..<min(start + 1000, lines.count)].joined(separator: "\n")
                let answer = try server.client().send(
                    .send("POST", "/v1/events", body.utf8, type: "application/x-ndjson"))
                #expect(answer.status == 202, "\(answer.summary)")
            }
            try server.waitUntilCaughtUp()
            #expect(try server.stop() == .code(0))
            let file = embedded.url.appending(path: "export.ndjson").path
            let export = try server.command(["export", "--output", file])
            #expect(export.exit == .code(0), "\(export.said)")

            let cluster = try ClusterUnderTest(trackers: 2, apis: 0)
            let run = try cluster.command(["import", "--input", file])
            #expect(run.exit == .code(0), "\(run.said)")
            try cluster.waitUntilSettled()
            #expect(try cluster.stateHash() == server.stateHash())
            #expect(try cluster.number("SELECT count(*) FROM delivery") > 150)
        }
    }
}
