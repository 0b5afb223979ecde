import EmbeddedStorage
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// `waybill rebuild --from log`: a store that was folded beside the real one takes its place.
@Suite(.timeLimit(.minutes(10))) struct TakeOverTests {
    private let events = SampleEvents.scenario(deliveries: 20, seed: 8)

    private func furnished(_ home: EmbeddedStoreHome) async throws -> TrackedStore {
        let tracked = TrackedStore(try home.store(), partitions: EmbeddedStoreHome.partitions)
        try await tracked.take(events, batch: 40)
        return tracked
    }

    @Test func theRebuiltStoreReplacesWhatEventsMade() async throws {
        let (home, scratchHome) = (try EmbeddedStoreHome(), try EmbeddedStoreHome())
        let store = try await furnished(home).store
        _ = try await furnished(scratchHome)
        let right = try await TrackingStoreConformance.picture(store)
        try await store.saveRecipient("r", .default, JSONFragment(trusted: "{}"), at: Scenario.fixedEnd)
        let token = try await store.trackingToken(SampleEvents.key("D-1"), offered: "token")
        var wrong = try #require(try await store.stored(after: 3, limit: 1).first).0
        wrong.state.folded.attempts = 99
        try await store.replace([wrong])
        try await store.replaceCounters([:])
        try await store.renewFeed(id: 1)
        let embedded = try #require(store as? EmbeddedStore)
        try await embedded.takeOver(from: scratchHome.directory.statePath)
        #expect(try await TrackingStoreConformance.picture(store) == right)
        #expect(try await store.recipients(after: nil, limit: 5).map(\.mark.id) == ["r"], "people's data stays")
        #expect(try await store.delivery(ofToken: token) == SampleEvents.key("D-1"))
    }

    @Test func theTrackerGoesOnAfterATakeOver() async throws {
        let (home, scratchHome) = (try EmbeddedStoreHome(), try EmbeddedStoreHome())
        let main = try await furnished(home)
        let scratch = try await furnished(scratchHome)
        let embedded = try #require(main.store as? EmbeddedStore)
        try await embedded.takeOver(from: scratchHome.directory.statePath)
        let again = TrackedStore(try home.store(), partitions: EmbeddedStoreHome.partitions)
        try await again.log.append(events.map(SampleEvents.record))
        let more = SampleEvents.life(of: "D-after")
        try await again.take(more)
        try await scratch.take(more)
        #expect(try await again.store.delivery(SampleEvents.key("D-after")).value?.arrival.sequence == 6)
        #expect(try await Rebuilding(store: again.store).verify().differences == [])
    }

    /// Sealing remembers how far it has looked; what took the place of the rows it looked at has not been looked at.
    @Test func whatWasTakenOverIsSealedInItsTime() async throws {
        let (home, scratchHome) = (try EmbeddedStoreHome(), try EmbeddedStoreHome())
        let main = try await furnished(home)
        let scratch = try await furnished(scratchHome)
        let instant = scratch.time.now().advanced(bySeconds: 1)
        let count = try await main.store.seal(before: instant)
        #expect(count > 0)
        let embedded = try #require(main.store as? EmbeddedStore)
        try await embedded.takeOver(from: scratchHome.directory.statePath)
        #expect(try await embedded.stored(after: 0, limit: 100).allSatisfy { !$0.0.isSealed })
        #expect(try await embedded.seal(before: instant) == count)
    }

    @Test func aTakeOverThatFailsChangesNothingAndCanBeTriedAgain() async throws {
        let (home, scratchHome) = (try EmbeddedStoreHome(), try EmbeddedStoreHome())
        let store = try await furnished(home).store
        _ = try await furnished(scratchHome)
        let before = try await TrackingStoreConformance.picture(store)
        let embedded = try #require(store as? EmbeddedStore)
        await #expect(throws: StorageError.self) {
            try await embedded.takeOver(from: scratchHome.directory.path + "/no-such-store.db")
        }
        #expect(try await TrackingStoreConformance.picture(store) == before)
        try await embedded.takeOver(from: scratchHome.directory.statePath)
        #expect(try await store.stored(after: 0, limit: 100).count == 20)
    }
}
