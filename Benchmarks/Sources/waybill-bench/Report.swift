import Foundation

/// One measured figure beside the limit of the same run and the aim.
struct Figure {
    var name: String
    var measured: String
    /// What bounds it here and now, measured in this run.
    var limit: String = ""
    /// Measured as a share of the limit.
    var share: Double?
    var aim: String = ""
    var isMet: Bool?
}

/// The figures of a run, printed as they come and once more as one aligned table.
final class Report {
    private var sections: [(title: String, figures: [Figure])] = []

    func begin(_ title: String) {
        sections.append((title, []))
        say("\n\(title)")
    }

    /// Something that a reader must know to judge the figures.
    func note(_ text: String) { say("  " + text) }

    func add(_ figure: Figure) {
        sections[sections.count - 1].figures.append(figure)
        say("  " + [figure.name, figure.measured].joined(separator: ": "))
    }

    func printTable() {
        let header = ["figure", "measured", "limit in this run", "share", "aim", ""]
        var rows: [[String]] = []
        for section in sections {
            rows.append([section.title])
            rows += section.figures.map { figure in
                [
                    "  " + figure.name, figure.measured, figure.limit, figure.share.map { $0.formatted(2) } ?? "",
                    figure.aim,
                    figure.isMet.map { $0 ? "met" : "MISSED" } ?? "",
                ]
            }
        }
        let widths = header.indices.map { column in
            ([header] + rows.filter { $0.count > 1 }).map { $0[column].count }.max() ?? 0
        }
        say("")
        for row in [header] + rows { say(Self.line(row, widths)) }
    }

    /// At once, also into a pipe: a run takes minutes.
    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        guard row.count > 1 else { return row[0] }
        return zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
}

extension Double {
    /// Plain decimals.
    func formatted(_ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int((self.magnitude * scale).rounded())
        let sign = self < 0 && whole > 0 ? "-" : ""
        guard digits > 0 else { return sign + "\(whole)" }
        let text = String(repeating: "0", count: max(0, digits + 1 - "\(whole)".count)) + "\(whole)"
        return sign + text.dropLast(digits) + "." + text.suffix(digits)
    }

    /// With a thin grouping, as in `1 234 567`.
    var grouped: String {
        var text = ""
        for (index, digit) in formatted(0).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(" ") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    var perSecond: String { grouped + "/s" }
}

/// Times of many requests, in microseconds.
struct Latencies {
    private var sorted: [Double]

    init(_ microseconds: [Double]) { sorted = microseconds.sorted() }

    func percentile(_ share: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    var text: String {
        "p50 \((percentile(0.5) / 1000).formatted(2)) ms, p99 \((percentile(0.99) / 1000).formatted(2)) ms"
    }
}
