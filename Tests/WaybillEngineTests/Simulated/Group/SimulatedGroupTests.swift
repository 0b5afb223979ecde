import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Thousands of lives of a cluster: trackers that lose partitions, wake up as zombies and crash. A failing seed is
/// printed; `WAYBILL_SEED` runs it alone.
@Suite(.timeLimit(.minutes(10))) struct SimulatedGroupTests {
    struct Tally: Sendable {
        var applied = 0
        var letters = 0
        var lostClaims = 0
        var refusedCommits = 0
        var watchers = 0
        var problems: [[String]] = []
    }

    private func run(
        _ count: Int, _ rates: FaultRates, bug: PlantedBug? = nil, named name: String
    ) async throws -> Tally {
        let first = RunSeed.value(of: name)
        let seeds = (0..<(RunSeed.isGiven ? 1 : UInt64(count))).map { first &+ $0 }
        return try await withThrowingTaskGroup(of: Tally.self) { tasks in
            var tally = Tally()
            var waiting = seeds[...]
            func start() {
                guard let seed = waiting.popFirst() else { return }
                tasks.addTask { try await Self.life(seed, rates, bug) }
            }
            for _ in 0..<4 { start() }
            while let part = try await tasks.next() {
                tally.applied += part.applied
                tally.letters += part.letters
                tally.lostClaims += part.lostClaims
                tally.refusedCommits += part.refusedCommits
                tally.watchers += part.watchers
                tally.problems += part.problems
                start()
            }
            return tally
        }
    }

    private static func life(_ seed: UInt64, _ rates: FaultRates, _ bug: PlantedBug?) async throws -> Tally {
        let group = SimulatedGroup(seed: seed, rates: rates, bug: bug)
        try await group.live(turns: 120)
        let problems = try await group.problems()
        let expectation = Expectation(group.log)
        return Tally(
            applied: expectation.updates.reduce(0) { $0 + $1.count }, letters: expectation.letters.count,
            lostClaims: group.lostClaims, refusedCommits: group.refusedCommits, watchers: group.watchers.count,
            problems: problems.isEmpty ? [] : [problems])
    }

    private func expectClean(_ tally: Tally) {
        let examples = tally.problems.prefix(3).map { $0.prefix(6).joined(separator: "\n") }.joined(separator: "\n\n")
        #expect(tally.problems.isEmpty, "\(tally.problems.count) seeds:\n\(examples)")
    }

    @Test func partitionsMoveAndNothingIsLostOrDoubled() async throws {
        let tally = try await run(600, .rough, named: "simulated group")
        expectClean(tally)
        guard !RunSeed.isGiven else { return }
        #expect(tally.applied > 4000 && tally.letters > 400 && tally.watchers > 200, "\(tally)")
        #expect(tally.lostClaims > 120 && tally.refusedCommits > 40, "\(tally)")
    }

    @Test func alsoWhereOnlyTheGroupIsRestless() async throws {
        expectClean(try await run(200, FaultRates(), named: "restless group"))
    }

    /// The checkers are checked: none of these may pass for right.
    @Test(arguments: PlantedBug.allCases) func aPlantedBugIsCaught(_ bug: PlantedBug) async throws {
        let tally = try await run(60, .rough, bug: bug, named: "planted: \(bug.rawValue)")
        let isNamed = tally.problems.contains { $0.contains { $0.contains(bug.symptom) } }
        #expect(isNamed, "\(bug.rawValue): \(tally.problems.count) of 60 seeds, \(tally.problems.first ?? [])")
    }
}
