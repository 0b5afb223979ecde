import Foundation
import TestSupport
import Testing
import WaybillCore

/// What the platform says after it applied an event.
@Suite struct UpdateTests {
    private static func json(_ applied: AppliedEvent) throws -> [String: Any] {
        var json = JSONWriter()
        Update(at: FeedPosition(partition: 3, position: 17), applied: applied).write(to: &json)
        #expect(JSONReaderTests.problem(json.bytes) == nil)
        return try #require(JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
    }

    @Test func everyFieldOfTheContractIsThere() throws {
        var story = Story()
        var created = try EventDecoder().decode(EventSamples.bytes(.created)).event
        created.extra = [ExtraField(name: "x", value: JSONFragment(trusted: "1"))]
        let first = try Self.json(story.tell(created))
        #expect(
            Set(first.keys) == [
                "id", "kind", "merchant", "delivery_id", "sequence", "partition", "position", "event", "received_at",
                "status",
                "previous_status", "milestone", "late_arrival", "changed", "delivery",
            ])
        #expect(first["kind"] as? String == "event")
        #expect(first["id"] as? String == "default/D-1/1")
        #expect(first["sequence"] as? Int == 1 && first["partition"] as? Int == 3 && first["position"] as? Int == 17)
        #expect(first["previous_status"] is NSNull && first["status"] as? String == "created")
        #expect(first["milestone"] as? String == "created" && first["late_arrival"] as? Bool == false)
        #expect((first["event"] as? [String: Any])?["x"] as? Int == 1)
        let second = try Self.json(story.tell(.at(1, .note)))
        #expect(second["milestone"] == nil && second["previous_status"] as? String == "created")
        #expect(second["id"] as? String == "default/D-1/2")
    }

    @Test func aDeliveryShowsEveryPublicField() throws {
        var story = Story()
        let update = try Self.json(story.tell(.at(0, .note)))
        let delivery = try #require(update["delivery"] as? [String: Any])
        let contract: Set<String> = [
            "id", "merchant", "status", "reason", "sequence", "tracking_number", "carrier", "order_reference",
            "promised",
            "promised_original", "eta", "delay", "attempts", "last_event", "last_location", "origin", "destination",
            "created_at", "dispatched_at", "out_for_delivery_at", "delivered_at", "returned_at", "cancelled_at",
            "contradiction", "provisional", "open_cases", "metadata", "updated_at",
        ]
        #expect(contract.subtracting(delivery.keys).isEmpty)
        #expect(delivery["metadata"] as? [String: Int] == [:])
        #expect(delivery["open_cases"] as? [String] == [])
        #expect(delivery["provisional"] as? Bool == true)
        #expect(delivery["status"] as? String == "created")
        let last = try #require(delivery["last_event"] as? [String: Any])
        #expect(Set(last.keys) == ["id", "type", "occurred_at"])
    }

    @Test func aFullDeliveryShowsItsValues() throws {
        var story = Story()
        try story.tell(EventDecoder().decode(EventSamples.bytes(.created)).event)
        try story.tell(.at(1, .delayed) { $0.eta = ETA(window: Window(latest: Event.hour(200)), source: .planner) })
        let update = try Self.json(story.tell(.at(2, .deliveryAttempted) { $0.reason = .notHome }))
        let delivery = try #require(update["delivery"] as? [String: Any])
        #expect(delivery["carrier"] as? String == "DHL" && delivery["tracking_number"] as? String == "00340434")
        #expect(delivery["reason"] as? String == "not_home" && delivery["attempts"] as? Int == 1)
        let eta = try #require(delivery["eta"] as? [String: Any])
        #expect(eta["source"] as? String == "planner" && eta["latest"] as? String == Event.hour(200).rfc3339)
        #expect((delivery["destination"] as? [String: Any])?["city"] as? String == "Köln")
        #expect((delivery["promised"] as? [String: Any])?["latest"] as? String == "2026-11-24T18:00:00Z")
        #expect((delivery["delay"] as? [String: Any])?["minutes"] is Int)
    }

    @Test func changedFieldsAreThoseThatChanged() throws {
        var story = Story()
        func changed(_ event: Event) throws -> Set<String> { Set(try story.tell(event).changedFields) }
        #expect(try changed(.at(0, .note)) == ["status", "last_event", "provisional"])
        #expect(try changed(.at(1, .note)) == ["last_event"])
        #expect(
            try changed(.at(2, .created) { $0.details = [.carrier("é"), .recipientID("r")] }) == [
                "last_event", "created_at", "provisional", "carrier", "recipient_id",
            ])
        #expect(try changed(.at(3, .updated) { $0.details = [.carrier("e\u{301}")] }) == ["last_event", "carrier"])
        #expect(
            try changed(.at(4, .updated) { $0.details = [.carrier("e\u{301}"), .metadata(nil)] }) == ["last_event"])
        #expect(
            try changed(.at(5, .dispatched) { $0.location = JSONFragment(trusted: "{}") }) == [
                "status", "last_event", "last_location", "dispatched_at",
            ])
        #expect(try changed(.at(6, .held) { $0.reason = .weather }) == ["status", "reason", "last_event"])
        #expect(try changed(.at(7, .deliveryAttempted)) == ["status", "reason", "attempts", "last_event"])
        #expect(
            try changed(.at(8, .delivered) { $0.place = .door }) == ["status", "last_event", "delivered_at", "place"])
        #expect(try changed(.at(9, .inTransit)) == ["last_event", "contradiction"])
        #expect(
            try changed(.correcting("delivered-8", at: 10)) == ["status", "delivered_at", "place", "contradiction"])
    }

    /// Over random lives: a field is named exactly where the public document differs.
    @Test func changedFieldsAgreeWithTheDocument() throws {
        var sets = EventSets(chance: Chance(seed: Chance.seed(for: "changed fields")))
        for _ in 0..<300 {
            var story = Story()
            var before: [String: [UInt8]] = [:]
            for event in sets.set(of: 12) {
                let applied = try story.tell(event)
                let after = try Self.document(applied.after)
                let differing = Set(after.keys.filter { before[$0] != after[$0] })
                    .subtracting(["sequence", "updated_at", "id", "merchant", "open_cases"])
                let named = Set(applied.changedFields)
                if applied.before == nil {
                    #expect(named.isSubset(of: differing))
                } else {
                    #expect(named == differing, "\(event.type)")
                }
                before = after
            }
        }
    }

    /// The members of the public document, each as its bytes.
    private static func document(_ delivery: DeliveryState) throws -> [String: [UInt8]] {
        var json = JSONWriter()
        DeliveryDocument.write(delivery, to: &json)
        return try json.bytes.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            var members: [String: [UInt8]] = [:]
            try reader.beginObject()
            while let key = try reader.nextKey() { members[key.text] = Array(bytes[try reader.skipValue()]) }
            return members
        }
    }
}
