import Foundation
import Simulation
import TestSupport
import Testing
import WaybillCore

extension EndToEnd {
    /// The cluster profile from outside: processes of their own over a broker and a database of their own.
    @Suite("Cluster", .serialized, .enabled(if: ClusterUnderTest.canRun, "\(ClusterUnderTest.reason)"))
    enum ClusterTests {}
}

extension EndToEnd.ClusterTests {
    /// Every API shows the same, whoever took the events, and it is what the reference fold makes of the log.
    @Suite("Every API shows the same") struct AgreementTests {
        @Test func andItIsTheReferenceFold() throws {
            let seed = Scale.seed(3)
            let cluster = try ClusterUnderTest(trackers: 3, apis: 2)
            let watching = Gate()
            let witnesses = try cluster.apis.map { api in
                let cursor = try #require(try api.client().get("/v1/deliveries")["waybill-cursor"])
                return StreamWitness(port: api.port, gate: watching, cursor: cursor)
            }
            let subscribers = Workers(witnesses.count) { witnesses[$0].run() }
            defer {
                watching.finish()
                subscribers.join()
            }

            try offer(Scenario(deliveries: Scale.pick(test: 300, soak: 3000), seed: seed, shares: .chaos), to: cluster)
            try cluster.waitUntilSettled()
            let truth = try ClusterTruth(of: cluster)
            var verdict = ClusterVerdict(ledger: nil, truth)
            for (number, witness) in witnesses.enumerated() {
                try witness.waitToSee(truth.history.map(\.count), "api-\(number), seed \(seed)")
                verdict.judge(witness, named: "api-\(number)", truth)
            }
            #expect(verdict.isClean, "seed \(seed): \(verdict)")
            #expect(truth.states.count > 200 && truth.letters.count > 5, "\(truth.states.count) \(truth.letters.count)")
            try expectSameAnswers(cluster, truth)
            #expect(try cluster.stop() == Array(repeating: .code(0), count: 5), "\(cluster.said)")
        }

        /// A third to each API, a third straight to the brokers.
        private func offer(_ scenario: Scenario, to cluster: ClusterUnderTest) throws {
            var shares: [[(key: String, line: String)]] = [[], [], []]
            for (number, publication) in scenario.enumerated() {
                var json = JSONWriter()
                publication.write(to: &json)
                let line = String(decoding: json.bytes, as: UTF8.self)
                shares[number % 3].append((publication.event.key.text, line))
            }
            let topics = KafkaTopics(cluster.broker)
            _ = try Workers.map(3) { [shares] worker in
                for start in stride(from: 0, to: shares[worker].count, by: 100) {
                    let part = shares[worker][start..<min(start + 100, shares[worker].count)]
                    if worker == 2 {
                        try topics.produce(part.map { "\($0.key)\t\($0.line)" }, to: "delivery-events")
                        continue
                    }
                    let body = part.map(\.line).joined(separator: "\n")
                    let request = Request.send("POST", "/v1/events", body.utf8, type: "application/x-ndjson")
                    let response = try cluster.apis[worker].client().send(request)
                    guard response.status == 202 else { throw UnexpectedAnswer(path: "events", response: response) }
                }
            }
        }

        private func expectSameAnswers(_ cluster: ClusterUnderTest, _ truth: ClusterTruth) throws {
            let clients = cluster.apis.map { $0.client() }
            let lists = try clients.map { try $0.pages("/v1/deliveries?limit=200") }
            #expect(lists[0] == lists[1] && lists[0].count == truth.states.count)
            let stats = try clients.map { client in
                let json = try client.get("/v1/stats").json
                return [json?["deliveries"], json?["on_time"]]
            }
            #expect(stats[0] == stats[1] && stats[0][0]?["by_status"] != nil, "\(stats)")
            let expected = truth.expected
            for delivery in lists[0] {
                let id = delivery["id"]?.string ?? ""
                let single = try clients.map { try $0.get("/v1/deliveries/\(id.percentEncoded)").json }
                #expect(single[0] == single[1] && single[0]?["status"] == delivery["status"], "\(id)")
                let reference = ReferenceFold.state(of: expected.events["default/" + id] ?? [])
                let status = reference.isExpired ? Status.expired : reference.status
                #expect(delivery["status"]?.string == status.rawValue, "\(id)")
                #expect(delivery["attempts"]?.int == reference.attempts, "\(id)")
                #expect(delivery["delivered_at"]?.string == reference.deliveredAt?.rfc3339, "\(id)")
            }
        }
    }
}

extension StreamWitness {
    /// Waits until it has seen so many updates of each partition, or something wrong.
    func waitToSee(_ counts: [Int], _ name: String) throws {
        try eventually("\(name): a subscriber to see \(counts), it saw \(current)", within: 60) {
            let seen = current
            let hasAll = counts.enumerated().allSatisfy { seen.positions[$0.offset, default: 0] >= $0.element }
            return hasAll || seen.resets > 0 || !seen.problems.isEmpty ? () : nil
        }
    }
}
