import WaybillCore
import WaybillEngine

/// A body that asks for something to be done to one delivery, on its way to an event.
struct DeliveryCommand {
    private(set) var event: Event
    private var personal: [ExtraField]

    /// - Parameter key: the delivery of the path; nil where the body names it.
    init(
        _ body: [UInt8], type: EventType, _ merchant: MerchantID, at now: Timestamp, id: EventID,
        key: DeliveryKey? = nil
    ) throws {
        var decoder = EventDecoder(merchant: merchant, personalData: .separated)
        decoder.defaults = EventDecoder.Defaults(type: type, occurredAt: now, deliveryID: key?.deliveryID, id: id)
        let decoded: DecodedEvent
        do throws(EventRejection) { decoded = try decoder.decode(body) } catch { throw IngestError.rejected(error) }
        event = decoded.event
        personal = decoded.personal
        guard event.merchant == merchant else { throw IngestError.foreignMerchant }
        guard event.type == type else {
            throw APIProblem.validation("This call makes an event of type \(type.rawValue).", pointer: "/type")
        }
        if let key, event.deliveryID != key.deliveryID {
            throw APIProblem.validation("The path names another delivery.", pointer: "/delivery_id")
        }
    }

    /// An action: which one it is stands in the body.
    init(action body: [UInt8], _ key: DeliveryKey, at now: Timestamp, id: EventID) throws {
        let kind = try ActionKind(in: body)
        try self.init(body, type: kind.eventType, key.merchant, at: now, id: id, key: key)
        event.extra.removeAll { $0.name == "action" }
        if kind == .note { try takeText() }
        if kind == .redirect,
            !event.details.contains(where: { if case .destination(.some) = $0 { true } else { false } })
        {
            throw APIProblem.validation("destination is required.", pointer: "/destination")
        }
        event.source = event.source ?? "api"
    }

    private mutating func takeText() throws {
        guard let field = event.extra.first(where: { $0.name == "text" }) else {
            throw APIProblem.validation("text is required.", pointer: "/text")
        }
        var json = field.value.text
        let text = json.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            return try? reader.readString()
        }
        guard let text, (1...Limits.textBytes).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw APIProblem.validation("text must be a string of 1 to \(Limits.textBytes) bytes.", pointer: "/text")
        }
        event.detail = text
        event.extra.removeAll { $0.name == "text" }
    }

    /// Stores what names or reaches a person, and names it by id in the event.
    mutating func storePersonalData(_ store: any PersonalStore, at now: Timestamp) async throws {
        for field in personal {
            switch (event.type, field.name) {
            case (.created, "recipient"), (.redirected, "recipient"):
                guard field.value.text.hasPrefix("{") else {
                    throw APIProblem.validation("recipient must be an object.", pointer: "/recipient")
                }
                let id = recipientID ?? "recipient-\(event.id.text)"
                try await store.saveRecipient(id, event.merchant, field.value, at: now)
                if recipientID == nil { event.details.append(.recipientID(id)) }
            case (.delivered, "signed_by"):
                let id = event.proofID ?? "proof-\(event.id.text)"
                try await store.saveProof(
                    id, event.merchant, JSONFragment(trusted: "{\"signed_by\":\(field.value.text)}"), at: now)
                event.proofID = id
            default:
                throw APIProblem.validation(
                    "\(field.name) names or reaches a person and does not belong in this call.",
                    pointer: "/\(field.name)")
            }
        }
    }

    private var recipientID: String? {
        for case .recipientID(let id?) in event.details { return id }
        return nil
    }
}

/// What a person can do to a delivery.
enum ActionKind: String, CaseIterable {
    case note, reschedule, redirect, cancel
    case markDelivered = "mark_delivered"
    case correct

    var eventType: EventType {
        switch self {
        case .note: .note
        case .reschedule: .rescheduled
        case .redirect: .redirected
        case .cancel: .cancelled
        case .markDelivered: .delivered
        case .correct: .correction
        }
    }

    init(in body: [UInt8]) throws(APIProblem) {
        let name = body.withUnsafeBufferPointer { bytes -> String? in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if "action" ~= key { return try reader.readString() }
                    _ = try reader.skipValue()
                }
            } catch { return nil }
            return nil
        }
        guard let name, let kind = ActionKind(rawValue: name) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw .validation("action must be one of \(known).", pointer: "/action")
        }
        self = kind
    }
}
