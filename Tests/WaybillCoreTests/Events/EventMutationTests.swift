import TestSupport
import Testing
import WaybillCore

/// Damaged events never crash the decoder: each is read, or refused with a known code.
@Suite struct EventMutationTests {
    @Test func truncatedEventsAreAlwaysRefused() throws {
        for type in EventType.allCases {
            let bytes = EventSamples.bytes(type)
            for count in 0..<bytes.count {
                let prefix = Array(bytes[..<count])
                #expect(throws: EventRejection.self) { try EventDecoder().decode(prefix) }
                #expect(throws: EventRejection.self) { try Self.structured(prefix) }
            }
        }
        let envelope = Array(try Fixture.text("cloudevents/structured.json").utf8)
        let end = try #require(envelope.lastIndex(of: UInt8(ascii: "}")))
        for count in 0...end { #expect(throws: EventRejection.self) { try Self.structured(Array(envelope[..<count])) } }
    }

    @Test func twentyThousandMutationsAreReadOrRefused() throws {
        let seed = Chance.seed(for: "mutated events")
        var chance = Chance(seed: seed)
        let samples =
            EventType.allCases.map(EventSamples.bytes) + [Array(try Fixture.text("cloudevents/structured.json").utf8)]
        var read = 0
        var refused: [EventRejection.Code: Int] = [:]
        for _ in 0..<20_000 {
            var bytes = chance.pick(samples)
            for _ in 0..<chance.number(in: 1...3) { Self.mutate(&bytes, samples, &chance) }
            do throws(EventRejection) {
                let event = try chance.oneIn(8) ? Self.structured(bytes) : EventDecoder().decode(bytes)
                try Self.expectSurvives(event.event)
                read += 1
            } catch {
                refused[error.code, default: 0] += 1
            }
        }
        #expect(read > 500)
        #expect(Set(refused.keys).isSuperset(of: [.malformed, .invalidField, .missingField, .unknownType]))
        #expect(Set(refused.keys).isSubset(of: [.malformed, .invalidField, .missingField, .unknownType, .tooLarge]))
    }

    /// Whatever was accepted can be written, read again, and says the same.
    private static func expectSurvives(_ event: Event) throws(EventRejection) {
        let again = try EventDecoder().decode(EventEncoder.bytes(of: event)).event
        #expect(EventEncoder.content(of: again) == EventEncoder.content(of: event))
        #expect(again.sortKey == event.sortKey)
    }

    private static func structured(_ bytes: [UInt8]) throws(EventRejection) -> DecodedEvent {
        var result: Result<DecodedEvent, EventRejection>?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(EventRejection) {
                result = .success(try EventDecoder().decodeStructured(buffer))
            } catch { result = .failure(error) }
        }
        guard let result else { throw EventRejection(.malformed, "") }
        return try result.get()
    }

    private static let values = [
        "null", "true", "0", "-1", "1e400", "1.5", "\"\"", "\"x\"", "[]", "{}", "[null]", "{\"a\":{}}", "NaN",
        "\"\\ud800\"",
        "\"2026-11-23T10:02:29Z\"", "99999999999999999999", "\"\u{202E}\"", "\"\\u0000\"", JSONReaderTests.nested(31),
        JSONReaderTests.nested(40), "{\"latest\":\"2026-11-24T12:00:00Z\"}", "{\"lat\":1,\"lon\":2}",
    ]

    private static func mutate(_ bytes: inout [UInt8], _ samples: [[UInt8]], _ chance: inout Chance) {
        guard !bytes.isEmpty else { return }
        let place = chance.number(in: bytes.indices)
        switch chance.number(in: 0..<9) {
        case 0: bytes[place] ^= 1 << UInt8(chance.number(in: 0..<8))
        case 1: bytes[place] = UInt8(chance.number(in: 0...255))
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8(chance.number(in: 0...255)), at: place)
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + chance.number(in: 1...20)))
        case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + chance.number(in: 1...20))], at: place)
        case 6: bytes = Array(bytes[..<place]) + chance.pick(samples).suffix(chance.number(in: 1...80))
        default: swapValue(&bytes, after: place, &chance)
        }
    }

    /// Puts a value of another type behind some colon.
    private static func swapValue(_ bytes: inout [UInt8], after place: Int, _ chance: inout Chance) {
        guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else { return }
        var end = colon + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: ","), bytes[end] != UInt8(ascii: "}") { end += 1 }
        bytes.replaceSubrange(colon + 1..<end, with: Array(chance.pick(values).utf8))
    }
}
