import Foundation
import TestSupport

/// A cluster under load, with a subscriber on each API and a ledger outside.
final class LoadedCluster {
    let cluster: ClusterUnderTest
    let ledger: Ledger
    let load: ClusterLoad
    let witnesses: [StreamWitness]
    private let seed: UInt64
    private let loading = Gate()
    private let watching = Gate()
    private let sources: Workers
    private let subscribers: Workers

    init(_ cluster: ClusterUnderTest, seed: UInt64) throws {
        self.cluster = cluster
        self.seed = seed
        ledger = try Ledger(file: cluster.directory.url.appending(path: "ledger"))
        let load = ClusterLoad(cluster, ledger: ledger, gate: loading, seed: seed)
        self.load = load
        let watching = watching
        let witnesses = try cluster.apis.map { api in
            let response = try api.client().get("/v1/deliveries")
            guard let cursor = response["waybill-cursor"] else {
                throw UnexpectedAnswer(path: "/v1/deliveries", response: response)
            }
            return StreamWitness(port: api.port, gate: watching, cursor: cursor)
        }
        self.witnesses = witnesses
        sources = Workers(ClusterLoad.workers) { load.run(worker: $0) }
        subscribers = Workers(witnesses.count) { witnesses[$0].run() }
    }

    /// The mark of an event that a test offers by itself.
    static func extraMark(_ number: Int) -> String { "extra-\(number)" }

    /// Until so many of the events that are allowed were offered.
    func waitForLoad(_ count: Int) throws {
        let target = load.offered + count
        try eventually("\(target) offered events") { load.offered >= target || load.isExhausted ? () : nil }
    }

    func waitUntilExhausted() throws {
        try eventually("the rest of the load") { load.isExhausted ? () : nil }
    }

    /// Ends the load, waits until all is quiet, and judges everything.
    ///
    /// - Parameters:
    ///   - servers: that must be ready; nil for all.
    ///   - extra: events that the test itself has offered beside the load, under `extraMark`.
    func verdict(waitingFor servers: [ServerProcess]? = nil, alsoOffered extra: Int = 0) throws -> ClusterVerdict {
        loading.finish()
        sources.join()
        do {
            for server in servers ?? cluster.all { try server.waitUntilReady() }
            try cluster.waitUntilSettled()
        } catch {
            throw TimedOut(description: "seed \(seed): \(error)\n\(cluster.said)")
        }
        let marks = (0..<extra).map(Self.extraMark)
        ledger.offer(marks.map { ($0, "K-1") })
        ledger.record(.acked, marks)
        let truth = try ClusterTruth(of: cluster)
        var verdict = ClusterVerdict(ledger: ledger, truth, offered: load.events)
        for (number, witness) in witnesses.enumerated() {
            try witness.waitToSee(truth.history.map(\.count), "api-\(number), seed \(seed)")
            verdict.judge(witness, named: "api-\(number)", truth)
        }
        return verdict
    }

    func end() {
        loading.finish()
        watching.finish()
        sources.join()
        subscribers.join()
    }
}
