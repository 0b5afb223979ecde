import TestSupport
import Testing
import WaybillCore

/// The any-order check finds every planted flaw, and nothing in the engine without one.
@Suite struct PlantedFlawTests {
    @Test(arguments: Flaw.allCases)
    func theCheckFindsTheFlaw(flaw: Flaw) throws {
        let found = try problems(of: flaw)
        if flaw == .none {
            #expect(found.isEmpty, "\(found)")
        } else {
            #expect(!found.isEmpty, "\(flaw) was not caught")
        }
    }

    /// The first problem, by the same means as `AnyOrderTests`: nasty sets in every order, then random ones.
    private func problems(of flaw: Flaw) throws -> [String] {
        for (name, events) in NastySets.all where events.count <= 5 {
            var check = AnyOrderCheck(events) { FlawedEngine(flaw) }
            let problems = try check.everyPermutation()
            if !problems.isEmpty { return [name] + problems }
        }
        for number in 0..<300 {
            var sets = EventSets(chance: Chance(seed: 7, number: number))
            var check = AnyOrderCheck(sets.set(of: 1 + number % 20)) { FlawedEngine(flaw) }
            let problems = try check.randomOrder(&sets.chance)
            if !problems.isEmpty { return problems }
        }
        return []
    }

    /// The four that the project demands, each by a set that is about nothing else.
    @Test(arguments: [
        (Flaw.frontierLoweredByCorrection, ["a correction far in the future keeps the frontier up"]),
        (.pendingCorrectionIgnored, ["a correction older than everything"]),
        (.lastArrivalWins, ["the same instant, by rank"]),
        (.idsComparedAsStrings, ["ids that Swift holds equal", "ids in byte order, not in Swift's order"]),
    ])
    func demandedFlawsAreFoundByTheirOwnSets(flaw: Flaw, sets: [String]) throws {
        for name in sets {
            let events = try #require(NastySets.all.first { $0.name == name }).events
            var flawed = AnyOrderCheck(events) { FlawedEngine(flaw) }
            #expect(try !flawed.everyPermutation().isEmpty, "\(name)")
            var sound = AnyOrderCheck(events) { FlawedEngine(.none) }
            #expect(try sound.everyPermutation().isEmpty, "\(name)")
        }
    }
}
