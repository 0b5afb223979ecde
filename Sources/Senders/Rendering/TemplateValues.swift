import Foundation
import WaybillCore
import WaybillEngine

/// What a template can name, as plain text. Each is cut to a bound, so that no value makes a message grow.
enum TemplateValues {
    static let longest = 256

    static func values(_ request: RenderRequest) -> [String: Any] {
        let data = (try? JSONSerialization.jsonObject(with: Data(request.payload.text.utf8))) as? [String: Any] ?? [:]
        let facts = data["data"] as? [String: Any] ?? [:]
        let delivery = facts["delivery"] as? [String: Any] ?? [:]
        let event = facts["event"] as? [String: Any] ?? [:]
        func text(_ value: Any?) -> String? {
            guard let text = value as? String, !text.isEmpty else { return nil }
            return plain(text)
        }
        var values: [String: Any] = [:]
        values["delivery_id"] = text(facts["delivery_id"])
        values["occasion"] = text(facts["occasion"])
        values["status"] = text(facts["status"])?.replacingOccurrences(of: "_", with: " ")
        for name in ["tracking_number", "carrier", "order_reference"] { values[name] = text(delivery[name]) }
        values["reason"] = text(event["reason"])?.replacingOccurrences(of: "_", with: " ")
        values["city"] = text((delivery["destination"] as? [String: Any])?["city"])
        values["place"] = text(event["place"])?.replacingOccurrences(of: "_", with: " ")
        values["eta"] = text((delivery["eta"] as? [String: Any])?["latest"]).map { String($0.prefix(10)) }
        values["until"] = text(event["until"]).map { String($0.prefix(10)) }
        values["name"] = text(request.recipientName)
        values["reference"] = values["tracking_number"] ?? values["delivery_id"] ?? ""
        values["carrier_name"] = values["carrier"] ?? "-"
        values["tracking_url"] = request.trackingURL
        return values
    }

    /// One line without controls and without the marks that turn text around.
    private static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(longest).filter { scalar in
            let isControl = scalar.properties.generalCategory == .control
            let isFormat = scalar.properties.generalCategory == .format
            return !isControl && !isFormat && scalar != "\u{2028}" && scalar != "\u{2029}"
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
