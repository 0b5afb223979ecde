import Foundation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Precision, recall and lead of each rule over a seeded fleet whose truth is known.
@Suite(.timeLimit(.minutes(20))) struct FleetTests {
    private struct Tally {
        var right = 0
        var wrong = 0
        var missed = 0
        var leads: [Double] = []

        var precision: Double { right + wrong == 0 ? 1 : Double(right) / Double(right + wrong) }
        var recall: Double { right + missed == 0 ? 1 : Double(right) / Double(right + missed) }
        var medianLead: Double? { leads.isEmpty ? nil : leads.sorted()[leads.count / 2] }
    }

    /// 5,000 of them; 100,000 with `WAYBILL_SOAK=1`.
    @Test func rulesAreRightAndEarly() throws {
        let isSoak = ProcessInfo.processInfo.environment["WAYBILL_SOAK"] == "1"
        let count = isSoak ? 100_000 : 5_000
        let seed = Chance.seed(for: "fleet")
        let fleet = (0..<count).map { Fleet.delivery($0, seed: seed) }
        let model = Self.learn(fleet.prefix(count / 3))
        let replay = RuleReplay(RuleBook(), model: model)
        var tallies: [CaseKind: Tally] = [:]
        var leads: [Double] = []
        for delivery in fleet.dropFirst(count / 3) {
            let end = (delivery.history.last?.receivedAt ?? Fleet.start).advanced(bySeconds: 60)
            let found = replay.run(delivery.key, delivery.history, until: end)
            Self.judge(delivery, found, &tallies)
            guard let admitted = delivery.admittedAt, let first = found.map(\.openedAt).min() else { continue }
            leads.append(Double(admitted.seconds - first.seconds) / 3600)
        }
        Self.print(tallies, leads, count)
        for (kind, tally) in tallies {
            #expect(tally.precision >= 0.9, "\(kind)")
            #expect(tally.recall >= 0.9 || kind == .etaRisk, "\(kind)")
        }
        #expect(Set(tallies.keys) == Set(CaseKind.allCases))
        leads.sort()
        #expect(leads[leads.count / 2] > 6, "hours before the carrier says so")
    }

    @Test func predictionsAreCalibrated() throws {
        let seed = Chance.seed(for: "fleet calibration")
        let deliveries = (0..<12_000).map { Fold.state(of: Fleet.delivery($0, seed: seed).history.map(\.event)) }
            .filter { $0.status == .delivered }
        let calibration = Calibration(deliveries)
        Swift.print("simulated fleet: \(calibration)")
        #expect(calibration.predicted > 3000)
        #expect(calibration.coverage > 0.75 && calibration.coverage < 0.85)
        #expect(calibration.error < calibration.errorOfPromise && calibration.error < calibration.errorOfMedian)
    }

    private static func learn(_ fleet: some Sequence<Fleet.Delivery>) -> ArrivalModel {
        var counts: [String: Int64] = [:]
        for delivery in fleet {
            let state = Fold.state(of: delivery.history.map(\.event))
            for (name, amount) in ArrivalModel.contribution(of: state) { counts[name, default: 0] += amount }
        }
        return ArrivalModel(counters: counts.map { (name: $0.key, count: $0.value) })
    }

    /// One verdict a delivery and kind: whether it was opened, and whether it should have been. `eta_risk` is right
    /// where the delivery was late.
    private static func judge(
        _ delivery: Fleet.Delivery, _ found: [RuleReplay.Found], _ tallies: inout [CaseKind: Tally]
    ) {
        let opened = Set(found.map(\.kind))
        for kind in CaseKind.allCases {
            let isTrue = kind == .etaRisk ? delivery.truth.contains(.late) : delivery.truth.contains(kind)
            var tally = tallies[kind] ?? Tally()
            if opened.contains(kind) {
                if isTrue { tally.right += 1 } else if !delivery.either.contains(kind) { tally.wrong += 1 }
                if let admitted = delivery.admittedAt, let first = found.first(where: { $0.kind == kind }) {
                    tally.leads.append(Double(admitted.seconds - first.openedAt.seconds) / 3600)
                }
            } else if isTrue, kind != .etaRisk {
                tally.missed += 1
            }
            tallies[kind] = tally
        }
    }

    private static func print(_ tallies: [CaseKind: Tally], _ leads: [Double], _ count: Int) {
        func round(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
        Swift.print("fleet of \(count): kind, precision, recall, median lead over the carrier in hours")
        for kind in CaseKind.allCases {
            guard let tally = tallies[kind] else { continue }
            let lead = tally.medianLead.map { "\(round($0))" } ?? "-"
            Swift.print("  \(kind.rawValue): \(round(tally.precision)) \(round(tally.recall)) \(lead)")
        }
        Swift.print("  any: median lead \(round(leads.sorted()[leads.count / 2]))")
    }
}
