import TestSupport
import WaybillCore

/// One complete event of every type, as a source would write it: what is read must be what is written again.
enum EventSamples {
    private static func sample(_ type: String, _ rest: String, id: String = "e-1") -> String {
        #"{"id":"\#(id)","type":"\#(type)","merchant":"acme","delivery_id":"D-1001","#
            + #""occurred_at":"2026-11-23T10:02:29.301Z","source":"logistics/leipzig"\#(rest)}"#
    }

    private static let place =
        #""location":{"name":"Leipzig Hub","city":"Leipzig","region":"Sachsen","postcode":"04435","#
        + #""country":"DE","lat":51.42,"lon":12.24}"#
    private static let eta =
        #""eta":{"earliest":"2026-11-24T08:00:00Z","latest":"2026-11-24T12:00:00Z","source":"planner"}"#
    private static let promise = #""promised":{"earliest":null,"latest":"2026-11-24T18:00:00Z"}"#
    private static let details =
        #""recipient_id":"r-1","destination":{"city":"Köln","region":"NW","postcode":"50667","#
        + #""country":"DE","country_name":"Deutschland"},"origin":{"city":"Halle","country":"DE"},\#(promise),"#
        + #""carrier":"DHL","tracking_number":"00340434","order_reference":"PO-7","metadata":{"a":[1,2.5,{"b":null}]}"#

    static let all: [EventType: String] = [
        .created: sample("created", ",\(details)"),
        .updated: sample("updated", #","carrier":null,"metadata":null,"promised":null,"destination":null"#),
        .dispatched: sample("dispatched", ",\(place)"),
        .pickedUp: sample("picked_up", #","actor":"driver-9""#),
        .departedHub: sample("departed_hub", ",\(place)"),
        .inTransit: sample("in_transit", ",\(place),\(eta)"),
        .arrivedAtHub: sample(
            "arrived_at_hub", #",\#(place),"reason":"weather","detail":"snow","raw_code":"AR",\#(eta)"#),
        .held: sample("held", #","reason":"duties_unpaid""#),
        .customsHeld: sample("customs_held", #","reason":"customs_delay""#),
        .customsCleared: sample("customs_cleared", ""),
        .released: sample("released", ""),
        .outForDelivery: sample("out_for_delivery", ",\(eta)"),
        .deliveryAttempted: sample("delivery_attempted", #","reason":"not_home""#),
        .availableForPickup: sample("available_for_pickup", #","until":"2026-12-01T18:00:00Z",\#(place)"#),
        .exception: sample("exception", #","reason":"damaged","detail":"wet""#),
        .returning: sample("returning", #","reason":"refused""#),
        .cancelled: sample("cancelled", #","actor":"ops""#),
        .delivered: sample("delivered", #","place":"safe_place","proof_id":"proof-1",\#(place)"#),
        .returned: sample("returned", ""),
        .delayed: sample("delayed", #","reason":"vehicle_breakdown",\#(eta)"#),
        .etaChanged: sample("eta_changed", ",\(eta)"),
        .rescheduled: sample("rescheduled", ",\(promise)"),
        .redirected: sample("redirected", #","destination":{"city":"Bonn","country":"DE"},"recipient_id":"r-2""#),
        .note: sample("note", #","detail":"called","actor":"anna","x-unknown":{"deep":[true,1.50,"\u00e9"]},"n":null"#),
        .correction: sample("correction", #","corrects":"e-0","why":"incorrect_data""#),
        .expired: sample("expired", #","after":"e-9""#, id: "expired:e-9"),
        .position: sample("position", #","location":{"lat":-90,"lon":180}"#),
    ]

    static func bytes(_ type: EventType) -> [UInt8] { Array((all[type] ?? "").utf8) }
}

extension EventDecoder {
    /// The event, or the rejection, of some text.
    func result(_ text: String) -> Result<DecodedEvent, EventRejection> {
        do throws(EventRejection) { return .success(try decode(Array(text.utf8))) } catch { return .failure(error) }
    }

    func result(
        _ text: String, _ attributes: CloudAttributes, makeID: () -> EventID? = { nil }
    ) -> Result<DecodedEvent, EventRejection> {
        Array(text.utf8).withUnsafeBufferPointer { buffer in
            do throws(EventRejection) {
                return .success(try decode(buffer, attributes: attributes, makeID: makeID))
            } catch { return .failure(error) }
        }
    }

    func structured(_ text: String) -> Result<DecodedEvent, EventRejection> {
        Array(text.utf8).withUnsafeBufferPointer { buffer in
            do throws(EventRejection) { return .success(try decodeStructured(buffer)) } catch { return .failure(error) }
        }
    }
}

extension Result where Failure == EventRejection {
    var rejection: EventRejection? { if case .failure(let rejection) = self { rejection } else { nil } }
}
