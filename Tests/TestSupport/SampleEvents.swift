import Simulation
import WaybillCore
import WaybillEngine

/// Events for tests: short to write, plausible to read.
package enum SampleEvents {
    /// Well before every clock a test uses.
    package static let start = Timestamp(seconds: 1_764_000_000)

    package static func event(
        _ type: EventType, _ id: String, of delivery: String = "D-1", merchant: MerchantID = .default,
        minute: Int64 = 0,
        _ change: (inout Event) -> Void = { _ in }
    ) -> Event {
        var event = Event(
            id: EventID(trusted: id), type: type, merchant: merchant, deliveryID: DeliveryID(trusted: delivery),
            occurredAt: start.advanced(bySeconds: minute * 60))
        if type == .correction { event.correction = Correction(corrects: EventID(trusted: "none"), why: .didNotOccur) }
        if type == .expired { event.after = EventID(trusted: "none") }
        if type == .position { event.location = JSONFragment(trusted: #"{"lat":51.5,"lon":12.25}"#) }
        change(&event)
        return event
    }

    package static func record(_ event: Event) -> NewRecord {
        NewRecord(key: event.key, value: EventEncoder.bytes(of: event))
    }

    package static func key(_ delivery: String, _ merchant: MerchantID = .default) -> DeliveryKey {
        DeliveryKey(merchant: merchant, deliveryID: DeliveryID(trusted: delivery))
    }

    /// A life of a delivery from order to door, each event some minutes after the one before.
    package static func life(of delivery: String, merchant: MerchantID = .default) -> [Event] {
        let types: [EventType] = [.created, .dispatched, .departedHub, .arrivedAtHub, .outForDelivery, .delivered]
        return types.enumerated().map { index, type in
            event(type, "\(delivery)-\(index)", of: delivery, merchant: merchant, minute: Int64(index) * 10)
        }
    }

    /// Lives of a scenario, in the order in which their sources tell them, what must be refused apart.
    package static func scenario(deliveries: Int, seed: UInt64, shares: Shares = .chaos) -> [Event] {
        Scenario(deliveries: deliveries, seed: seed, shares: shares).compactMap { publication in
            publication.spoilage == nil ? publication.event : nil
        }
    }
}
