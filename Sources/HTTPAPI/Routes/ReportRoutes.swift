import HTTPTypes
import Hummingbird
import WaybillCore
import WaybillEngine

/// What came of deliveries and cases, by day, carrier or lane; as JSON or as CSV.
extension APIRoutes {
    private enum Grouping: String, CaseIterable { case day, carrier, lane }

    @Sendable func reportDeliveries(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        let days = try reader.days(now: services.time.now())
        let groupings = try groupings(reader)
        let counters = try await services.desk.counters(
            context.merchant, from: ReportCell.start(of: days.lowerBound), to: ReportCell.start(of: days.upperBound),
            limit: Limits.reportRows * ReportCell.Measure.allCases.count)
        var sums: [[String]: [ReportCell.Measure: Int64]] = [:]
        for (name, count) in counters {
            guard let (cell, measure) = ReportCell.parse(name) else { continue }
            let group = groupings.map { grouping in
                switch grouping {
                case .day: CivilDate(day: cell.day).text
                case .carrier: cell.carrier
                case .lane: cell.lane
                }
            }
            sums[group, default: [:]][measure, default: 0] += count
        }
        var table = ReportTable(
            groupings.map(\.rawValue)
                + [
                    "delivered", "in_time", "late", "on_time_rate", "attempts", "average_transit_hours", "returned",
                    "cancelled",
                ])
        for (group, sum) in sums.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            table.rows.append(group.map { .text($0) } + Self.cells(sum))
        }
        return try table.response(reader, name: "deliveries")
    }

    private static func cells(_ sum: [ReportCell.Measure: Int64]) -> [ReportTable.Cell] {
        func count(_ measure: ReportCell.Measure) -> Int64 { sum[measure] ?? 0 }
        let judged = count(.inTime) + count(.late)
        return [
            .number(count(.delivered)), .number(count(.inTime)), .number(count(.late)),
            judged == 0 ? .none : .real(Double(count(.inTime)) / Double(judged)), .number(count(.attempts)),
            count(.delivered) == 0
                ? .none : .real(Double(count(.transitMinutes)) / 60 / Double(count(.delivered))),
            .number(count(.returned)), .number(count(.cancelled)),
        ]
    }

    /// Cases by the day they were opened: silence, exceptions and the rest.
    @Sendable func reportCases(_ request: Request, _ context: APIContext) async throws -> Response {
        let reader = try QueryReader(request)
        let opened = try await services.desk.openedCases(
            context.merchant, days: try reader.days(now: services.time.now()))
        var table = ReportTable(["day", "carrier", "kind", "opened"])
        for count in opened.sorted(by: { ($0.day, $0.carrier, $0.kind.bit) < ($1.day, $1.carrier, $1.kind.bit) }) {
            table.rows.append([
                .text(CivilDate(day: count.day).text), .text(count.carrier), .text(count.kind.rawValue),
                .number(count.count),
            ])
        }
        return try table.response(reader, name: "cases")
    }

    private func groupings(_ reader: QueryReader) throws(APIProblem) -> [Grouping] {
        guard let words = try reader.text("by") else { return [.day] }
        var groupings: [Grouping] = []
        for word in words.split(separator: ",") {
            guard let grouping = Grouping(rawValue: String(word)), !groupings.contains(grouping) else {
                throw .validation("Must be day, carrier or lane, each once.", parameter: "by")
            }
            groupings.append(grouping)
        }
        return groupings
    }
}

/// Rows under named columns.
struct ReportTable {
    enum Cell {
        case text(String)
        case number(Int64)
        case real(Double)
        case none
    }

    var columns: [String]
    var rows: [[Cell]] = []

    init(_ columns: [String]) { self.columns = columns }

    func response(_ reader: QueryReader, name: String) throws(APIProblem) -> Response {
        switch try reader.text("format") {
        case nil, "json": return Answer { write(to: &$0) }.response
        case "csv":
            var headers = HTTPFields()
            headers[.contentType] = "text/csv; charset=utf-8"
            headers[.contentDisposition] = "attachment; filename=\"\(name).csv\""
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: csv)))
        default: throw .validation("Must be json or csv.", parameter: "format")
        }
    }

    private func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("data")
            json.array(rows) { json, row in
                json.object { json in
                    for (column, cell) in zip(columns, row) {
                        json.key(named: column)
                        switch cell {
                        case .text(let text): json.value(text)
                        case .number(let number): json.value(number)
                        case .real(let number): json.value(number)
                        case .none: json.null()
                        }
                    }
                }
            }
        }
    }

    /// RFC 4180.
    var csv: String {
        var lines = [columns.joined(separator: ",")]
        for row in rows { lines.append(row.map(Self.field).joined(separator: ",")) }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func field(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): quote(text)
        case .number(let number): "\(number)"
        case .real(let number): "\(number)"
        case .none: ""
        }
    }

    /// Text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection).
    private static func quote(_ text: String) -> String {
        let dangerous: [Character] = [
            "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
        ]
        let harmless = text.first.map { dangerous.contains($0) } ?? false ? "'" + text : text
        guard harmless.contains(where: { "\",;\r\n\r\n\t".contains($0) }) || harmless != text else { return harmless }
        return "\"" + harmless.replacing("\"", with: "\"\"") + "\""
    }
}

extension QueryReader {
    /// `from` and `to`, both days included; the last 30 days where nothing is given.
    func days(now: Timestamp) throws(APIProblem) -> Range<Int> {
        func day(_ name: String) throws(APIProblem) -> Int? {
            guard let text = try text(name) else { return nil }
            guard let date = CivilDate(text) else {
                throw .validation("Must be a day, such as 2026-11-23.", parameter: name)
            }
            return date.number
        }
        let last = try day("to") ?? now.dayNumber
        let first = try day("from") ?? last - 29
        guard first <= last, last - first < Limits.reportDays else {
            throw .validation("Must be before to, by less than \(Limits.reportDays) days.", parameter: "from")
        }
        return first..<last + 1
    }
}
