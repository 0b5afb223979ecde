import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// `kill -9` at random moments under load: what was accepted is there, once, and nothing else is.
    @Suite("Killed, nothing lost") struct KillTests {
        let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        @Test func everyAcceptedEventIsThereOnce() throws {
            let seed = Scale.seed(20_261_123)
            let kills = Scale.pick(test: 10, soak: 50)
            let server = try ServerProcess.started(in: directory)
            let ledger = try Ledger(file: directory.url.appending(path: "ledger"))
            let gate = Gate()
            let load = KillLoad(ledger: ledger, gate: gate, port: server.port, seed: seed)
            let cursor = try #require(try server.client().get("/v1/deliveries")["waybill-cursor"])
            // The witness outlives the load: it must also see what is applied last.
            let watching = Gate()
            let witness = StreamWitness(port: server.port, gate: watching, cursor: cursor)
            let clients = Workers(8) { load.run(worker: $0) }
            let subscriber = Workers(1) { _ in witness.run() }
            defer {
                gate.finish()
                watching.finish()
                clients.join()
                subscriber.join()
            }

            var random = Seeded(seed)
            for _ in 0..<kills { try killOnce(server, ledger, [gate, watching], &random) }
            gate.finish()
            clients.join()
            try server.waitUntilCaughtUp()

            let timelines = try Timelines(of: server.client())
            var verdict = Verdict(ledger: ledger, found: timelines.marks)
            verdict.gaps = timelines.gaps
            #expect(verdict.isClean, "seed \(seed): \(verdict)")
            #expect(load.strangeAnswers.isEmpty, "seed \(seed): \(load.strangeAnswers.prefix(3))")
            try expectWitness(witness, saw: timelines.events, seed: seed)
            #expect(try server.stop() == .code(0))
            let verify = try server.command(["rebuild", "--verify"])
            #expect(verify.exit == .code(0), "seed \(seed): \(verify.said)")
            SoakReport.add(
                "Killed, nothing lost",
                [
                    ("kills", "\(kills)"), ("seed", "\(seed)"), ("offered", "\(ledger.offers.count)"),
                    ("acknowledged", "\(ledger.ackedCount)"), ("verdict", "\(verdict)"),
                    ("stream: updates", "\(witness.current.updates)"),
                    ("stream: resumed", "\(witness.current.resumes)"),
                ])
        }

        /// Waits for some answers, then for a random instant, and kills; sometimes once more while it starts.
        private func killOnce(
            _ server: ServerProcess, _ ledger: Ledger, _ gates: [Gate], _ random: inout Seeded
        ) throws {
            let target = ledger.ackedCount + 20 + random.below(400)
            try eventually("\(target) accepted events") { ledger.ackedCount >= target ? () : nil }
            _ = poll(nil, 0, Int32(random.below(25)))
            try server.kill9()
            gates.forEach { $0.shut() }
            if random.chance(20) {
                try server.launch()
                _ = poll(nil, 0, Int32(random.below(60)))
                try server.kill9()
            }
            try server.start()
            gates.forEach { $0.open() }
        }

        private func expectWitness(_ witness: StreamWitness, saw events: Int, seed: UInt64) throws {
            // After a reset the subscriber may have missed updates: it was told so.
            if witness.current.resets == 0 {
                try eventually("the subscriber to see \(events) updates, seed \(seed), it saw \(witness.current)") {
                    witness.current.updates >= events || !witness.current.problems.isEmpty ? () : nil
                }
                #expect(witness.current.updates == events, "seed \(seed)")
            }
            #expect(witness.current.problems.isEmpty, "seed \(seed): \(witness.current.problems.prefix(3))")
        }
    }
}

/// Every delivery's timeline, as the server serves it.
struct Timelines {
    /// How often each mark was found.
    private(set) var marks: [String: Int] = [:]
    /// Deliveries whose sequences are not 1, 2, 3, ... up to the delivery's own.
    private(set) var gaps: [String] = []
    private(set) var events = 0

    init(of client: Client) throws {
        for delivery in try client.pages("/v1/deliveries?limit=200") {
            let id = delivery["id"]?.string ?? ""
            let rows = try client.pages("/v1/deliveries/\(id.percentEncoded)/events?limit=200")
            events += rows.count
            for row in rows { marks[(row["event"] ?? row)["detail"]?.string ?? "?", default: 0] += 1 }
            let sequences = rows.compactMap { $0["sequence"]?.int }.sorted()
            if sequences != Array(1...max(rows.count, 1)) || delivery["sequence"]?.int != rows.count { gaps.append(id) }
        }
    }
}
