import WaybillCore

/// A state as named texts, compared as bytes: what the real and the reference fold have in common.
package struct StateSummary: Equatable, CustomStringConvertible {
    private var fields: [String: [UInt8]] = [:]

    package var description: String {
        fields.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.readable($0.value))" }.joined(separator: "\n")
    }

    /// The fields that differ, as `name: mine / theirs`.
    package func differences(from other: StateSummary) -> [String] {
        Set(fields.keys).union(other.fields.keys).sorted().filter { fields[$0] != other.fields[$0] }.map {
            "\($0): \(fields[$0].map(Self.readable) ?? "-") / \(other.fields[$0].map(Self.readable) ?? "-")"
        }
    }

    private static func readable(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    fileprivate mutating func put(_ name: String, _ value: String?) {
        if let value { fields[name] = Array(value.utf8) }
    }

    fileprivate mutating func put(_ name: String, _ value: Timestamp?) { put(name, value.map(Self.text)) }
    fileprivate mutating func put(_ name: String, _ value: Window?) { put(name, value.map(Self.text)) }
    fileprivate mutating func put(_ name: String, _ value: Int?) { put(name, value.map(String.init)) }
    fileprivate mutating func put(_ name: String, _ value: Bool) { put(name, value ? "yes" : nil) }

    fileprivate static func text(_ time: Timestamp) -> String { String(time.microseconds) }
    fileprivate static func text(_ window: Window) -> String {
        "\(window.earliest.map(text) ?? "")..\(text(window.latest))"
    }
    fileprivate static func text(_ eta: ETA, _ statedAt: Timestamp) -> String {
        "\(eta.source.rawValue) \(text(eta.window)) at \(text(statedAt))"
    }
    fileprivate static func text(_ key: SortKey) -> String { "\(text(key.occurredAt)) \(key.rank) \(key.id)" }
}

extension FoldedState {
    package var summary: StateSummary {
        var summary = StateSummary()
        summary.put("status", reducedStatus.rawValue)
        summary.put("expired", isExpired)
        summary.put("status_event", statusEvent?.text)
        summary.put("reason", reason?.rawValue)
        summary.put("provisional", isProvisional)
        summary.put("created_at", createdAt)
        summary.put("dispatched_at", dispatchedAt)
        summary.put("out_for_delivery_at", outForDeliveryAt)
        summary.put("delivered_at", deliveredAt)
        summary.put("returned_at", returnedAt)
        summary.put("cancelled_at", cancelledAt)
        summary.put("attempts", attempts)
        summary.put("recipient_id", recipientID)
        summary.put("destination", destination?.text)
        summary.put("origin", origin?.text)
        summary.put("promised", promised)
        summary.put("promised_original", promisedOriginal)
        summary.put("carrier", carrier)
        summary.put("tracking_number", trackingNumber)
        summary.put("order_reference", orderReference)
        summary.put("metadata", metadata?.text)
        summary.put("place", place?.rawValue)
        summary.put("proof_id", proofID)
        summary.put("pickup_until", pickupUntil)
        for stated in etas {
            summary.put("eta \(stated.eta.source)", StateSummary.text(stated.eta, stated.statedAt))
        }
        summary.put("delay", delay?.openedBy.text)
        summary.put("delay since", delay?.since)
        summary.put("delay reason", delay?.reason?.rawValue)
        summary.put("delay expected", delay?.expectedBy)
        summary.put("delay minutes", delay?.minutes)
        summary.put("contradiction", contradiction?.event.text)
        summary.put("contradiction type", contradiction?.type.rawValue)
        summary.put("contradiction at", contradiction?.occurredAt)
        summary.put("contradiction of", contradiction?.status.rawValue)
        summary.put("contradictions", contradiction?.count)
        summary.put("last_event", (lastEvent?.key).map(StateSummary.text))
        summary.put("last_event type", lastEvent?.type.rawValue)
        summary.put("last_location", lastLocation?.text)
        summary.put("frontier", frontier.map(StateSummary.text))
        summary.put("waits", awaitsEvent)
        return summary
    }
}

extension ReferenceState {
    package var summary: StateSummary {
        var summary = StateSummary()
        summary.put("status", status.rawValue)
        summary.put("expired", isExpired)
        summary.put("status_event", statusEvent?.text)
        summary.put("reason", reason?.rawValue)
        summary.put("provisional", isProvisional)
        summary.put("created_at", createdAt)
        summary.put("dispatched_at", dispatchedAt)
        summary.put("out_for_delivery_at", outForDeliveryAt)
        summary.put("delivered_at", deliveredAt)
        summary.put("returned_at", returnedAt)
        summary.put("cancelled_at", cancelledAt)
        summary.put("attempts", attempts)
        summary.put("recipient_id", recipientID)
        summary.put("destination", destination?.text)
        summary.put("origin", origin?.text)
        summary.put("promised", promised)
        summary.put("promised_original", promisedOriginal)
        summary.put("carrier", carrier)
        summary.put("tracking_number", trackingNumber)
        summary.put("order_reference", orderReference)
        summary.put("metadata", metadata?.text)
        summary.put("place", place?.rawValue)
        summary.put("proof_id", proofID)
        summary.put("pickup_until", pickupUntil)
        for stated in etas {
            summary.put("eta \(stated.eta.source)", StateSummary.text(stated.eta, stated.statedAt))
        }
        summary.put("delay", delay?.openedBy.text)
        summary.put("delay since", delay?.since)
        summary.put("delay reason", delay?.reason?.rawValue)
        summary.put("delay expected", delay?.expectedBy)
        summary.put("delay minutes", delay?.minutes)
        summary.put("contradiction", contradiction?.event.id.text)
        summary.put("contradiction type", contradiction?.event.type.rawValue)
        summary.put("contradiction at", contradiction?.event.occurredAt)
        summary.put("contradiction of", contradiction?.status.rawValue)
        summary.put("contradictions", contradiction?.count)
        summary.put("last_event", (lastEvent?.sortKey).map(StateSummary.text))
        summary.put("last_event type", lastEvent?.type.rawValue)
        summary.put("last_location", lastLocation?.text)
        summary.put("frontier", (frontier?.sortKey).map(StateSummary.text))
        summary.put("waits", waits)
        return summary
    }
}
