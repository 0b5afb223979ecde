/// The context attributes of a CloudEvents 1.0 event, as text, from headers (binary mode) or an envelope (structured mode).
package struct CloudAttributes: Sendable {
    package var id: String?
    package var type: String?
    package var source: String?
    package var time: String?
    package var subject: String?

    package init(id: String? = nil, type: String? = nil, source: String? = nil, time: String? = nil, subject: String? = nil) {
        self.id = id
        self.type = type
        self.source = source
        self.time = time
        self.subject = subject
    }

    /// The attributes that a record of this event carries as `ce_*` headers.
    package init(of event: Event) {
        self.init(
            id: event.id.text, type: event.type.cloudEventType, source: event.source ?? "waybill",
            time: event.occurredAt.rfc3339, subject: event.key.text)
    }
}

/// A CloudEvents envelope in structured mode (`application/cloudevents+json`): the attributes, and where `data` stands.
package struct CloudEnvelope {
    package var attributes = CloudAttributes()
    /// The native fields that remain, a JSON object; empty where the envelope has no data.
    package var data: Range<Int>?
    /// Extension attributes, kept with the event (trace context apart).
    package var extensions: [ExtraField] = []

    package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(EventRejection) {
        guard bytes.count <= Limits.eventBytes else {
            throw EventRejection(.tooLarge, "An event may have \(Limits.eventBytes) bytes at most; this one has \(bytes.count).")
        }
        var reader = JSONReader(bytes)
        var version: String?
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "specversion": version = try reader.readString()
                case "id": attributes.id = try reader.readString()
                case "type": attributes.type = try reader.readString()
                case "source": attributes.source = try reader.readString()
                case "time": attributes.time = try Self.optional(&reader)
                case "subject": attributes.subject = try Self.optional(&reader)
                case "data": data = try reader.skipValue()
                case "datacontenttype", "dataschema", "traceparent", "tracestate": _ = try reader.skipValue()
                default: extensions.append(ExtraField(name: key.text, value: try reader.readFragment()))
                }
            }
            try reader.expectEnd()
        } catch {
            throw EventRejection(.malformed, "Not a CloudEvents envelope: \(error).")
        }
        guard version == "1.0" else {
            throw EventRejection(.invalidField, "specversion must be \"1.0\".", pointer: "/specversion")
        }
        for (name, value) in [("id", attributes.id), ("type", attributes.type), ("source", attributes.source)]
        where value == nil { throw EventRejection(.missingField, "\(name) is required.", pointer: "/\(name)") }
    }

    private static func optional(_ reader: inout JSONReader) throws(JSONError) -> String? {
        try reader.readNull() ? nil : try reader.readString()
    }
}

extension EventDecoder {
    /// Decodes one event in CloudEvents structured mode.
    package func decodeStructured(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(EventRejection) -> DecodedEvent {
        let envelope = try CloudEnvelope(bytes)
        var decoded: DecodedEvent
        if let data = envelope.data {
            decoded = try decode(UnsafeBufferPointer(rebasing: bytes[data]), attributes: envelope.attributes)
        } else {
            throw EventRejection(
                .missingField, "data is required.", pointer: "/data", id: envelope.attributes.id.flatMap { EventID($0) })
        }
        for field in envelope.extensions {
            let isTaken = decoded.event.extra.contains { $0.name.hasSameBytes(as: field.name) }
            guard !isTaken, !EventFields.names.contains(field.name) else {
                throw EventRejection(
                    .invalidField, "An extension attribute may not stand for a field of the event.",
                    pointer: "/\(field.name)", id: decoded.event.id)
            }
        }
        decoded.event.extra.append(contentsOf: envelope.extensions)
        guard decoded.event.extra.count <= Limits.extraFields else {
            throw EventRejection(.invalidField, "More than \(Limits.extraFields) unknown fields.", id: decoded.event.id)
        }
        decoded.isVerbatim = false
        return decoded
    }
}
