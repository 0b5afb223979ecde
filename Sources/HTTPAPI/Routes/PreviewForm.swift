import WaybillCore
import WaybillEngine

/// A body that asks what a template would say.
struct PreviewForm {
    private(set) var deliveryID: String?
    private(set) var template = "delivered"
    private(set) var channel = Channel.email
    private(set) var language = "en"
    /// A template that is not saved yet.
    private(set) var content: JSONFragment?

    init(_ body: [UInt8]) throws(APIProblem) {
        var form = Self()
        let fault: APIProblem? = body.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            var here = ""
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    here = "/" + key.text
                    guard try form.read(key, &reader) else { return .validation("Not known here.", pointer: here) }
                }
                return nil
            } catch { return .validation("Not valid: \(error.problem).", pointer: here) }
        }
        if let fault { throw fault }
        self = form
    }

    private init() {}

    private mutating func read(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) -> Bool {
        switch key {
        case "delivery_id": deliveryID = try reader.readString()
        case "template": template = try reader.readString()
        case "language": language = try reader.readString()
        case "content": content = try reader.readFragment()
        case "channel":
            guard let known = Channel(rawValue: try reader.readString()), known != .webhook else { return false }
            channel = known
        default: _ = try reader.skipValue()
        }
        return true
    }

    /// What a message about the delivery would be filled with.
    static func payload(_ delivery: DeliveryState, _ occasion: String) -> JSONFragment {
        var json = JSONWriter()
        json.object { json in
            json.key("data")
            json.object { json in
                json.member("delivery_id", delivery.key.deliveryID.text)
                json.member("occasion", occasion)
                json.member("status", delivery.folded.status.rawValue)
                json.key("event")
                json.object { json in json.member("reason", orNull: delivery.folded.reason?.rawValue) }
                json.key("delivery")
                DeliveryDocument.write(delivery, to: &json)
            }
        }
        return JSONFragment(trusted: json.text)
    }
}
