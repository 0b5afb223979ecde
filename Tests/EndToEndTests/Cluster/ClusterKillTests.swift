import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd.ClusterTests {
    /// `kill -9` of random roles under load: what was accepted has one effect, whoever died.
    @Suite("Cluster: killed, nothing lost, nothing twice") struct KillTests {
        /// Rounds of a broker each: more than 200,000 records are more than it can hold.
        @Test func everyAcceptedEventHasOneEffect() throws {
            let seed = Scale.seed(20_261_123)
            let rounds = Scale.pick(test: 1, soak: 4)
            let kills = Scale.pick(test: 15, soak: 50)
            let events = Scale.pick(test: 24_000, soak: 125_000)
            for round in 0..<rounds {
                try Round(seed: seed &+ UInt64(round), kills: kills, events: events).run()
            }
        }
    }

    /// One cluster, one load, many kills, one judgement.
    struct Round {
        let seed: UInt64
        let kills: Int
        let events: Int

        func run() throws {
            print("cluster kills: WAYBILL_SEED=\(seed)")
            let cluster = try ClusterUnderTest(trackers: 3, apis: 2)
            let run = try LoadedCluster(cluster, seed: seed)
            defer { run.end() }
            var random = Seeded(seed)
            var killed: [String: Int] = [:]
            for _ in 0..<kills {
                let victim = random.pick(cluster.all)
                run.load.allow(events / kills)
                try run.waitForLoad(random.below(events / kills))
                _ = poll(nil, 0, Int32(random.below(25)))
                try victim.kill9()
                if random.chance(20) {
                    try victim.launch()
                    _ = poll(nil, 0, Int32(random.below(300)))
                    try victim.kill9()
                }
                try victim.launch()
                killed[victim.directory.lastPathComponent, default: 0] += 1
            }
            try run.waitUntilExhausted()
            let verdict = try run.verdict()
            #expect(verdict.isClean, "seed \(seed): \(verdict)\n\(verdict.isClean ? "" : cluster.said)")
            #expect(run.load.strangeAnswers.isEmpty, "seed \(seed): \(run.load.strangeAnswers.prefix(3))")
            SoakReport.add(
                "Cluster: roles killed",
                [
                    (
                        "seed \(seed): kills",
                        "\(kills), \(killed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })"
                    ),
                    ("seed \(seed): offered", "\(run.load.offered)"),
                    ("seed \(seed): acknowledged", "\(run.ledger.ackedCount)"),
                    ("seed \(seed): verdict", "\(verdict)"),
                ])
        }
    }
}
