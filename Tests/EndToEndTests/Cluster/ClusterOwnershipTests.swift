import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd.ClusterTests {
    /// Who owns a partition may write to it, and nobody else, however long he was away.
    @Suite("Cluster: ownership") struct OwnershipTests {
        /// Stopped in the middle of its work, replaced under its own name, and let go on: a zombie.
        @Test func aZombieWritesNothing() throws {
            let seed = Scale.seed(4)
            let cluster = try ClusterUnderTest(trackers: 1, apis: 1)
            try cluster.postgres.sql("CREATE ROLE heir SUPERUSER LOGIN")
            let audit = try ClaimAudit(cluster)
            let zombie = cluster.trackers[0]
            let heir = try cluster.another("tracker", instance: "tracker-0", as: "heir")
            let run = try LoadedCluster(cluster, seed: seed)
            defer { run.end() }

            run.load.allow(4000)
            try eventually("the tracker at work") { try audit.moves(by: "waybill") > 3 ? () : nil }
            zombie.current?.send(SIGSTOP)
            defer { zombie.current?.send(SIGCONT) }
            let pause = Deadline(seconds: Scale.isSoak ? 60 : 0)
            try heir.start()
            run.load.allow(4000)
            try eventually("the heir at work") {
                try audit.moves(by: "heir") > 10 && pause.hasPassed ? () : nil
            }
            #expect(try audit.claims(by: "heir") == ClusterUnderTest.partitions)

            let before = try (audit.moves(by: "waybill"), audit.claims(by: "waybill"))
            run.load.allow(4000)
            zombie.current?.send(SIGCONT)
            try eventually("the zombie to notice") { zombie.hasEnded || !zombie.isReady ? () : nil }
            try run.waitUntilExhausted()
            // Unless it has claimed anew, which takes partitions from the heir in order, it has written nothing.
            if try audit.claims(by: "waybill") == before.1 {
                #expect(try audit.moves(by: "waybill") == before.0, "seed \(seed)")
            }
            #expect(try audit.foreignMoves() == 0, "seed \(seed)")
            try zombie.kill9()
            let verdict = try run.verdict(waitingFor: [heir] + cluster.apis)
            #expect(verdict.isClean, "seed \(seed): \(verdict)\n\(cluster.said)")
            #expect(try heir.stop() == .code(0))
            SoakReport.add(
                "Cluster: a zombie",
                [
                    ("stopped for, seconds", Scale.isSoak ? "60 and more" : "until its heir worked"),
                    ("writes under a lost claim", "\(try audit.foreignMoves())"), ("verdict", "\(verdict)"),
                ])
        }

        /// SIGTERM finishes what is in hand; whoever comes under the same name goes on. Then both ways of folding again
        /// agree with what is stored.
        @Test func trackersComeAndGoUnderLoad() throws {
            let seed = Scale.seed(5)
            let cluster = try ClusterUnderTest(trackers: 3, apis: 1)
            let run = try LoadedCluster(cluster, seed: seed)
            defer { run.end() }
            for tracker in cluster.trackers {
                run.load.allow(1500)
                try run.waitForLoad(500)
                #expect(try tracker.stop(within: 15) == .code(0), "\(tracker.outputText)\(tracker.errorText)")
                try tracker.start()
            }
            try run.waitUntilExhausted()
            let verdict = try run.verdict()
            #expect(verdict.isClean, "seed \(seed): \(verdict)\n\(cluster.said)")
            #expect(try cluster.stop() == Array(repeating: .code(0), count: 4))
            for origin in ["history", "log"] {
                let verify = try cluster.command(["rebuild", "--verify", "--from", origin])
                #expect(verify.exit == .code(0) && verify.stdout.contains("all equal"), "\(verify.said)")
            }
        }

        /// A producer that spreads keys in its own way gives one delivery to several trackers at once.
        @Test func aDeliveryOnSeveralPartitions() throws {
            let cluster = try ClusterUnderTest(trackers: 3, apis: 0)
            let topics = KafkaTopics(cluster.broker)
            var random = Seeded(Scale.seed(9))
            let lines = (0..<1200).map { number in
                let id = "S-\(number % 8)"
                let type = random.pick(["in_transit", "arrived_at_hub", "held", "note", "out_for_delivery"])
                let at = Date(timeIntervalSince1970: 1_760_000_000 + Double(random.below(86_400))).ISO8601Format()
                return "default/\(id)\t"
                    + #"{"id":"e-\#(number)","type":"\#(type)","delivery_id":"\#(id)","occurred_at":"\#(at)"}"#
            }
            _ = try Workers.map(ClusterUnderTest.partitions) { partition in
                for start in stride(from: 0, to: 200, by: 20) {
                    let part = (start..<start + 20).map { lines[$0 * ClusterUnderTest.partitions + partition] }
                    try topics.produce(part, to: "delivery-events", partition: partition)
                }
            }
            try cluster.waitUntilSettled()
            let verdict = ClusterVerdict(ledger: nil, try ClusterTruth(of: cluster))
            #expect(verdict.isClean, "\(verdict)\n\(cluster.said)")
            #expect(try cluster.number("SELECT count(*) FROM history") == 1200)
        }
    }
}
