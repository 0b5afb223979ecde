import WaybillCore

/// The events of one request while they are being validated.
struct EventReading {
    struct Proof {
        var id: String
        var data: JSONFragment
    }

    private(set) var records: [NewRecord] = []
    private(set) var bytes = 0
    private(set) var receipt = IngestReceipt()
    private(set) var proofs: [Proof] = []
    let receivedAt: Timestamp

    private let merchant: MerchantID
    private let idempotencyKey: String?
    private let traceparent: TraceParent?
    private let ids: EventIDs
    private let decoder: EventDecoder
    private var index = 0

    init(
        merchant: MerchantID, idempotencyKey: String?, traceparent: TraceParent?, ids: EventIDs, receivedAt: Timestamp
    ) {
        self.merchant = merchant
        self.idempotencyKey = idempotencyKey
        self.traceparent = traceparent
        self.ids = ids
        self.receivedAt = receivedAt
        decoder = EventDecoder(merchant: merchant, personalData: .separated)
    }

    /// Validates one event and keeps it, or notes why not.
    mutating func add(
        _ event: UnsafeBufferPointer<UInt8>, attributes: CloudAttributes? = nil, structured: Bool = false
    ) throws(IngestError) {
        guard index < Limits.eventsPerRequest else { throw .tooManyEvents }
        defer { index += 1 }
        let decoded: DecodedEvent
        do throws(EventRejection) {
            decoded =
                structured
                ? try decoder.decodeStructured(event)
                : try decoder.decode(event, attributes: attributes, makeID: makeID)
            if let rejection = EventDecoder.rejectFuture(decoded.event, receivedAt: receivedAt) { throw rejection }
        } catch {
            receipt.rejected.append(IngestReceipt.Rejected(index: index, rejection: error))
            return
        }
        guard decoded.event.merchant == merchant else { throw .foreignMerchant }
        do throws(EventRejection) {
            try keep(decoded, event)
        } catch {
            receipt.rejected.append(IngestReceipt.Rejected(index: index, rejection: error))
        }
    }

    private mutating func keep(_ decoded: DecodedEvent, _ written: UnsafeBufferPointer<UInt8>) throws(EventRejection) {
        var event = decoded.event
        for field in decoded.personal {
            guard event.type == .delivered, field.name == "signed_by", event.proofID == nil else {
                throw EventRejection(
                    .invalidField,
                    "\(field.name) names or reaches a person and does not travel with this event; use "
                        + "POST /v1/deliveries or an action.",
                    pointer: "/\(field.name)", id: event.id)
            }
            event.proofID = "proof-\(event.deliveryID.text)-\(event.id.text)"
            proofs.append(
                Proof(id: event.proofID ?? "", data: JSONFragment(trusted: "{\"signed_by\":\(field.value.text)}")))
        }
        let value = decoded.isVerbatim ? Self.trimmed(written) : EventEncoder.bytes(of: event)
        // What was added on the way in (an id, the merchant) counts: the tracker would refuse it.
        guard value.count <= Limits.eventBytes else {
            throw EventRejection(
                .tooLarge,
                "An event may have \(Limits.eventBytes) bytes at most; with its id and merchant it has \(value.count).",
                id: event.id)
        }
        records.append(NewRecord(key: event.key, value: value, event: event, traceparent: traceparent))
        bytes += value.count
        receipt.ids.append(event.id)
    }

    private func makeID() -> EventID? {
        idempotencyKey.map { EventIDs.derived(merchant: merchant, idempotencyKey: $0, index: index) } ?? ids.next()
    }

    private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
        else {
            return []
        }
        return Array(bytes[first...last])
    }
}
