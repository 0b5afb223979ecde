/// What the members of a place may be.
struct PlaceRule {
    var refusesPersonalData: Bool

    static let location = PlaceRule(refusesPersonalData: false)
    static let destination = PlaceRule(refusesPersonalData: true)
}

extension EventFields {
    /// The first member of the object at `start` that breaks the rule; nil too where there is no object (the reader says so).
    static func fault(
        inPlace bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ rule: PlaceRule
    ) -> (field: String, problem: String)? {
        var reader = JSONReader(UnsafeBufferPointer(rebasing: bytes[start...]))
        do throws(JSONError) {
            guard reader.peek() == UInt8(ascii: "{") else { return nil }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if let problem = try problem(of: key, &reader, rule) { return (key.text, problem) }
            }
        } catch { return nil }
        return nil
    }

    private static func problem(
        of key: JSONKey, _ reader: inout JSONReader, _ rule: PlaceRule
    ) throws(JSONError) -> String? {
        switch key {
        case "lat": return try number(&reader, within: -90...90)
        case "lon": return try number(&reader, within: -180...180)
        case "name", "street", "phone", "email", "recipient", "signed_by":
            if rule.refusesPersonalData {
                return "names or reaches a person and does not travel with events; store it with the recipient"
            }
            return try string(&reader)
        case "city", "region", "postcode", "country", "country_name": return try string(&reader)
        default:
            _ = try reader.skipValue()
            return nil
        }
    }

    private static func number(_ reader: inout JSONReader, within range: ClosedRange<Double>) throws(JSONError) -> String? {
        if try reader.readNull() { return nil }
        do throws(JSONError) {
            return range.contains(try reader.readDouble()) ? nil : "is out of range"
        } catch { return "is not a number in range" }
    }

    private static func string(_ reader: inout JSONReader) throws(JSONError) -> String? {
        switch reader.peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "n"):
            _ = try reader.skipValue()
            return nil
        default: return "is not a string"
        }
    }
}

/// A point on Earth in degrees (WGS 84).
package struct GeoPoint: Hashable, Sendable {
    package var latitude: Double
    package var longitude: Double

    package init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// The `lat` and `lon` of a validated place; nil when either is missing.
    package init?(_ place: JSONFragment) {
        var text = place.text
        var latitude: Double?
        var longitude: Double?
        text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "lat": latitude = try reader.readNull() ? nil : try reader.readDouble()
                    case "lon": longitude = try reader.readNull() ? nil : try reader.readDouble()
                    default: _ = try reader.skipValue()
                    }
                }
            } catch { latitude = nil }
        }
        guard let latitude, let longitude else { return nil }
        self.init(latitude: latitude, longitude: longitude)
    }
}
