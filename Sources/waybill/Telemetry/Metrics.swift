/// Counters, gauges and histograms in Prometheus' text format. `docs/operating.md` lists them.
struct Metrics {
    private struct Series: Hashable {
        var name: String
        /// `{route="/v1/events",status="202"}`, or empty.
        var labels: String
    }

    private struct RequestKey: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    fileprivate struct Histogram {
        var counts = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var sum = 0.0
    }

    fileprivate static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private var counters: [Series: Double] = [:]
    private var gauges: [Series: Double] = [:]
    private var histograms: [Series: Histogram] = [:]
    /// Apart, since every request comes here: no text is made until somebody reads.
    private var requests: [RequestKey: Histogram] = [:]

    mutating func count(_ name: String, _ labels: [String: String], by amount: Double = 1) {
        counters[Self.series(name, labels), default: 0] += amount
    }

    mutating func set(_ name: String, _ labels: [String: String], _ value: Double) {
        gauges[Self.series(name, labels)] = value
    }

    mutating func observe(_ name: String, _ labels: [String: String], _ value: Double) {
        histograms[Self.series(name, labels), default: Histogram()].add(value)
    }

    mutating func countRequest(route: String, method: String, status: Int, seconds: Double) {
        requests[RequestKey(route: route, method: method, status: status), default: Histogram()].add(seconds)
    }

    private static func series(_ name: String, _ labels: [String: String]) -> Series {
        guard !labels.isEmpty else { return Series(name: name, labels: "") }
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
        return Series(name: name, labels: "{\(pairs.joined(separator: ","))}")
    }

    // MARK: Text

    var text: String {
        var lines: [String] = []
        Self.write("counter", counters, to: &lines)
        Self.write("gauge", gauges, to: &lines)
        Self.write(histograms, to: &lines)
        var answered: [Series: Histogram] = [:]
        for (key, histogram) in requests {
            let labels = ["route": key.route, "method": key.method, "status": String(key.status)]
            answered[Self.series("waybill_http_request_seconds", labels)] = histogram
        }
        Self.write(answered, to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(_ type: String, _ values: [Series: Double], to lines: inout [String]) {
        var last = ""
        for (series, value) in values.sorted(by: { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }) {
            if series.name != last { lines.append("# TYPE \(series.name) \(type)") }
            last = series.name
            lines.append(
                "\(series.name)\(series.labels) \(value == value.rounded() ? String(Int(value)) : String(value))")
        }
    }

    private static func write(_ histograms: [Series: Histogram], to lines: inout [String]) {
        var last = ""
        for (series, histogram) in histograms.sorted(by: { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }
        ) {
            if series.name != last { lines.append("# TYPE \(series.name) histogram") }
            last = series.name
            let inner = series.labels.isEmpty ? "" : series.labels.dropFirst().dropLast() + ","
            var total = 0
            for (index, count) in histogram.counts.enumerated() {
                total += count
                let bound = index < bounds.count ? String(bounds[index]) : "+Inf"
                lines.append("\(series.name)_bucket{\(inner)le=\"\(bound)\"} \(total)")
            }
            lines.append("\(series.name)_sum\(series.labels) \(histogram.sum)")
            lines.append("\(series.name)_count\(series.labels) \(total)")
        }
    }
}

extension Metrics.Histogram {
    fileprivate mutating func add(_ value: Double) {
        counts[Metrics.bounds.firstIndex { value <= $0 } ?? Metrics.bounds.count] += 1
        sum += value
    }
}
