import Hummingbird
import WaybillCore
import WaybillEngine

/// Reads query parameters, strictly: a parameter that is given wrongly is an error, one that is not known is ignored.
struct QueryReader {
    private let values: [String: String]

    init(_ request: Request) throws(APIProblem) {
        var values: [String: String] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let raw = (parts.count > 1 ? String(parts[1]) : "").replacing("+", with: " ")
            guard let name = PercentEncoding.decode(parts[0]), let value = PercentEncoding.decode(raw) else {
                throw .validation("The query is not valid percent-encoded UTF-8.")
            }
            if values[name] != nil { throw .validation("Given twice.", parameter: name) }
            values[name] = value
        }
        self.values = values
    }

    func text(_ name: String, maximum: Int = 512) throws(APIProblem) -> String? {
        guard let value = values[name] else { return nil }
        guard (1...maximum).contains(value.utf8.count), !value.utf8.contains(0) else {
            throw .validation("Must be 1 to \(maximum) bytes.", parameter: name)
        }
        return value
    }

    func instant(_ name: String) throws(APIProblem) -> Timestamp? {
        guard let value = try text(name) else { return nil }
        // A literal `+` in a query means a space; people forget to encode the one of an offset.
        guard let instant = Timestamp(rfc3339: value.replacing(" ", with: "+")) else {
            throw .validation("Must be an RFC 3339 time with an offset.", parameter: name)
        }
        return instant
    }

    func limit(maximum: Int = Limits.pageSize, standard: Int = Limits.pageSizeDefault) throws(APIProblem) -> Int {
        guard let value = try text("limit") else { return standard }
        guard let limit = Int(value), (1...maximum).contains(limit) else {
            throw .validation("Must be a number from 1 to \(maximum).", parameter: "limit")
        }
        return limit
    }

    /// `2s` or `500ms`.
    func wait() throws(APIProblem) -> Duration? {
        guard let value = try text("wait") else { return nil }
        let unit = value.hasSuffix("ms") ? "ms" : "s"
        guard value.hasSuffix(unit), let number = Int(value.dropLast(unit.count)), number >= 0, number < 100_000 else {
            throw .validation("Must be like 2s or 500ms.", parameter: "wait")
        }
        let duration: Duration = unit == "ms" ? .milliseconds(number) : .seconds(number)
        guard duration <= .seconds(Limits.waitSeconds) else {
            throw .validation("\(Int(Limits.waitSeconds))s at most.", parameter: "wait")
        }
        return duration
    }

    /// The filters that lists, pages of updates and streams share.
    func filter() throws(APIProblem) -> DeliveryFilter {
        var filter = DeliveryFilter()
        for name in try text("status")?.split(separator: ",") ?? [] {
            guard let status = Status(rawValue: String(name)) else {
                throw .validation("\(name) is not a status.", parameter: "status")
            }
            filter.statuses.append(status)
        }
        if let name = try text("case") {
            guard let kind = CaseKind(rawValue: name) else {
                throw .validation("Not a kind of case.", parameter: "case")
            }
            filter.openCase = kind
        }
        filter.carrier = try text("carrier")
        filter.search = try text("q", maximum: 128)
        filter.promisedBefore = try instant("promised_before")
        filter.updatedAfter = try instant("updated_after")
        return filter
    }

    func code<Code: RawRepresentable<String> & CaseIterable>(_ name: String) throws(APIProblem) -> Code? {
        guard let value = try text(name) else { return nil }
        guard let code = Code(rawValue: value) else {
            let known = Code.allCases.map(\.rawValue).joined(separator: ", ")
            throw .validation("Must be one of \(known).", parameter: name)
        }
        return code
    }

    /// A cursor of the feed, of this number of partitions.
    func feedCursor(_ text: String?, partitions: Int) throws(APIProblem) -> FeedCursor? {
        guard let text else { return nil }
        guard let cursor = FeedCursor(text, partitions: partitions) else {
            throw .validation("This is not a cursor of the feed.", parameter: "after")
        }
        return cursor
    }
}
