/// What the members of a place may be.
struct PlaceRule {
    struct Fault {
        var field: String
        var problem: String
    }

    /// A scan's place has a name, that of the hub; a destination's would be a person's.
    var refusesName: Bool

    static let location = PlaceRule(refusesName: false)
    static let destination = PlaceRule(refusesName: true)

    /// Reads the object to its end and says which member breaks the rule first.
    func firstFault(_ reader: inout JSONReader) throws(JSONError) -> Fault? {
        var fault: Fault?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if let problem = try problem(of: key, &reader), fault == nil {
                fault = Fault(field: key.text, problem: problem)
            }
        }
        return fault
    }

    private func problem(of key: JSONKey, _ reader: inout JSONReader) throws(JSONError) -> String? {
        switch key {
        case "lat": return try number(&reader, within: -90...90)
        case "lon": return try number(&reader, within: -180...180)
        case "name" where !refusesName: return try string(&reader)
        case "name", "street", "phone", "email", "recipient", "signed_by":
            _ = try reader.skipValue()
            return "names or reaches a person and does not travel with events; store it with the recipient"
        case "city", "region", "postcode", "country", "country_name": return try string(&reader)
        default:
            _ = try reader.skipValue()
            return nil
        }
    }

    private func number(_ reader: inout JSONReader, within range: ClosedRange<Double>) throws(JSONError) -> String? {
        switch reader.peek() ?? 0 {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return range.contains(try reader.readDouble()) ? nil : "is out of range"
        case UInt8(ascii: "n"):
            _ = try reader.skipValue()
            return nil
        default:
            _ = try reader.skipValue()
            return "is not a number"
        }
    }

    private func string(_ reader: inout JSONReader) throws(JSONError) -> String? {
        let first = reader.peek()
        _ = try reader.skipValue()
        return first == UInt8(ascii: "\"") || first == UInt8(ascii: "n") ? nil : "is not a string"
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
