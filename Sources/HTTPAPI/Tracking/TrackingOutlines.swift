import WaybillCore

/// Outlines of countries for the small map of the tracking page, as `make web` builds them: rings of differences in
/// hundredths of a degree.
struct TrackingOutlines: Sendable {
    private let rings: [(country: String, points: [(x: Double, y: Double)])]

    init?(_ bytes: [UInt8]) {
        var rings: [(country: String, points: [(x: Double, y: Double)])] = []
        let isRead = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard key.text == "countries" else {
                        _ = try reader.skipValue()
                        continue
                    }
                    try reader.beginObject()
                    while let country = try reader.nextKey() {
                        try Self.read(&reader) { rings.append((country.text, $0)) }
                    }
                }
                return true
            } catch {
                return false
            }
        }
        guard isRead, !rings.isEmpty else { return nil }
        self.rings = rings
    }

    private static func read(
        _ reader: inout JSONReader, _ add: ([(x: Double, y: Double)]) -> Void
    ) throws(JSONError) {
        try reader.beginArray()
        var isFirstRing = true
        while try reader.nextElement(first: isFirstRing) {
            isFirstRing = false
            var values: [Double] = []
            try reader.beginArray()
            var isFirst = true
            while try reader.nextElement(first: isFirst) {
                isFirst = false
                values.append(try reader.readDouble())
            }
            var at = (x: 0.0, y: 0.0)
            add(
                stride(from: 0, to: values.count - 1, by: 2).map { index in
                    at = (at.x + values[index] / 100, at.y + values[index + 1] / 100)
                    return at
                })
        }
    }

    /// SVG path data of the land inside the view: of the countries that matter here, and of the others.
    func paths(_ view: MapView, served: Set<String>) -> (land: String, served: String) {
        var paths = (land: "", served: "")
        for ring in rings where view.shows(ring.points) {
            var path = ""
            for (index, point) in ring.points.enumerated() {
                let (x, y) = view.place(point.x, point.y)
                path += "\(index == 0 ? "M" : "L")\(x) \(y)"
            }
            if served.contains(ring.country) { paths.served += path + "Z" } else { paths.land += path + "Z" }
        }
        return paths
    }
}

/// The part of the world that a small map shows. Plane and simple: a degree of longitude is 0.64 of one of latitude,
/// as at 50 degrees north.
struct MapView: Sendable {
    static let width = 358
    static let height = 190
    private static let squeeze = 0.64

    private let left: Double
    private let top: Double
    private let scale: Double

    /// All points are inside, with room around them.
    init(_ points: [(longitude: Double, latitude: Double)]) {
        let xs = points.map { $0.longitude * Self.squeeze }
        let ys = points.map { -$0.latitude }
        let (x0, x1) = (xs.min() ?? 0, xs.max() ?? 1)
        let (y0, y1) = (ys.min() ?? 0, ys.max() ?? 1)
        let margin = 44.0
        let across = max(x1 - x0, 2.4)
        let down = max(y1 - y0, 1.2)
        scale = min((Double(Self.width) - 2 * margin) / across, (Double(Self.height) - 2 * margin) / down)
        left = (x0 + x1) / 2 - Double(Self.width) / 2 / scale
        top = (y0 + y1) / 2 - Double(Self.height) / 2 / scale
    }

    func place(_ longitude: Double, _ latitude: Double) -> (x: Int, y: Int) {
        let x = (longitude * Self.squeeze - left) * scale
        let y = (-latitude - top) * scale
        return (Int(x.rounded()), Int(y.rounded()))
    }

    func shows(_ points: [(x: Double, y: Double)]) -> Bool {
        var (minX, minY, maxX, maxY) = (Int.max, Int.max, Int.min, Int.min)
        for point in points {
            let (x, y) = place(point.x, point.y)
            (minX, maxX) = (min(minX, x), max(maxX, x))
            (minY, maxY) = (min(minY, y), max(maxY, y))
        }
        return maxX >= 0 && minX <= Self.width && maxY >= 0 && minY <= Self.height
    }
}
