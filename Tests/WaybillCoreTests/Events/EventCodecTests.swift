import TestSupport
import Testing
import WaybillCore

/// What is read is what is written: every type, every field, unknown fields, null.
@Suite struct EventCodecTests {
    @Test(arguments: EventType.allCases)
    func everyTypeSurvives(type: EventType) throws {
        let sample = EventSamples.bytes(type)
        let decoded = try EventDecoder().decode(sample)
        #expect(decoded.event.type == type)
        #expect(decoded.isVerbatim)
        let written = EventEncoder.bytes(of: decoded.event)
        #expect(try JSONCanonical.bytes(of: written) == JSONCanonical.bytes(of: sample))
        let again = try EventDecoder().decode(written).event
        #expect(EventEncoder.bytes(of: again) == written)
        #expect(EventEncoder.content(of: again) == EventEncoder.content(of: decoded.event))
    }

    @Test func everyFieldIsRead() throws {
        let hub = try EventDecoder().decode(EventSamples.bytes(.arrivedAtHub)).event
        #expect(hub.id.text == "e-1")
        #expect(hub.key.text == "acme/D-1001")
        #expect(hub.occurredAt.rfc3339 == "2026-11-23T10:02:29.301Z")
        #expect(hub.source == "logistics/leipzig")
        #expect(hub.reason == .weather)
        #expect(hub.detail == "snow")
        #expect(hub.rawCode == "AR")
        #expect(hub.eta?.source == .planner)
        #expect(hub.eta?.window.earliest?.rfc3339 == "2026-11-24T08:00:00Z")
        #expect(hub.eta?.window.latest.rfc3339 == "2026-11-24T12:00:00Z")
        let point = try #require(hub.location.flatMap(GeoPoint.init))
        #expect(point == GeoPoint(latitude: 51.42, longitude: 12.24))
        let delivered = try EventDecoder().decode(EventSamples.bytes(.delivered)).event
        #expect(delivered.place == .safePlace)
        #expect(delivered.proofID == "proof-1")
        let pickup = try EventDecoder().decode(EventSamples.bytes(.availableForPickup)).event
        #expect(pickup.until?.rfc3339 == "2026-12-01T18:00:00Z")
        let correction = try EventDecoder().decode(EventSamples.bytes(.correction)).event
        #expect(correction.correction == Correction(corrects: EventID(trusted: "e-0"), why: .incorrectData))
        #expect(try EventDecoder().decode(EventSamples.bytes(.expired)).event.after?.text == "e-9")
        #expect(try EventDecoder().decode(EventSamples.bytes(.cancelled)).event.actor == "ops")
    }

    @Test func detailsAreReadAsGivenAbsentAndCleared() throws {
        let created = try EventDecoder().decode(EventSamples.bytes(.created)).event
        #expect(created.details.count == 8)
        #expect(created.details.contains(.recipientID("r-1")))
        #expect(created.details.contains(.carrier("DHL")))
        #expect(created.details.contains(.trackingNumber("00340434")))
        #expect(created.details.contains(.orderReference("PO-7")))
        #expect(created.details.contains(.origin(JSONFragment(trusted: #"{"city":"Halle","country":"DE"}"#))))
        #expect(created.details.contains(.metadata(JSONFragment(trusted: #"{"a":[1,2.5,{"b":null}]}"#))))
        let latest = try #require(Timestamp(rfc3339: "2026-11-24T18:00:00Z"))
        #expect(created.details.contains(.promised(Window(latest: latest))))
        let updated = try EventDecoder().decode(EventSamples.bytes(.updated)).event
        #expect(updated.details == [.carrier(nil), .metadata(nil), .promised(nil), .destination(nil)])
    }

    @Test func nullMeansNothingWhereNothingIsCleared() throws {
        let text =
            #"{"id":"e","type":"delivered","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z","source":null,"#
            + #""actor":null,"location":null,"reason":null,"detail":null,"raw_code":null,"eta":null,"until":null,"#
            + #""place":null,"proof_id":null,"why":null}"#
        let event = try EventDecoder().decode(Array(text.utf8)).event
        #expect(event.source == nil && event.actor == nil && event.location == nil && event.reason == nil)
        #expect(event.detail == nil && event.rawCode == nil && event.eta == nil && event.until == nil)
        #expect(event.place == nil && event.proofID == nil && event.details.isEmpty && event.extra.isEmpty)
    }

    @Test func unknownFieldsAreKeptAndTraceContextIsNot() throws {
        let text =
            #"{"id":"e","type":"note","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z","#
            + #""x":{"b":1,"a":[1.50,"\u00e9"]},"y":null,"traceparent":"00-1","tracestate":"a=b","a/b~c":"z","eta2":7}"#
        let event = try EventDecoder().decode(Array(text.utf8)).event
        #expect(event.extra.map(\.name) == ["x", "y", "a/b~c", "eta2"])
        #expect(event.extra[0].value.text == #"{"b":1,"a":[1.50,"\u00e9"]}"#)
        let again = try EventDecoder().decode(EventEncoder.bytes(of: event)).event
        #expect(again.extra == event.extra)
    }

    /// Another telling of the same fact, and another fact.
    @Test func contentIsMeaning() throws {
        func content(_ text: String) throws -> [UInt8] {
            EventEncoder.content(of: try EventDecoder().decode(Array(text.utf8)).event)
        }
        let start = #"{"id":"e","type":"updated","delivery_id":"D","occurred_at":"#
        let one = try content(start + #""2026-11-23T10:02:29Z","carrier":"é","n":1,"traceparent":"a"}"#)
        let same = [
            #""2026-11-23T11:02:29.000+01:00","carrier":"\u00e9","n":1.0}"#,
            #""2026-11-23T10:02:29Z", "merchant":"default" , "n":10e-1,"carrier":"é","traceparent":"b"}"#,
            #""2026-11-23T10:02:29.0000009Z","carrier":"é","n":1,"detail":null}"#,
        ]
        for text in same { #expect(try content(start + text) == one, "\(text)") }
        let other = [
            #""2026-11-23T10:02:30Z","carrier":"é","n":1}"#, #""2026-11-23T10:02:29Z","carrier":"e\u0301","n":1}"#,
            #""2026-11-23T10:02:29Z","carrier":"é","n":2}"#, #""2026-11-23T10:02:29Z","carrier":"é"}"#,
            #""2026-11-23T10:02:29Z","carrier":"é","n":1,"m":1}"#, #""2026-11-23T10:02:29Z","carrier":null,"n":1}"#,
            #""2026-11-23T10:02:29Z","n":1}"#, #""2026-11-23T10:02:29Z","carrier":"é","n":1,"source":"s"}"#,
        ]
        for text in other { #expect(try content(start + text) != one, "\(text)") }
    }

    @Test func defaultsAndMadeIDs() throws {
        let bare = #"{"type":"note","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z"}"#
        #expect(EventDecoder().result(bare).rejection?.pointer == "/id")
        var decoder = EventDecoder(merchant: MerchantID(trusted: "acme"))
        let made = try decoder.result(bare, CloudAttributes(), makeID: { EventID("made") }).get()
        #expect(made.event.id.text == "made")
        #expect(made.event.merchant.text == "acme")
        #expect(!made.isVerbatim)
        #expect(
            EventEncoder.content(of: made.event)
                == EventEncoder.content(
                    of: try EventDecoder().decode(EventEncoder.bytes(of: made.event)).event))
        let time = try #require(Timestamp(rfc3339: "2026-01-01T00:00:00Z"))
        decoder.defaults = EventDecoder.Defaults(
            type: .cancelled, occurredAt: time, deliveryID: DeliveryID("D-9"), id: EventID(trusted: "given"))
        let filled = try decoder.result("{}").get().event
        #expect(filled.type == .cancelled && filled.occurredAt == time && filled.key.text == "acme/D-9")
        let kept = try decoder.result(#"{"type":"note","id":"mine","delivery_id":"D-1"}"#).get().event
        #expect(kept.type == .note && kept.id.text == "mine" && kept.deliveryID.text == "D-1")
    }

    @Test func onlyCompleteBytesAreKeptAsTheyAre() throws {
        let complete = #"{"id":"e","type":"note","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z"}"#
        #expect(try EventDecoder().result(complete).get().isVerbatim)
        #expect(try !EventDecoder(merchant: MerchantID(trusted: "acme")).result(complete).get().isVerbatim)
        let separated = EventDecoder(personalData: .separated)
        #expect(try !separated.result(complete.dropLast() + #","signed_by":"A"}"#).get().isVerbatim)
    }

    /// What the API writes into the log must be readable there: the decoder reads it again under the same limits.
    @Test func unknownFieldsHaveABound() throws {
        func note(_ count: Int) -> String {
            let extras = (0..<count).map { ",\"k\($0)\":1" }.joined()
            return #"{"id":"e","type":"note","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z"\#(extras)}"#
        }
        let event = try EventDecoder().result(note(Limits.extraFields)).get().event
        #expect(throws: Never.self) { try EventDecoder().decode(EventEncoder.bytes(of: event)) }
        #expect(EventDecoder().result(note(Limits.extraFields + 1)).rejection?.code == .invalidField)
    }
}
