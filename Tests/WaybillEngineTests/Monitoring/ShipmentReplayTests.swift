import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// `late` over real shipments, against the counts of another program.
@Suite(.timeLimit(.minutes(20))) struct ShipmentReplayTests {
    @Test func lateForExactlyThoseDeliveredOrKnownLate() async throws {
        let replay = try ShipmentReplay()
        let expected = try replay.counts()
        let world = MonitoredWorld(at: replay.lines[0].clock)
        for line in replay.lines {
            world.time.set(line.clock)
            try await world.tick()
            try await world.take([line.event])
        }
        let late = try await world.cases { $0.kinds = [.late] }
        #expect(late.count == expected.foundLate && expected.deliveredLateAndNotFound == 0)
        #expect(late.allSatisfy { $0.record.state == .cleared }, "each was cleared by its delivery")
        #expect(Set(late.map(\.record.key)).count == late.count, "once each")
        let counters = try await world.store.counters(
            .default, from: ReportCell.start(of: 0), to: ReportCell.start(of: 100_000), limit: 100_000)
        var byCarrier: [String: Int] = [:]
        for (name, count) in counters {
            guard let (cell, measure) = ReportCell.parse(name), measure == .late else { continue }
            byCarrier[cell.carrier, default: 0] += Int(count)
        }
        #expect(byCarrier == expected.lateByCarrier)
        #expect(byCarrier.values.reduce(0, +) == expected.deliveredLate)
        let deliveries = try await world.store.stored(after: 0, limit: 100_000)
        let told = deliveries.reduce(0) { $0 + Int($1.0.state.arrival.sequence) }
        let expired = deliveries.reduce(0) { $0 + $1.1.count { $0.event.type == .expired } }
        #expect(told == replay.lines.count + expired, "cases raise no sequence")
        print("replay: \(replay.lines.count) events, \(late.count) late cases, \(byCarrier) delivered late")
    }

    /// Learned from the first two thirds in time order, judged on the last.
    @Test func predictionsAreCalibrated() throws {
        let replay = try ShipmentReplay()
        let deliveries = Calibration.deliveries(replay.lines.map(\.event))
        let calibration = Calibration(deliveries)
        print("real shipments: \(calibration)")
        guard deliveries.count > 1000 else { return }
        #expect(calibration.coverage > 0.75 && calibration.coverage < 0.85)
        #expect(calibration.error < calibration.errorOfPromise && calibration.error < calibration.errorOfMedian)
    }
}
