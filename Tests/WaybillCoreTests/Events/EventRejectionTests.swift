import TestSupport
import Testing
import WaybillCore

/// Every way an event is refused, with its code and the field it points at.
@Suite struct EventRejectionTests {
    private static let start = #"{"id":"e-7","type":"note","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z""#

    private static func event(_ type: String, _ rest: String = "") -> String {
        #"{"id":"e-7","type":"\#(type)","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z"\#(rest)}"#
    }

    static let missing: [(String, String)] = [
        ("{}", "/type"),
        (#"{"type":"note"}"#, "/delivery_id"),
        (#"{"type":"note","delivery_id":"D"}"#, "/occurred_at"),
        (#"{"type":"note","delivery_id":"D","occurred_at":"2026-11-23T10:02:29Z"}"#, "/id"),
        (event("correction"), "/corrects"),
        (event("correction", #","why":"did_not_occur""#), "/corrects"),
        (event("correction", #","corrects":"e-1""#), "/why"),
        (event("correction", #","corrects":"e-1","why":null"#), "/why"),
        (event("expired"), "/after"),
        (event("eta_changed"), "/eta"),
        (event("eta_changed", #","eta":null"#), "/eta"),
        (event("rescheduled"), "/promised"),
        (event("rescheduled", #","promised":null"#), "/promised"),
        (event("position"), "/location"),
        (event("position", #","location":{"lat":1}"#), "/location"),
    ]

    static let invalid: [(String, String)] = [
        (event("expired", #","after":"e-1""#), "/id"),
        (start + #","eta":{}}"#, "/eta"),
        (start + #","eta":{"latest":null}}"#, "/eta"),
        (start + #","eta":{"earliest":"2026-11-24T00:00:00Z"}}"#, "/eta"),
        (start + #","eta":{"latest":"2026-11-24T00:00:00"}}"#, "/eta"),
        (start + #","eta":{"latest":"2026-11-24T00:00:00Z","source":"oracle"}}"#, "/eta"),
        (start + #","eta":{"earliest":"2026-11-25T00:00:00Z","latest":"2026-11-24T00:00:00Z"}}"#, "/eta"),
        (start + #","eta":"tomorrow"}"#, "/eta"),
        (start + #","promised":[]}"#, "/promised"),
        (start + #","promised":{"latest":7}}"#, "/promised"),
        (start + #","reason":"bad_luck"}"#, "/reason"),
        (start + #","reason":7}"#, "/reason"),
        (start + #","place":"roof"}"#, "/place"),
        (start + #","why":"because"}"#, "/why"),
        (start + #","until":"soon"}"#, "/until"),
        (start + #","until":1795428149}"#, "/until"),
        (start + #","source":["a"]}"#, "/source"),
        (start + #","actor":{}}"#, "/actor"),
        (start + #","detail":true}"#, "/detail"),
        (start + #","raw_code":12}"#, "/raw_code"),
        (start + #","carrier":1.5}"#, "/carrier"),
        (start + #","tracking_number":123}"#, "/tracking_number"),
        (start + #","order_reference":{}}"#, "/order_reference"),
        (start + #","recipient_id":false}"#, "/recipient_id"),
        (start + #","proof_id":[]}"#, "/proof_id"),
        (start + #","metadata":[]}"#, "/metadata"),
        (start + #","metadata":"x"}"#, "/metadata"),
        (start + #","location":"Leipzig"}"#, "/location"),
        (start + #","location":[1,2]}"#, "/location"),
        (start + #","location":{"lat":"51"}}"#, "/location/lat"),
        (start + #","location":{"lat":90.1}}"#, "/location/lat"),
        (start + #","location":{"lon":-180.5}}"#, "/location/lon"),
        (start + #","location":{"lat":1e300}}"#, "/location/lat"),
        (start + #","location":{"city":7}}"#, "/location/city"),
        (start + #","origin":{"country":["DE"]}}"#, "/origin/country"),
        (start + #","destination":{"postcode":4435}}"#, "/destination/postcode"),
        (start + #","corrects":""}"#, "/corrects"),
        (start + #","corrects":null}"#, "/corrects"),
        (start + #","after":"a b"}"#, "/after"),
        (start + #","detail":"a\u0000b"}"#, "/detail"),
        (start + #","detail":"\#(String(repeating: "x", count: 4097))"}"#, "/detail"),
        (#"{"id":"e 7","type":"note"}"#, "/id"), (#"{"id":7,"type":"note"}"#, "/id"), (#"{"id":null}"#, "/id"),
        (#"{"id":"é"}"#, "/id"), (#"{"merchant":"ACME"}"#, "/merchant"), (#"{"merchant":null}"#, "/merchant"),
        (#"{"delivery_id":""}"#, "/delivery_id"), (#"{"delivery_id":1001}"#, "/delivery_id"), (#"{"type":7}"#, "/type"),
        (#"{"occurred_at":"2026-11-23T10:02:29"}"#, "/occurred_at"), (#"{"occurred_at":null}"#, "/occurred_at"),
        (#"{"occurred_at":"2026-11-23T10:02:60Z"}"#, "/occurred_at"), (#"{"occurred_at":1795428149}"#, "/occurred_at"),
    ]

    static let personal: [(String, String)] =
        ["recipient", "name", "street", "phone", "email", "signed_by"].flatMap { name in
            [
                (start + #","\#(name)":"x"}"#, "/\(name)"), (start + #","\#(name)":null}"#, "/\(name)"),
                (start + #","\#(name)":{"a":1}}"#, "/\(name)"),
                (start + #","destination":{"city":"Köln","\#(name)":"x"}}"#, "/destination/\(name)"),
            ]
        } + [
            // A key is what it says, however it is written.
            (start + #","\u006eame":"x"}"#, "/name"),
            (start + #","destination":{"\u0073treet":"x"}}"#, "/destination/street"),
        ]

    static let malformed: [String] = [
        "", " ", "[]", "7", "null", "\"a\"", "{", "{}{}", "{}x", "{\"id\":\"a\",\"id\":\"a\"}",
        "{\"a\":1,\"\\u0061\":1}", "{\"a\":NaN}",
        start, start + ",", start + ",}", start + #","detail":"\#u{1}"}"#, start + #","detail":"\ud834"}"#,
        start + #","x":01}"#,
        start + #","x":1e400}"#, start + #","location":{"lat":1e400}}"#, start + #","location":{"name":1,"name":1}}"#,
        start + #","x":\#(JSONReaderTests.nested(10_000))}"#, start + #","x":\#(JSONReaderTests.nested(32))}"#,
        start + #","metadata":\#(JSONReaderTests.nested(32, "{\"a\":", "}"))}"#, "\u{FEFF}" + start + "}",
        start + #","location":{"city":"a","city":"b"}}"#, start + #","metadata":{"a":1,"a":1}}"#,
    ]

    @Test func missingFields() { expect(Self.missing, .missingField) }
    @Test func invalidFields() { expect(Self.invalid, .invalidField) }
    @Test func personalFieldsDoNotTravel() { expect(Self.personal, .invalidField) }

    @Test func unknownTypes() {
        for type in ["teleported", "", "Delivered", "delivered ", "waybill.delivery.delivered.v1"] {
            expect([(Self.event(type), "/type")], .unknownType)
        }
    }

    @Test func notJSON() {
        for text in Self.malformed {
            #expect(EventDecoder().result(text).rejection?.code == .malformed, "\(text.prefix(120))")
        }
        let invalidUTF8 = Array((Self.start + #","detail":""#).utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        #expect(throws: EventRejection.self) { try EventDecoder().decode(invalidUTF8) }
    }

    @Test func tooLarge() {
        let filler = String(repeating: "x", count: Limits.eventBytes)
        let rejection = EventDecoder().result(Self.start + #","x":"\#(filler)"}"#).rejection
        #expect(rejection?.code == .tooLarge)
        let fits = Self.start + #","x":"\#(String(repeating: "x", count: Limits.eventBytes - 100))"}"#
        #expect(EventDecoder().result(fits).rejection == nil)
    }

    /// The sender finds its event by the id, wherever the fault is and wherever the id stands.
    @Test func theIDIsToldWhereItCanBeRead() {
        #expect(EventDecoder().result(#"{"type":"x","id":"e-9"}"#).rejection?.id?.text == "e-9")
        #expect(EventDecoder().result(#"{"id":"e-9","type":"note"}"#).rejection?.id?.text == "e-9")
        #expect(EventDecoder().result(#"{"id":"e-9","delivery_id":""#).rejection?.id?.text == "e-9")
        #expect(EventDecoder().result(#"{"type":"x"}"#).rejection?.id == nil)
        #expect(EventDecoder().result(#"{"type":"x","id":"no good"}"#).rejection?.id == nil)
    }

    @Test func detailsOfRejectionsTellNothingPersonal() {
        for (text, _) in Self.personal {
            let detail =
                EventDecoder().result(text.replacing("\"x\"", with: "\"Ada Lovelace\"")).rejection?.detail ?? "?"
            #expect(!detail.contains("Ada"))
        }
    }

    @Test func personalFieldsAreSeparatedByHTTP() throws {
        let decoder = EventDecoder(personalData: .separated)
        let text = Self.start + #","recipient":{"name":"Ada","phone":"+49"},"signed_by":"A. L.","x":1}"#
        let decoded = try decoder.result(text).get()
        #expect(decoded.personal.map(\.name) == ["recipient", "signed_by"])
        #expect(decoded.personal[0].value.text == #"{"name":"Ada","phone":"+49"}"#)
        #expect(decoded.event.extra.map(\.name) == ["x"])
        let written = String(decoding: EventEncoder.bytes(of: decoded.event), as: UTF8.self)
        #expect(!written.contains("Ada") && !written.contains("A. L."))
        for name in ["name", "street", "phone", "email"] {
            let rejection = decoder.result(Self.start + #","\#(name)":"x"}"#).rejection
            #expect(rejection?.code == .invalidField && rejection?.pointer == "/\(name)")
        }
    }

    @Test func theFutureIsADayAway() throws {
        let event = try EventDecoder().result(Self.start + "}").get().event
        let limit = event.occurredAt.advanced(bySeconds: -24 * 3600)
        #expect(EventDecoder.rejectFuture(event, receivedAt: limit) == nil)
        let rejection = EventDecoder.rejectFuture(event, receivedAt: limit.advanced(byMicroseconds: -1))
        #expect(rejection?.code == .occurredInFuture)
        #expect(rejection?.pointer == "/occurred_at")
        #expect(rejection?.id?.text == "e-7")
    }

    @Test func codesAreTheContracts() {
        #expect(
            EventRejection.Code.allCases.map(\.rawValue) == [
                "malformed", "missing_field", "invalid_field", "unknown_type", "occurred_in_future", "id_conflict",
                "too_large",
                "key_mismatch", "archived",
            ])
    }

    private func expect(
        _ table: [(text: String, pointer: String)], _ code: EventRejection.Code,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (text, pointer) in table {
            let rejection = EventDecoder().result(text).rejection
            #expect(rejection?.code == code, "\(text.prefix(200)): \(rejection as Any)", sourceLocation: sourceLocation)
            #expect(rejection?.pointer == pointer, "\(text.prefix(200))", sourceLocation: sourceLocation)
        }
    }
}
