import Simulation
import Testing
import WaybillCore
import WaybillEngine

/// What every store must do for what names or reaches a person.
package enum PersonalStoreConformance {
    package typealias Check = ConformanceCheck<any StoreHome>

    package static let checks: [Check] = [
        Check("recipients are exported in byte order, in pages", recipientsInPages),
        Check("what is saved again replaces what was", savedAgain),
        Check("a tracking token leads to its delivery until it is revoked", tokensLead),
        Check("the newest tracking links of a delivery stay", newestLinksStay),
        Check("what no delivery names is swept", orphansAreSwept),
        Check("what a delivery names is never swept", namedStay),
    ]

    private static let data = JSONFragment(trusted: #"{"name":"Ada Lovelace","phone":"+49 1"}"#)

    private static func all(_ store: any WholeStore) async throws -> [RecipientRow] {
        var rows: [RecipientRow] = []
        while true {
            let page = try await store.recipients(after: rows.last?.mark, limit: 3)
            guard !page.isEmpty else { return rows }
            rows += page
        }
    }

    private static func recipientsInPages(_ home: any StoreHome) async throws {
        let store = try await home.open()
        let merchants = [MerchantID.default, try #require(MerchantID("default-2"))]
        let ids = ["r-2", "R-1", "r-10", "~", "r-1", "a/b", "'", "%"]
        for merchant in merchants.reversed() {
            for id in ids { try await store.saveRecipient(id, merchant, data, at: Scenario.fixedEnd) }
        }
        let rows = try await all(store)
        let sorted = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(rows.map(\.mark.id) == sorted + sorted)
        #expect(rows.map(\.mark.merchant) == merchants.flatMap { merchant in ids.map { _ in merchant } })
        #expect(rows.allSatisfy { $0.data == data && $0.updatedAt == Scenario.fixedEnd })
    }

    private static func savedAgain(_ home: any StoreHome) async throws {
        let store = try await home.open()
        try await store.saveRecipient("r", .default, data, at: Scenario.fixedEnd)
        let later = Scenario.fixedEnd.advanced(bySeconds: 5)
        try await store.saveRecipient("r", .default, JSONFragment(trusted: #"{"name":"É"}"#), at: later)
        let reopened = try await home.open()
        let rows = try await all(reopened)
        #expect(rows.count == 1 && rows[0].data.text == #"{"name":"É"}"# && rows[0].updatedAt == later)
    }

    private static func tokensLead(_ home: any StoreHome) async throws {
        let store = try await home.open()
        let (one, two) = (SampleEvents.key("D-1"), SampleEvents.key("D-2"))
        for (key, token) in [(one, "a"), (one, "b"), (two, "c")] {
            #expect(try await store.trackingToken(key, offered: token) == token)
        }
        #expect(try await store.trackingToken(one, offered: "a") == "a", "offered again")
        let reopened = try await home.open()
        for (token, key) in [("a", one), ("b", one), ("c", two)] {
            #expect(try await reopened.delivery(ofToken: token) == key)
        }
        for unknown in ["", "A", "d", TrackingLink.hash("a")] {
            #expect(try await reopened.delivery(ofToken: unknown) == nil)
        }
        #expect(try await reopened.revokeTokens(one) == 2)
        #expect(try await reopened.revokeTokens(one) == 0)
        #expect(try await reopened.delivery(ofToken: "a") == nil)
        #expect(try await reopened.delivery(ofToken: "c") == two)
    }

    private static func newestLinksStay(_ home: any StoreHome) async throws {
        let store = try await home.open()
        let key = SampleEvents.key("D-1")
        for number in 0...Limits.trackingLinks { _ = try await store.trackingToken(key, offered: "token-\(number)") }
        #expect(try await store.delivery(ofToken: "token-0") == nil)
        #expect(try await store.delivery(ofToken: "token-1") == key)
        #expect(try await store.delivery(ofToken: "token-\(Limits.trackingLinks)") == key)
    }

    private static func orphansAreSwept(_ home: any StoreHome) async throws {
        let store = try await home.open()
        try await store.saveRecipient("old", .default, data, at: Scenario.fixedEnd)
        try await store.saveProof("old", .default, data, at: Scenario.fixedEnd)
        let later = Scenario.fixedEnd.advanced(bySeconds: 100)
        try await store.saveRecipient("young", .default, data, at: later)
        #expect(try await store.sweepOrphans(before: Scenario.fixedEnd) == 0)
        #expect(try await store.sweepOrphans(before: later) == 2)
        #expect(try await all(store).map(\.mark.id) == ["young"])
    }

    private static func namedStay(_ home: any StoreHome) async throws {
        let tracked = try await TrackingStoreConformance.tracked(home)
        for id in ["named", "renamed", "orphan"] {
            try await tracked.store.saveRecipient(id, .default, data, at: tracked.time.now())
            try await tracked.store.saveProof(id, .default, data, at: tracked.time.now())
        }
        let other = try #require(MerchantID("other"))
        try await tracked.store.saveRecipient("named", other, data, at: tracked.time.now())
        try await tracked.take([
            SampleEvents.event(.created, "1") { $0.details = [.recipientID("named")] },
            SampleEvents.event(.updated, "2", minute: 1) { $0.details = [.recipientID("renamed")] },
            SampleEvents.event(.delivered, "3", minute: 2) { $0.proofID = "named" },
            // The latest says what is shown, but both are named by the delivery's history.
            SampleEvents.event(.delivered, "4", minute: 1) { $0.proofID = "renamed" },
        ])
        let later = tracked.time.now().advanced(bySeconds: 1)
        try await tracked.store.saveRecipient("named", .default, data, at: tracked.time.now())
        #expect(
            try await tracked.store.sweepOrphans(before: later) == 3,
            "one recipient, one proof, one of another merchant")
        #expect(try await all(tracked.store).map(\.mark.id) == ["named", "renamed"])
    }
}
