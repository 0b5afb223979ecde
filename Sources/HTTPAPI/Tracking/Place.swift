import WaybillCore

/// What a tracking page may say of a place: the town, and the postcode while that is still shown.
struct Place: Sendable {
    var city: String?
    var postcode: String?
    var country: String?
    var latitude: Double?
    var longitude: Double?

    init(_ fragment: JSONFragment?) {
        guard var text = fragment?.text else { return }
        text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() { try read(key.text, &reader) }
            } catch {
                // A place that cannot be read is a place that is not shown.
            }
        }
    }

    private mutating func read(_ key: String, _ reader: inout JSONReader) throws(JSONError) {
        if try reader.readNull() { return }
        switch key {
        case "city": city = try reader.readString()
        case "postcode": postcode = try reader.readString()
        case "country": country = try reader.readString()
        case "lat": latitude = try reader.readDouble()
        case "lon": longitude = try reader.readDouble()
        default: _ = try reader.skipValue()
        }
    }
}
