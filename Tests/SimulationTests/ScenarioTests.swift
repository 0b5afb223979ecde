import Simulation
import Testing
import WaybillCore

@Suite struct ScenarioTests {
    @Test func sameSeedGivesSameBytes() {
        let first = Lines(of: Scenario(deliveries: 300, seed: 7))
        let second = Lines(of: Scenario(deliveries: 300, seed: 7))
        let other = Lines(of: Scenario(deliveries: 300, seed: 8))
        #expect(first.lines == second.lines)
        #expect(first.hash != other.hash)
    }

    /// Written down, so that a change of the bytes is a decision and not an accident.
    @Test func bytesAreTheOnesWrittenDown() {
        #expect(Lines(of: Scenario(deliveries: 300, seed: 7)).hash == 4_646_751_444_373_590_726)
    }

    @Test(arguments: [false, true])
    func servicesAreAPartitionOfTheWhole(isChaos: Bool) {
        let shares = isChaos ? Shares.chaos : .usual
        let whole = Lines(of: Scenario(deliveries: 400, seed: 3, shares: shares)).lines
        var parts: [String] = []
        for role in Role.allCases {
            let part = Lines(of: Scenario(deliveries: 400, seed: 3, as: role, shares: shares)).lines
            #expect(!part.isEmpty)
            parts += part
        }
        #expect(parts.sorted() == whole.sorted())
    }

    @Test func aLifeDoesNotDependOnTheNumberOfOthers() {
        let alone = Scenario(deliveries: 10, seed: 5)
        let order = alone.start.advanced(bySeconds: 7200)
        let life = Life(number: 4, orderedAt: order, in: alone.world)
        let again = Life(number: 4, orderedAt: order, in: Scenario(deliveries: 9_000, seed: 5).world)
        #expect(life.steps.map(\.memento) == again.steps.map(\.memento))
        #expect(life.steps.map(\.publishedAt) == again.steps.map(\.publishedAt))
    }

    @Test func theStreamIsInTheOrderOfTellingAndInsideThePeriod() {
        let scenario = Scenario(deliveries: 2_000, seed: 11)
        var last = scenario.start
        for publication in scenario {
            #expect(publication.instant >= last)
            last = publication.instant
        }
        #expect(last <= scenario.end)
        #expect(last > scenario.end.advanced(bySeconds: -600))
    }

    @Test func openLivesAreBounded() {
        let scenario = Scenario(deliveries: 200_000, seed: 1)
        #expect(scenario.end.microseconds - scenario.start.microseconds == 20 * 86_400_000_000)
        var stream = scenario.makeIterator()
        var count = 0
        while stream.next() != nil { count += 1 }
        #expect(stream.mostOpen < 90_000)
        #expect(stream.mostOpen < Scenario.openLivesBound)
        #expect(count > 1_000_000)
    }

    @Test func tallyCountsWhatWasSaid() {
        let scenario = Scenario(deliveries: 500, seed: 2, shares: .chaos)
        var tally = Tally()
        var ids = Set<String>()
        var spoiled = 0
        var deliveries = Set<Int>()
        for publication in scenario {
            tally.count(publication)
            deliveries.insert(publication.consignment.number)
            if publication.spoilage == nil { ids.insert(publication.event.id.text) } else { spoiled += 1 }
        }
        #expect(tally.deliveries == deliveries.count)
        #expect(tally.events == ids.count)
        #expect(tally.spoiled.values.reduce(0, +) == spoiled)
        #expect(tally.lines == tally.events + tally.repetitions + spoiled)
        #expect(tally.late > 0 && tally.outOfOrder > 0 && tally.corrections > 0)
    }

    @Test func oneServiceCountsTheDeliveriesItSpeaksOf() {
        for role in Role.allCases {
            var tally = Tally(of: role)
            var deliveries = Set<Int>()
            for publication in Scenario(deliveries: 300, seed: 2, as: role) {
                tally.count(publication)
                deliveries.insert(publication.consignment.number)
            }
            #expect(tally.deliveries == deliveries.count)
        }
    }
}

/// A scenario as the lines that it writes.
struct Lines {
    let lines: [String]

    init(of scenario: Scenario) {
        lines = scenario.map { publication in
            var json = JSONWriter()
            publication.write(to: &json)
            return json.text
        }
    }

    /// FNV-1a over all lines with their ends.
    var hash: UInt64 { StableHash.fnv1a(lines.lazy.flatMap { $0.utf8.lazy.map { $0 } + [10] }) }
}
