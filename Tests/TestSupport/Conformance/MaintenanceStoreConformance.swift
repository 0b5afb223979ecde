import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for the operator: rebuild, verify, export.
package enum MaintenanceStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>

    package static let checks: [Check] = [
        Check("deliveries come in order of their numbers, with their histories", storedInOrder),
        Check("what was received is exported in order of application, byte for byte", receivedInOrder),
        Check("a planted difference is found and repaired", plantedDifference),
        Check("a repaired row is found by its new columns", columnsFollow),
        Check("counters are replaced as a whole", countersAreReplaced),
        Check("a renewed feed answers reset to every old cursor", renewedFeed),
        Check("sealed deliveries stand as they are", sealedStand),
    ]

    private static func tracked(_ home: any StoreHome, deliveries: Int = 25) async throws -> TrackedStore {
        let tracked = try await TrackingStoreConformance.tracked(home)
        try await tracked.take(SampleEvents.scenario(deliveries: deliveries, seed: 17), batch: 31)
        return tracked
    }

    private static func storedInOrder(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let whole = try await tracked.store.stored(after: 0, limit: 1000)
        var paged: [StoredDelivery] = []
        while true {
            let page = try await tracked.store.stored(after: paged.last?.number ?? 0, limit: 4)
            guard !page.isEmpty else { break }
            #expect(page.count <= 4)
            paged += page.map(\.0)
        }
        #expect(whole.map(\.0.number) == paged.map(\.number))
        #expect(paged.map(\.number) == paged.map(\.number).sorted())
        for (delivery, history) in whole {
            #expect(history.map(\.sequence) == Array(1...delivery.state.arrival.sequence))
            #expect(history.allSatisfy { $0.event.key == delivery.state.key })
        }
    }

    private static func receivedInOrder(_ home: any StoreHome) async throws {
        let tracked = try await TrackingStoreConformance.tracked(home)
        // Odd spacing and unknown fields: what was received is kept, not what was understood.
        let bytes = (0..<30).map { number in
            let text =
                #" {"id":"e\#(number)" , "type":"note","delivery_id":"D-\#(number % 7)","#
                + #""occurred_at":"2025-11-25T10:00:00+01:00","odd":[1.50]}"#
            return Array(text.utf8)
        }
        for (number, value) in bytes.enumerated() {
            tracked.log.put([("default/D-\(number % 7)", value)])
            if number.isMultiple(of: 8) { try await tracked.settle() }
            tracked.time.advance(bySeconds: 1)
        }
        try await tracked.settle()
        var received: [(row: Int64, receivedAt: Timestamp, bytes: [UInt8])] = []
        while true {
            let page = try await tracked.store.received(after: received.last?.row ?? 0, limit: 7)
            guard !page.isEmpty else { break }
            received += page
        }
        #expect(Set(received.map(\.bytes)) == Set(bytes) && received.count == bytes.count)
        for delivery in 0..<7 {
            let mine = received.map(\.bytes).filter {
                String(decoding: $0, as: UTF8.self).contains("\"D-\(delivery)\"")
            }
            #expect(mine == stride(from: delivery, to: 30, by: 7).map { bytes[$0] }, "in the order of application")
        }
        for record in tracked.log.records {
            #expect(received.first { $0.bytes == record.value }?.receivedAt == record.timestamp)
        }
    }

    private static func plantedDifference(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let rebuilding = Rebuilding(store: tracked.store)
        let clean = try await rebuilding.verify()
        #expect(clean.differences == [] && clean.deliveries == 25)
        var planted = try #require(try await tracked.store.stored(after: 0, limit: 5).last).0
        planted.state.folded.attempts += 1
        planted.state.arrival.updatedAt = Timestamp(seconds: 1)
        try await tracked.store.replace([planted])
        let before = try await tracked.store.progress()
        let found = try await rebuilding.verify()
        #expect(found.differences == ["\(planted.state.key): state, updated_at"])
        #expect(try await tracked.store.progress() == before, "verifying changes nothing")
        let repaired = try await rebuilding.rebuild(feedID: 77)
        #expect(repaired.differences == found.differences && repaired.stateHash == clean.stateHash)
        #expect(try await tracked.store.progress().feedID == 77)
        #expect(try await rebuilding.verify().differences == [])
        let other = try await rebuilding.rebuild(feedID: 78)
        #expect(other.differences == [])
        #expect(try await tracked.store.progress().feedID == 77, "nothing to repair")
    }

    private static func columnsFollow(_ home: any StoreHome) async throws {
        let tracked = try await TrackingStoreConformance.tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1"))
        var delivery = try #require(try await tracked.store.stored(after: 0, limit: 1).first).0
        delivery.state.folded.reducedStatus = .returned
        delivery.state.folded.carrier = "planted"
        delivery.state.folded.promised = Window(latest: SampleEvents.start)
        try await tracked.store.replace([delivery])
        var query = DeliveryQuery(merchant: .default)
        query.filter.statuses = [.returned]
        query.filter.carrier = "planted"
        query.sort = .promised
        #expect(try await tracked.store.deliveries(query).value.deliveries.count == 1)
        query.filter.statuses = [.delivered]
        #expect(try await tracked.store.deliveries(query).value.deliveries.isEmpty)
    }

    private static func countersAreReplaced(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let right = try await tracked.store.allCounters().filter { $0.value != 0 }
        let wrong = CounterKey(merchant: .default, name: "status:invented")
        try await tracked.store.replaceCounters([wrong: 3])
        #expect(try await tracked.store.allCounters().filter { $0.value != 0 } == [wrong: 3])
        let report = try await Rebuilding(store: tracked.store).rebuild(feedID: 5)
        #expect(report.differences.contains { $0.hasPrefix("counter default status:invented: stored 3, is 0") })
        #expect(try await tracked.store.allCounters().filter { $0.value != 0 } == right)
    }

    private static func renewedFeed(_ home: any StoreHome) async throws {
        let tracked = try await tracked(home)
        let old = try await tracked.store.progress().cursor
        try await tracked.store.renewFeed(id: .max)
        let reader = FeedReader(store: tracked.store)
        for positions in [old.positions, old.positions.map { _ in 0 }] {
            guard
                case .reset(let fresh) = try await reader.page(
                    after: FeedCursor(feedID: old.feedID, positions: positions))
            else {
                Issue.record("an old cursor was taken for a new one")
                return
            }
            #expect(fresh.feedID == .max && fresh.positions == old.positions)
        }
        #expect(try await home.open().progress().feedID == .max)
    }

    private static func sealedStand(_ home: any StoreHome) async throws {
        let tracked = try await TrackingStoreConformance.tracked(home)
        try await tracked.take(SampleEvents.life(of: "D-1") + SampleEvents.life(of: "D-2").dropLast())
        _ = try await tracked.store.seal(before: tracked.time.now().advanced(bySeconds: 1))
        let report = try await Rebuilding(store: tracked.store).rebuild(feedID: 5)
        #expect(report.differences == [] && report.sealed == 1 && report.deliveries == 2)
        #expect(try await tracked.store.delivery(SampleEvents.key("D-1")).value?.folded.status == .delivered)
    }
}
