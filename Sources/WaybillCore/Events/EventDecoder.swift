/// An event that was read, and what had to be added or taken away to make it one.
package struct DecodedEvent: Sendable {
    package var event: Event
    /// Whether the bytes it was read from state the event completely and may be kept as they are.
    package var isVerbatim: Bool
    /// Personal fields that were given and taken out (`EventDecoder.PersonalData.separated`).
    package var personal: [ExtraField]
}

/// Reads the native JSON of an event, strictly and in one pass: no tree, unknown fields kept.
///
/// Every failure is an `EventRejection` with a stable code and a pointer to the field at fault.
package struct EventDecoder: Sendable {
    /// What to do with fields that name or reach a person (`recipient`, `name`, `street`, `phone`, `email`, `signed_by`).
    package enum PersonalData: Sendable {
        /// From the log, where none may travel: `invalid_field`.
        case refused
        /// From HTTP, where the caller stores them apart: taken out and handed over.
        case separated
    }

    /// What a call that makes one kind of event fills in where its body is silent.
    package struct Defaults: Sendable {
        package var type: EventType
        package var occurredAt: Timestamp
        package var deliveryID: DeliveryID?
        package var id: EventID

        package init(type: EventType, occurredAt: Timestamp, deliveryID: DeliveryID?, id: EventID) {
            self.type = type
            self.occurredAt = occurredAt
            self.deliveryID = deliveryID
            self.id = id
        }
    }

    /// The merchant of an event that names none.
    package var merchant: MerchantID
    package var defaults: Defaults?
    package var personalData: PersonalData

    package init(merchant: MerchantID = .default, personalData: PersonalData = .refused) {
        self.merchant = merchant
        self.personalData = personalData
    }

    /// Decodes one event.
    /// - Parameters:
    ///   - bytes: one JSON object.
    ///   - attributes: CloudEvents attributes that came beside it, which must agree with it.
    ///   - makeID: gives an id to an event that has none; nil refuses it.
    package func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, attributes: CloudAttributes? = nil, makeID: () -> EventID? = { nil }
    ) throws(EventRejection) -> DecodedEvent {
        do throws(EventRejection) {
            return try decodeFields(bytes, attributes, makeID)
        } catch {
            var rejection = error
            if rejection.id == nil { rejection.id = attributes?.id.flatMap { EventID($0) } ?? Self.readableID(in: bytes) }
            throw rejection
        }
    }

    package func decode(_ bytes: [UInt8]) throws(EventRejection) -> DecodedEvent {
        var result: Result<DecodedEvent, EventRejection>?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(EventRejection) { result = .success(try decode(buffer)) } catch { result = .failure(error) }
        }
        guard let result else { throw EventRejection(.malformed, "No bytes.") }
        return try result.get()
    }

    private func decodeFields(
        _ bytes: UnsafeBufferPointer<UInt8>, _ attributes: CloudAttributes?, _ makeID: () -> EventID?
    ) throws(EventRejection) -> DecodedEvent {
        guard bytes.count <= Limits.eventBytes else {
            throw EventRejection(.tooLarge, "An event may have \(Limits.eventBytes) bytes at most; this one has \(bytes.count).")
        }
        var fields = EventFields(bytes, personalData: personalData)
        try fields.readAll()
        // Asked before the attributes are merged: bytes that lean on their headers do not state the event alone.
        var isVerbatim = fields.seen.isSuperset(of: [.id, .type, .deliveryID, .occurredAt])
            && fields.personal.isEmpty && (attributes == nil || fields.seen.contains(.source))
        let statesMerchant = fields.seen.contains(.merchant)
        if let attributes { try fields.merge(attributes) }
        if !fields.seen.contains(.merchant) { fields.event.merchant = merchant }
        if let defaults { fields.fill(with: defaults) }
        if !fields.seen.contains(.id), let id = makeID() {
            fields.event.id = id
            fields.seen.insert(.id)
        }
        try fields.demandRequired()
        if !statesMerchant, fields.event.merchant != .default { isVerbatim = false }
        return DecodedEvent(event: fields.event, isVerbatim: isVerbatim, personal: fields.personal)
    }

    /// The id of an event that is refused, where it can be read, so that its sender can find it.
    private static func readableID(in bytes: UnsafeBufferPointer<UInt8>) -> EventID? {
        guard bytes.count <= Limits.eventBytes else { return nil }
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if "id" ~= key { return EventID(try reader.readString()) }
                _ = try reader.skipValue()
            }
        } catch { return nil }
        return nil
    }

    /// `occurred_at` may be a day ahead of the clock of the log at most.
    package static func rejectFuture(_ event: Event, receivedAt: Timestamp) -> EventRejection? {
        let limit = receivedAt.advanced(bySeconds: Limits.futureToleranceSeconds)
        guard event.occurredAt > limit else { return nil }
        return EventRejection(
            .occurredInFuture, "occurred_at is more than 24 hours after the event was received.",
            pointer: "/occurred_at", id: event.id)
    }
}
