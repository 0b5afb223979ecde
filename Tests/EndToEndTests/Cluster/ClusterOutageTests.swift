import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd.ClusterTests {
    /// The database or the brokers are away for a while: nothing is lost, and what can go on goes on.
    @Suite("Cluster: outages") struct OutageTests {
        @Test func theDatabaseIsRestartedUnderLoad() throws {
            let seed = Scale.seed(6)
            let restarts = Scale.pick(test: 1, soak: 20)
            let cluster = try ClusterUnderTest(trackers: 2, apis: 2, isDurable: true)
            let run = try LoadedCluster(cluster, seed: seed)
            defer { run.end() }
            var slowest = 0.0
            for restart in 0..<restarts {
                run.load.allow(2000)
                try run.waitForLoad(700)
                try cluster.postgres.stopImmediately()
                try expectAcceptingAndNotReading(cluster.apis[restart % 2], restart)
                try cluster.postgres.start()
                let began = Deadline.now
                do { try cluster.waitUntilReady(within: 10) } catch {
                    Issue.record("seed \(seed): not ready 10 s after the database: \(error)\n\(cluster.said)")
                }
                slowest = max(slowest, Deadline.now - began)
                run.load.allow(500)
                try run.waitUntilExhausted()
            }
            let verdict = try run.verdict(alsoOffered: restarts)
            #expect(verdict.isClean, "seed \(seed): \(verdict)\n\(cluster.said)")
            SoakReport.add(
                "Cluster: immediate restarts of the database",
                [
                    ("restarts", "\(restarts)"),
                    ("slowest return to readiness, seconds", String(format: "%.1f", slowest)),
                    ("verdict", "\(verdict)"),
                ])
        }

        private func expectAcceptingAndNotReading(_ api: ServerProcess, _ number: Int) throws {
            let event: JSON = [
                "id": .string("while-away-\(number)"), "type": "note", "delivery_id": "K-1",
                "occurred_at": .string(Date().ISO8601Format()), "detail": .string(LoadedCluster.extraMark(number)),
            ]
            let accepted = try api.client(seconds: 10).post("/v1/events", event)
            #expect(accepted.status == 202, "without its database the API accepts: \(accepted.summary)")
            let asked = Deadline.now
            let read = try api.client(seconds: 10).get("/v1/deliveries")
            #expect(read.status == 503 && read.problemCode == "dependency_unavailable", "\(read.summary)")
            #expect(Deadline.now - asked < 5, "a read without its database took \(Deadline.now - asked) s")
        }

        @Test func theBrokerIsAwayForAWhile() throws {
            let seed = Scale.seed(7)
            let cluster = try ClusterUnderTest(trackers: 2, apis: 1)
            let run = try LoadedCluster(cluster, seed: seed)
            defer { run.end() }
            run.load.allow(2000)
            try run.waitUntilExhausted()
            try cluster.waitUntilSettled()
            cluster.waitUntilBrokerHasSaved()
            cluster.broker.stop()

            let api = cluster.apis[0]
            let event: JSON = [
                "id": "refused", "type": "note", "delivery_id": "K-1", "occurred_at": "2026-01-01T00:00:00Z",
                "detail": .string(LoadedCluster.extraMark(0)),
            ]
            let asked = Deadline.now
            let refused = try api.client(seconds: 15).post("/v1/events", event)
            #expect(refused.status == 503 && refused["retry-after"] != nil, "\(refused.summary)")
            #expect(Deadline.now - asked < 6, "the answer took \(Deadline.now - asked) s")
            #expect(try api.client().get("/v1/deliveries").status == 200, "reads go on")

            try cluster.broker.start()
            try eventually("acceptance to return") {
                run.load.allow(1000)
                return try api.client(seconds: 15).post("/v1/events", event).status == 202 ? () : nil
            }
            try run.waitUntilExhausted()
            let verdict = try run.verdict(alsoOffered: 1)
            #expect(verdict.isClean, "seed \(seed): \(verdict)\n\(cluster.said)")
        }
    }
}
