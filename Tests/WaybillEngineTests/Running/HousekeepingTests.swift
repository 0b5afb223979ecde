import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// What must not pile up, and what must stay.
@Suite(.timeLimit(.minutes(10))) struct HousekeepingTests {
    private let tracked: TrackedStore
    private let world: WorldStore
    private let housekeeping: Housekeeping

    init() {
        world = WorldStore(partitions: 2)
        tracked = TrackedStore(world, partitions: 2)
        housekeeping = Housekeeping(
            log: tracked.log, store: world, answers: world, retention: .init(), time: tracked.time,
            observer: tracked.observer)
    }

    /// One pass, after the log was told how far the tracker has come.
    private func keepHouse() async throws -> StepOutcome {
        _ = try await Acknowledging(log: tracked.log, tracking: tracked.tracking).step()
        return try await housekeeping.step()
    }

    private func trimmed() -> [String: Int] {
        var counts: [String: Int] = [:]
        for case .trimmed(let what, let count) in tracked.observer.observations { counts[what, default: 0] += count }
        return counts
    }

    @Test func nothingIsRemovedBeforeItsTime() async throws {
        try await tracked.take(SampleEvents.life(of: "D-1"))
        tracked.log.put([("default/D-2", [0])])
        try await tracked.settle()
        _ = try await world.claim([1], body: [2], at: tracked.time.now())
        try await world.saveRecipient("r", .default, JSONFragment(trusted: "{}"), at: tracked.time.now())
        let outcome = try await keepHouse()
        guard case .idle = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(trimmed().isEmpty)
    }

    @Test func everythingOldGoesAndIsTold() async throws {
        try await tracked.take(SampleEvents.life(of: "D-1"))
        tracked.log.put([("default/D-2", [0])])
        try await tracked.settle()
        _ = try await world.claim([1], body: [2], at: tracked.time.now())
        try await world.saveRecipient("r", .default, JSONFragment(trusted: "{}"), at: tracked.time.now())
        tracked.time.advance(bySeconds: 401 * 86_400)
        try await tracked.take([SampleEvents.event(.created, "young", of: "D-3")])
        _ = try await keepHouse()
        let counts = trimmed()
        #expect(Set(counts.keys) == ["log records", "histories", "dead letters", "answers", "orphans"])
        #expect(counts["answers"] == 1 && counts["dead letters"] == 1 && counts["orphans"] == 1)
        #expect(try await world.history(SampleEvents.key("D-3")).value?.count == 1)
        #expect(try await world.delivery(SampleEvents.key("D-1")).value?.folded.status == .delivered)
    }

    @Test func recordsThatTheTrackerHasNotSeenStay() async throws {
        try await tracked.log.append(SampleEvents.life(of: "D-1").map(SampleEvents.record))
        tracked.time.advance(bySeconds: 30 * 86_400)
        _ = try await keepHouse()
        #expect(tracked.log.records.count == 6, "the tracker has not begun")
        try await tracked.settle()
        try await tracked.log.append(SampleEvents.life(of: "D-2").map(SampleEvents.record))
        tracked.time.advance(bySeconds: 30 * 86_400)
        _ = try await keepHouse()
        let left = Set(tracked.log.records.map(\.key))
        #expect(left.contains("default/D-2"), "appended, but not tracked")
        try await tracked.settle()
        #expect(try await world.delivery(SampleEvents.key("D-2")).value?.arrival.sequence == 6)
    }

    @Test func aBacklogIsWorkedOffAtOnce() async throws {
        for number in 0..<(Limits.retentionBatch + 10) {
            try await tracked.log.append([
                SampleEvents.record(SampleEvents.event(.note, "n\(number)", of: "D-\(number % 50)"))
            ])
        }
        try await tracked.settle()
        tracked.time.advance(bySeconds: 8 * 86_400)
        #expect(try await keepHouse() == .worked)
        let second = try await keepHouse()
        #expect(second != .worked)
        #expect(trimmed()["log records", default: 0] >= Limits.retentionBatch)
    }

    @Test func aFailureOfTheWorldIsThrown() async throws {
        var rates = FaultRates()
        rates.full = 1
        let faults = FaultPlan(seed: 1, rates: rates, time: tracked.time)
        let failing = Housekeeping(
            log: tracked.log, store: FaultyStore(world, faults), answers: world, retention: .init(),
            time: tracked.time, observer: tracked.observer)
        await #expect(throws: StorageError.self) { try await failing.step() }
        faults.heal()
        _ = try await failing.step()
    }
}
