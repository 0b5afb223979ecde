import Foundation
import TestSupport
import Testing
import WaybillCore

/// Every accepted event in sort order, with what it did.
@Suite struct TimelineTests {
    private static func timeline(_ events: [Event]) throws -> [Timeline.Entry] {
        var story = Story()
        for event in events { try story.tell(event) }
        return Timeline.entries(of: story.delivery.accepted)
    }

    private static func effects(_ events: [Event]) throws -> [String] {
        try timeline(events).map { "\($0.history.event.id) \($0.effect.rawValue)" }
    }

    @Test func effects() throws {
        #expect(
            try Self.effects([
                .at(3, .delivered, id: "d"), .at(0, .created, id: "a"), .at(1, .note, id: "b"),
                .at(2, .created, id: "c"),
                .at(4, .inTransit, id: "e"), .at(5, .returning, id: "f"), .at(6, .arrivedAtHub, id: "g"),
            ]) == ["a status", "b details", "c details", "d status", "e contradiction", "f status", "g details"])
    }

    @Test func correctionsAndTheirTargets() throws {
        let events: [Event] = [
            .at(0, .created, id: "a"), .at(1, .delivered, id: "b"), NastySets.correction("c", of: "b", 2),
            NastySets.correction("d", of: "c", 3), NastySets.expired(after: "a", 1),
            NastySets.correction("f", of: "expired:a", 30),
        ]
        #expect(
            try Self.effects(events) == [
                "a status", "b corrected", "c details", "d none", "expired:a status", "f none",
            ])
        let corrected = try Self.timeline(events).first { $0.history.event.id.text == "b" }
        #expect(corrected?.correctedBy?.text == "c")
    }

    @Test func expiredCountsOnlyWhileItIsTrue() throws {
        let events: [Event] = [.at(0, .inTransit, id: "a"), NastySets.expired(after: "a", 30)]
        #expect(try Self.effects(events) == ["a status", "expired:a status"])
        #expect(try Self.effects(events + [.at(1, .note, id: "b")]) == ["a status", "b details", "expired:a none"])
    }

    @Test func flags() throws {
        let entries = try Self.timeline([
            .at(0, .created, id: "a"), .at(5, .inTransit, id: "b"), .at(3, .dispatched, id: "late"),
            .at(-1, .note, id: "early"),
            .at(-300_000, .note, id: "ancient"),
        ])
        let flags = Dictionary(uniqueKeysWithValues: entries.map { ($0.history.event.id.text, $0.flags) })
        #expect(flags["a"] == [] && flags["b"] == [] && flags["late"] == [.lateArrival])
        #expect(flags["early"] == [.lateArrival, .beforeCreated])
        #expect(flags["ancient"] == [.lateArrival, .beforeCreated, .before2000])
    }

    /// The timeline and the updates say the same of every event.
    @Test func lateIsLateInBothPlaces() throws {
        var sets = EventSets(chance: Chance(seed: Chance.seed(for: "late arrivals")))
        for _ in 0..<500 {
            var story = Story()
            var late: Set<EventID> = []
            for event in sets.set(of: 15) where try story.tell(event).isLate { late.insert(event.id) }
            let entries = Timeline.entries(of: story.delivery.accepted.shuffled(using: &sets.chance))
            #expect(Set(entries.filter { $0.flags.contains(.lateArrival) }.map(\.history.event.id)) == late)
            let keys = entries.map(\.history.event.sortKey)
            #expect(keys == keys.sorted())
        }
    }

    @Test func anEntryIsTheEventAndWhatBecameOfIt() throws {
        let entry = try #require(try Self.timeline([.at(0, .note, id: "a") { $0.detail = "called" }]).first)
        var json = JSONWriter()
        Timeline.write(entry, to: &json)
        let object = try #require(JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "id", "type", "merchant", "delivery_id", "occurred_at", "detail", "sequence", "received_at", "effect",
                "corrected_by",
                "flags",
            ])
        #expect(object["sequence"] as? Int == 1 && object["corrected_by"] is NSNull)
    }
}
