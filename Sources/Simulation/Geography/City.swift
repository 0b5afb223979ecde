/// A point on the globe, in degrees.
package struct Coordinate: Sendable, Hashable {
    package var latitude: Double
    package var longitude: Double

    package init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Kilometres along the great circle (haversine, on a sphere of 6,371 km), rounded to whole ones.
    package func kilometres(to other: Coordinate) -> Double {
        let north = Elementary.sine(degrees: (other.latitude - latitude) / 2)
        let east = Elementary.sine(degrees: (other.longitude - longitude) / 2)
        let cosines = Elementary.cosine(degrees: latitude) * Elementary.cosine(degrees: other.latitude)
        return (2 * 6371 * Elementary.arcSine((north * north + cosines * east * east).squareRoot())).rounded()
    }
}

/// A country, as far as parcels are concerned.
package struct Country: Sendable, Hashable {
    /// ISO 3166-1 alpha-2.
    package let code: String
    package let name: String
    /// Standard time. Daylight saving is left out: lives need plausible hours, not exact ones.
    package let hoursFromUTC: Int
    /// Inside one territory no customs officer looks into a parcel.
    package let customsTerritory: String
}

/// A place where people order and receive.
package struct City: Sendable {
    /// Index into `Geography.cities`.
    package typealias ID = UInt8

    package let name: String
    /// The name in plain ASCII, as it stands in the names of services.
    package let slug: String
    package let region: String
    package let country: Country
    package let postcodes: [String]
    package let coordinate: Coordinate
    /// How many parcels go there, relative to the others.
    package let demand: Double
    /// How many parcels start there: above zero where a warehouse stands.
    package let supply: Double
}

/// A place where a carrier sorts parcels.
package struct Hub: Sendable {
    /// Index into `Geography.hubs`.
    package typealias ID = UInt8

    package let name: String
    package let slug: String
    package let city: String
    package let postcode: String?
    package let country: Country
    package let coordinate: Coordinate
    /// Aircraft land here, so that lanes over any distance start and end here.
    package let hasAirport: Bool
}
