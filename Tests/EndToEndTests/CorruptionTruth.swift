import Foundation

/// What `waybill export` writes of a directory: events, in order, for each delivery.
struct ExportedRows {
    private var events: [String: [JSON]] = [:]
    private(set) var count = 0
    /// What it said where it would not go on.
    private(set) var refusal: String?
    private(set) var crashed = false
    /// The first line that is no JSON.
    private(set) var unreadable: String?

    init(exporting directory: URL) throws {
        let run = try Run(Repository.binary, ["export", "--data", directory.path])
        if run.exit != .code(0) { refusal = run.said }
        crashed = run.exit.isCrash
        let lines = run.stdout.split(separator: "\n")
        for (number, line) in lines.enumerated() {
            guard let row = try? JSON(parsing: line.utf8) else {
                // A refusal in the middle of a line is not a row.
                if refusal != nil, number == lines.count - 1 { break }
                unreadable = unreadable ?? "export wrote what is not JSON: \(line.prefix(200))"
                continue
            }
            let event = row["event"] ?? row
            guard let deliveryID = event["delivery_id"]?.string, event["type"] != nil else { continue }
            events[deliveryID, default: []].append(row)
            count += 1
        }
    }

    /// The first delivery whose rows are not the first rows of the truth.
    func firstNotAPrefix(of truth: ExportedRows) -> String? {
        if let unreadable { return unreadable }
        for (deliveryID, rows) in events {
            let expected = truth.events[deliveryID] ?? []
            if Array(expected.prefix(rows.count)) != rows {
                return "\(deliveryID): \(rows.count) exported rows are not the first of its \(expected.count)"
            }
        }
        return nil
    }
}

/// What a server served while its files were whole.
struct ServedRows {
    private struct Delivery {
        let body: JSON
        let timeline: [JSON]

        /// Cases come and go with the time of day, not with the rows.
        init(_ body: JSON, _ timeline: [JSON]) {
            self.body = body.without("open_cases")
            self.timeline = timeline
        }
    }

    private var deliveries: [String: Delivery] = [:]

    init(_ client: Client) throws {
        for body in try client.pages("/v1/deliveries?limit=200") {
            guard let id = body["id"]?.string else { continue }
            deliveries[id] = Delivery(body, try Self.timeline(id, client))
        }
    }

    var events: Int { deliveries.values.reduce(0) { $0 + $1.timeline.count } }

    /// The first answer that is wrong. Fewer rows and a plain refusal (a 5xx problem) are not wrong.
    func firstWrong(_ client: Client) throws -> String? {
        do {
            for body in try client.pages("/v1/deliveries?limit=200") {
                guard let id = body["id"]?.string, let truth = deliveries[id] else {
                    return "a delivery that never was: \(body.text)"
                }
                let now = Delivery(body, try Self.timeline(id, client))
                guard Array(truth.timeline.prefix(now.timeline.count)) == now.timeline else {
                    return "\(id): a wrong timeline"
                }
                if now.timeline.count == truth.timeline.count, now.body != truth.body {
                    return "\(id): \(body.text) where \(truth.body.text) is true"
                }
            }
        } catch let answer as UnexpectedAnswer where answer.response.status >= 500 && answer.response.problemCode != nil
        {
            return nil
        }
        return nil
    }

    /// In the order of arrival, so that fewer rows are the first rows.
    private static func timeline(_ id: String, _ client: Client) throws -> [JSON] {
        try client.pages("/v1/deliveries/\(id.percentEncoded)/events?limit=200")
            .sorted { ($0["sequence"]?.int ?? 0) < ($1["sequence"]?.int ?? 0) }
    }
}
