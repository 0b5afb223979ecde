import TestSupport
import Testing
import WaybillCore

/// CloudEvents 1.0, structured and binary: one event however it comes; refused where they disagree.
@Suite struct CloudEventsTests {
    private static let body =
        #"{"delivery_id":"D-1","source":"s","occurred_at":"2026-11-23T10:02:29Z","merchant":"default","x":1}"#
    private static let attributes = CloudAttributes(
        id: "e-1", type: "waybill.delivery.note.v1", source: "s", time: "2026-11-23T10:02:29Z", subject: "default/D-1")

    @Test func specificationsExampleIsRead() throws {
        let decoded = try EventDecoder().structured(Fixture.text("cloudevents/structured.json")).get()
        let event = decoded.event
        #expect(event.id.text == "1234-1234-1234")
        #expect(event.type == .arrivedAtHub)
        #expect(event.source == "/mycontext/subcontext")
        #expect(event.occurredAt.rfc3339 == "2018-04-05T03:56:24Z")
        #expect(event.key.text == "default/D-1")
        let extra = event.extra.map { "\($0.name)=\($0.value.text)" }.sorted()
        #expect(
            extra == [
                "comexampleextension1=\"value\"", "comexampleothervalue=5", "message=\"Hello World!\"",
                "unsetextension=null",
            ])
        #expect(!decoded.isVerbatim)
    }

    /// The scenario of the Kafka binding: attributes in `ce_` headers, the value the native fields.
    @Test func kafkaBindingsExampleIsUnknownHere() throws {
        let feature = try Fixture.text("cloudevents/kafka-protocol-binding.feature")
        #expect(feature.contains("ce_type | com.example.someevent"))
        let attributes = CloudAttributes(
            id: "1234-1234-1234", type: "com.example.someevent", source: "/mycontext/subcontext",
            time: "2018-04-05T03:56:24Z")
        let rejection = EventDecoder().result(#"{"message": "Hello World!"}"#, attributes).rejection
        #expect(rejection?.code == .unknownType)
        #expect(rejection?.id?.text == "1234-1234-1234")
    }

    @Test(arguments: EventType.allCases)
    func oneEventHoweverItComes(type: EventType) throws {
        let native = try EventDecoder().decode(EventSamples.bytes(type)).event
        let text = String(decoding: EventEncoder.bytes(of: native), as: UTF8.self)
        let content = EventEncoder.content(of: native)
        let attributes = CloudAttributes(of: native)
        #expect(EventEncoder.content(of: try EventDecoder().result(text, attributes).get().event) == content)
        var json = JSONWriter()
        json.object { json in
            json.member("specversion", "1.0")
            json.member("id", orNull: attributes.id)
            json.member("type", orNull: attributes.type)
            json.member("source", orNull: attributes.source)
            json.member("time", orNull: attributes.time)
            json.member("subject", orNull: attributes.subject)
            json.key("data")
            json.raw(text)
        }
        #expect(EventEncoder.content(of: try EventDecoder().structured(json.text).get().event) == content)
    }

    @Test func headersOfARecordSayWhatTheContractSays() throws {
        let attributes = CloudAttributes(of: try EventDecoder().decode(EventSamples.bytes(.arrivedAtHub)).event)
        #expect(attributes.id == "e-1")
        #expect(attributes.type == "waybill.delivery.arrived_at_hub.v1")
        #expect(attributes.source == "logistics/leipzig")
        #expect(attributes.time == "2026-11-23T10:02:29.301Z")
        #expect(attributes.subject == "acme/D-1001")
    }

    @Test func attributesAloneAreEnough() throws {
        let event = try EventDecoder().result("{}", Self.attributes).get().event
        #expect(event.key.text == "default/D-1")
        #expect(event.type == .note && event.source == "s" && event.id.text == "e-1")
    }

    /// Bytes that lean on their attributes are no complete event and must not be kept without them.
    @Test func bytesThatNeedTheirAttributesAreNotVerbatim() throws {
        #expect(try !EventDecoder().result(Self.body, Self.attributes).get().isVerbatim)
        let full = Self.body.dropLast() + #","id":"e-1","type":"note"}"#
        #expect(try EventDecoder().result(String(full), Self.attributes).get().isVerbatim)
        let elsewhere = CloudAttributes(subject: "acme/D-1")
        let noMerchant =
            #"{"id":"e","type":"note","delivery_id":"D-1","occurred_at":"2026-11-23T10:02:29Z","source":"s"}"#
        let decoded = try EventDecoder().result(noMerchant, elsewhere).get()
        #expect(decoded.event.merchant.text == "acme")
        #expect(!decoded.isVerbatim)
    }

    @Test func disagreementIsRefused() {
        let full = String(Self.body.dropLast() + #","id":"e-1","type":"note"}"#)
        let changes: [(String, (inout CloudAttributes) -> Void)] = [
            ("/id", { $0.id = "e-2" }), ("/type", { $0.type = "waybill.delivery.delivered.v1" }),
            ("/source", { $0.source = "t" }), ("/occurred_at", { $0.time = "2026-11-23T10:02:30Z" }),
            ("/delivery_id", { $0.subject = "default/D-2" }), ("/merchant", { $0.subject = "acme/D-1" }),
            ("/id", { $0.id = "no good" }), ("/occurred_at", { $0.time = "yesterday" }),
            ("/delivery_id", { $0.subject = "D-1" }),
        ]
        for (pointer, change) in changes {
            var attributes = Self.attributes
            change(&attributes)
            let rejection = EventDecoder().result(full, attributes).rejection
            #expect(
                rejection?.code == .invalidField && rejection?.pointer == pointer, "\(pointer): \(rejection as Any)")
        }
        var sameInstant = Self.attributes
        sameInstant.time = "2026-11-23T11:02:29.000+01:00"
        #expect(EventDecoder().result(full, sameInstant).rejection == nil)
    }

    @Test func typesAreOursOnly() {
        for type in [
            "note", "waybill.delivery.note", "waybill.delivery.note.v2", "waybill.delivery.v1", "waybill.delivery..v1",
            "",
            "Waybill.delivery.note.v1", "waybill.delivery.note.v1 ", "com.example.someevent",
            "waybill.delivery.teleported.v1",
        ] {
            var attributes = Self.attributes
            attributes.type = type
            #expect(EventDecoder().result("{}", attributes).rejection?.code == .unknownType, "\(type)")
        }
    }

    static let envelopes: [(String, EventRejection.Code, String?)] = [
        ("{}", .invalidField, "/specversion"),
        (#"{"specversion":"0.3","id":"e","type":"t","source":"s","data":{}}"#, .invalidField, "/specversion"),
        (#"{"specversion":"1.0","type":"t","source":"s","data":{}}"#, .missingField, "/id"),
        (#"{"specversion":"1.0","id":"e","source":"s","data":{}}"#, .missingField, "/type"),
        (#"{"specversion":"1.0","id":"e","type":"t","data":{}}"#, .missingField, "/source"),
        (#"{"specversion":"1.0","id":"e","type":"waybill.delivery.note.v1","source":"s"}"#, .missingField, "/data"),
        (#"{"specversion":"1.0","id":"e","type":"t","source":"s","data":{}}"#, .unknownType, "/type"),
        (#"{"specversion":"1.0","id":"e","id":"e"}"#, .malformed, nil),
        (#"{"specversion":"1.0""#, .malformed, nil),
        ("[]", .malformed, nil),
    ]

    @Test func envelopesAreRefused() {
        for (text, code, pointer) in Self.envelopes {
            let rejection = EventDecoder().structured(text).rejection
            #expect(rejection?.code == code && rejection?.pointer == pointer, "\(text): \(rejection as Any)")
        }
    }

    /// Extension attributes become fields of the event, so they must not smuggle in what a field may not be.
    @Test func extensionsAreNoWayAround() throws {
        func envelope(_ member: String, _ data: String = "{}") -> String {
            #"{"specversion":"1.0","id":"e","type":"waybill.delivery.note.v1","source":"s","time":"2026-11-23T10:02:29Z""#
                + #","subject":"default/D","data":\#(data),\#(member)}"#
        }
        for name in ["recipient", "name", "street", "phone", "email", "reason", "detail", "eta", "carrier", "merchant"]
        {
            let rejection = EventDecoder().structured(envelope(#""\#(name)":"x""#)).rejection
            #expect(
                rejection?.code == .invalidField && rejection?.pointer == "/\(name)", "\(name): \(rejection as Any)")
        }
        #expect(EventDecoder().structured(envelope(#""x":1"#, #"{"x":2}"#)).rejection?.code == .invalidField)
        let event = try EventDecoder().structured(envelope(#""x":1"#, #"{"y":2}"#)).get().event
        let again = try EventDecoder().decode(EventEncoder.bytes(of: event)).event
        #expect(EventEncoder.content(of: again) == EventEncoder.content(of: event))
    }
}
