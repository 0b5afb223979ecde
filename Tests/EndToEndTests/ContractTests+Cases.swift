import Foundation
import Testing

extension EndToEnd.ContractTests {
    /// A case opens, people act on it, an event clears it, and the feed tells all of it.
    func callCases(_ contract: ContractClient) throws {
        try contract.expect(202, .post("/v1/events", event("broken", "exception", "2026-01-01T10:00:00Z")))
        let id = try EndToEndTests.eventually("a case", within: 10) {
            try contract.expect(200, .get("/v1/cases?kind=exception&delivery_id=D-9"))
                .json?["data"]?.array?.first?["id"]?.string
        }
        let path = "/v1/cases/\(id)"
        try contract.expect(200, .get(path))
        try contract.expect(404, .get("/v1/cases/none"))
        try contract.expect(400, .get("/v1/cases?kind=nope"))
        try contract.expect(200, .get("/v1/cases/counts"))
        try contract.expect(200, .post(path + "/assign", ["owner": "mia", "actor": "mia"]))
        try contract.expect(409, .post(path + "/resolve", ["actor": "tom"]))
        try contract.expect(400, .post(path + "/snooze", ["until": "2100-01-01T00:00:00Z", "actor": "mia"]))
        let soon = Date().addingTimeInterval(3600).formatted(.iso8601)
        try contract.expect(200, .post(path + "/snooze", ["until": .string(soon), "actor": "mia"]))
        try contract.expect(200, .post(path + "/note", ["text": "called the carrier", "actor": "tom"]))
        try contract.expect(200, .post(path + "/resolve", ["actor": "mia", "resolution": "found"]))
        try contract.expect(200, .post(path + "/reopen", ["actor": "mia"]))
        let bulk: JSON = ["action": "resolve", "ids": [.string(id), "none"], "actor": "mia", "dry_run": true]
        try contract.expect(200, .post("/v1/cases/bulk", bulk))
        try contract.expect(400, .post("/v1/cases/bulk", ["action": "resolve", "ids": []]))
        try contract.expect(200, .get("/v1/deliveries/D-9/arrival"))
        for report in ["deliveries", "cases"] {
            try contract.expect(200, .get("/v1/reports/\(report)"))
            try contract.expect(200, .get("/v1/reports/\(report)?format=csv"))
            try contract.expect(400, .get("/v1/reports/\(report)?from=nope"))
        }
        try contract.expect(202, .post("/v1/events", event("mended", "in_transit", "2026-01-02T10:00:00Z")))
        let told = try EndToEndTests.eventually("the case to be cleared in the feed", within: 10) {
            let data = try contract.expect(200, .get("/v1/updates?limit=500")).json?["data"]?.array ?? []
            let mine = data.filter { $0["kind"]?.string == "case" && $0["delivery_id"]?.string == "D-9" }
            let changes = mine.compactMap { $0["case"]?["change"]?.string }
            return changes.contains("cleared") ? changes : nil
        }
        #expect(told == ["opened", "assigned", "snoozed", "noted", "resolved", "reopened", "cleared"])
        #expect(try contract.expect(200, .get("/v1/deliveries/D-9")).json?["open_cases"] == [])
    }

    private func event(_ id: String, _ type: String, _ instant: String) -> JSON {
        ["id": .string(id), "type": .string(type), "delivery_id": "D-9", "occurred_at": .string(instant)]
    }
}
