import TestSupport
import Testing
import WaybillCore

/// "Any order, any duplication, same state", against the fold that was written a second time (`ReferenceFold`).
@Suite struct AnyOrderTests {
    @Test(arguments: NastySets.all.indices)
    func everyPermutationOfANastySet(index: Int) throws {
        let (name, events) = NastySets.all[index]
        var check = AnyOrderCheck(events) { RestartingDelivery() }
        let problems = try check.everyPermutation()
        #expect(problems.isEmpty, "\(name): \(problems.joined(separator: "\n"))")
    }

    @Test func everyPermutationOfRandomSmallSets() async throws {
        let seed = Chance.seed(for: "every permutation")
        try await expectNone(count: 250) { number in
            var sets = EventSets(chance: Chance(seed: seed, number: number))
            var check = AnyOrderCheck(sets.set(of: 2 + number % 5)) { RestartingDelivery() }
            return try check.everyPermutation()
        }
    }

    @Test func randomOrdersOfNastySets() async throws {
        let seed = Chance.seed(for: "random orders of nasty sets")
        try await expectNone(count: NastySets.all.count * 20) { number in
            var chance = Chance(seed: seed, number: number)
            var check = AnyOrderCheck(NastySets.all[number % NastySets.all.count].events) { RestartingDelivery() }
            return try check.randomOrder(&chance)
        }
    }

    @Test func randomOrdersOfTenThousandSets() async throws {
        let seed = Chance.seed(for: "random orders of 10,000 sets")
        try await expectNone(count: 10_000) { number in
            var sets = EventSets(chance: Chance(seed: seed, number: number))
            let events = sets.set(of: sets.chance.number(in: 1...40))
            let isPlain = events.allSatisfy(\.canTravel)
            var check = AnyOrderCheck(events) { RestartingDelivery(storesEventsAsJSON: isPlain && number % 4 == 0) }
            var problems: [String] = []
            for _ in 0..<3 where problems.isEmpty { problems = try check.randomOrder(&sets.chance) }
            return problems
        }
    }

    /// Runs the check for every number on as many tasks as there are cores, and fails with the first few problems.
    private func expectNone(
        count: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ check: @escaping @Sendable (Int) throws -> [String]
    ) async throws {
        let lanes = 2
        let problems = try await withThrowingTaskGroup(of: [String].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var found: [String] = []
                    for number in stride(from: lane, to: count, by: lanes) where found.count < 6 {
                        found += try check(number).map { "set \(number): \($0)" }
                    }
                    return found
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(problems.isEmpty, "\n\(problems.joined(separator: "\n"))", sourceLocation: sourceLocation)
    }
}

extension Event {
    /// Whether every id it holds is valid on the wire; the sets also hold ids that are not.
    fileprivate var canTravel: Bool {
        [id, correction?.corrects, after].allSatisfy { $0?.text.isVisibleASCII ?? true }
    }
}
