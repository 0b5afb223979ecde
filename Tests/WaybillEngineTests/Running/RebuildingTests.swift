import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// `waybill rebuild --verify`: it finds what was planted, names it, and changes nothing.
@Suite(.timeLimit(.minutes(10))) struct RebuildingTests {
    private func furnished(seed: UInt64 = 2) async throws -> TrackedStore {
        let tracked = TrackedStore(WorldStore(partitions: 3), partitions: 3)
        try await tracked.take(SampleEvents.scenario(deliveries: 30, seed: seed), batch: 50)
        return tracked
    }

    @Test func whatWasTrackedIsWhatIsRebuilt() async throws {
        for seed in 0..<10 as Range<UInt64> {
            let tracked = try await furnished(seed: seed)
            let report = try await Rebuilding(store: tracked.store).verify()
            #expect(report.differences == [], "seed \(seed)")
            #expect(report.deliveries == 30 && report.events > 200 && report.stateHash.count == 64)
        }
    }

    @Test(arguments: ["state", "sequence", "updated_at", "milestones"])
    func eachPlantedDifferenceIsNamed(part: String) async throws {
        let tracked = try await furnished()
        var delivery = try #require(try await tracked.store.stored(after: 4, limit: 1).first).0
        switch part {
        case "state": delivery.state.folded.carrier = "somebody else"
        case "sequence": delivery.state.arrival.sequence += 1
        case "updated_at": delivery.state.arrival.updatedAt = Timestamp(seconds: 0)
        default: delivery.state.arrival.announced.removeAll()
        }
        try await tracked.store.replace([delivery])
        let report = try await Rebuilding(store: tracked.store).verify()
        #expect(report.differences == ["\(delivery.state.key): \(part)"])
    }

    @Test func countersAreComparedToo() async throws {
        let tracked = try await furnished()
        var counters = try await tracked.store.allCounters()
        let key = CounterKey(merchant: .default, name: Counters.status(.delivered))
        counters[key, default: 0] += 2
        try await tracked.store.replaceCounters(counters)
        let report = try await Rebuilding(store: tracked.store).verify()
        #expect(report.differences.count == 1 && report.differences[0].hasPrefix("counter default status:delivered"))
    }

    @Test func twoStoresAreCompared() async throws {
        let (one, other) = (try await furnished(), try await furnished())
        #expect(try await Rebuilding.differences(between: one.store, and: other.store) == [])
        try await other.take([SampleEvents.event(.created, "x", of: "only-here")])
        var delivery = try #require(try await one.store.stored(after: 0, limit: 1).first).0
        delivery.state.folded.attempts += 1
        try await one.store.replace([delivery])
        let found = try await Rebuilding.differences(between: one.store, and: other.store)
        #expect(Set(found) == ["default/only-here: missing", "\(delivery.state.key): state"])
        let reverse = try await Rebuilding.differences(between: other.store, and: one.store)
        #expect(reverse.contains("default/only-here: not in the log"))
    }

    @Test func theHashIsOfTheSetWhateverTheOrder() async throws {
        let tracked = try await furnished()
        let states = try await tracked.store.stored(after: 0, limit: 100).map(\.0.state)
        func hash(_ states: [DeliveryState]) -> String {
            var hash = StateHash()
            for state in states { hash.add(state) }
            return hash.text
        }
        #expect(hash(states) == hash(states.reversed()))
        #expect(hash(states) != hash(Array(states.dropLast())))
        #expect(hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "SHA-256 of nothing")
    }
}
