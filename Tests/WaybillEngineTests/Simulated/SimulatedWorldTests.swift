import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Thousands of lives of the platform under faults. A failing seed is printed; `WAYBILL_SEED` runs it alone.
@Suite(.timeLimit(.minutes(10))) struct SimulatedWorldTests {
    /// Runs of one test, each of a seed of its own, two at a time.
    private func run(_ count: Int, _ rates: FaultRates, named name: String) async throws -> SimulationTally {
        let first = RunSeed.value(of: name)
        let seeds = (0..<(RunSeed.isGiven ? 1 : UInt64(count))).map { first &+ $0 }
        return try await withThrowingTaskGroup(of: (SimulationTally, [String]).self) { group in
            var tally = SimulationTally()
            var failures = 0
            var waiting = seeds[...]
            func start() {
                guard let seed = waiting.popFirst() else { return }
                group.addTask {
                    let run = try await SimulatedRun(seed: seed, rates: rates)
                    let problems = try await run.problems()
                    return (run.tally, problems)
                }
            }
            for _ in 0..<4 { start() }
            while let (part, problems) = try await group.next() {
                tally += part
                if !problems.isEmpty {
                    failures += 1
                    if failures <= 3 { Issue.record("\(problems.prefix(6).joined(separator: "\n"))") }
                }
                start()
            }
            #expect(failures == 0, "\(failures) of \(seeds.count) seeds, beginning with \(first)")
            return tally
        }
    }

    @Test func everythingIsAppliedOnceWhenTheWorldHeals() async throws {
        let tally = try await run(2500, .rough, named: "simulated world")
        guard !RunSeed.isGiven else { return }
        #expect(tally.applied > 20_000 && tally.letters > 2000 && tally.fixes > 1000, "\(tally)")
        #expect(tally.faults > 5000 && tally.watchers > 1000 && tally.dropped > 50, "\(tally)")
        #expect(tally.dropped < tally.watchers / 2 + tally.watchers / 4, "\(tally)")
    }

    @Test func aPerfectWorldDropsNobody() async throws {
        let tally = try await run(150, FaultRates(), named: "perfect world")
        #expect(tally.faults == 0 && tally.dropped == 0)
    }

    /// Logs that hand out records again from an earlier offset: applied once all the same.
    @Test func repeatedRecordsAreDuplicates() async throws {
        var rates = FaultRates.rough
        rates.repeatedRead = 0.3
        _ = try await run(300, rates, named: "repeated records")
    }

    @Test func commitsOfUnknownOutcomeAlone() async throws {
        var rates = FaultRates()
        rates.after = 0.5
        _ = try await run(200, rates, named: "unknown outcomes")
    }

    /// The lives that the demo plays, with their bad days, through a rough world.
    @Test(arguments: 0..<12) func scenariosSurviveARoughWorld(number: UInt64) async throws {
        let seed = RunSeed.value(of: "scenario") &+ number
        let time = VirtualTime()
        let (log, store) = (WorldLog(partitions: 3, time: time), WorldStore(partitions: 3))
        let faults = FaultPlan(seed: seed, rates: .rough, time: time)
        let observer = RecordingObserver()
        let tracking = Tracking(
            log: FaultyLog(log, faults), store: FaultyStore(store, faults), outlet: LiveFeed(observer: observer),
            time: time, observer: observer)
        for publication in Scenario(deliveries: 40, seed: seed, shares: .chaos) {
            var json = JSONWriter()
            publication.write(to: &json)
            log.put([(publication.event.key.text, json.bytes)])
            guard publication.instant.microseconds.isMultiple(of: 7) else { continue }
            _ = try? await tracking.step()
        }
        faults.heal()
        // The last commit before the healing may still be on its way.
        _ = try? await tracking.step()
        while try await tracking.step() == .worked {}
        let expectation = Expectation(log)
        #expect(expectation.accepted.count > 30, "the last orders may not have been told of by the end")
        #expect(try await expectation.differences(from: store) == [], "seed \(seed)")
        #expect(faults.struck > 0)
    }
}
