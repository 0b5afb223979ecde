import Foundation
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The exceptions desk and the reports, over HTTP.
@Suite(.timeLimit(.minutes(10))) struct CaseRouteTests {
    private func monitored(_ bench: APIBench, _ events: [Event]) async throws {
        try await bench.take(events)
        let monitor = Monitoring(
            store: bench.store, log: bench.log, lag: TrackingLag(log: bench.log, store: bench.store), owner: "one",
            book: RuleBook(), time: bench.time, observer: bench.observer)
        while try await monitor.step() == .worked {}
        try await bench.settle()
    }

    private func troubled(_ count: Int) -> [Event] {
        (1...count).flatMap { number in
            [
                SampleEvents.event(.created, "\(number)-0", of: "D-\(number)") {
                    $0.details = [.carrier(number == 1 ? "=cmd" : "rhein")]
                },
                SampleEvents.event(.exception, "\(number)-1", of: "D-\(number)", minute: 5) { $0.reason = .damaged },
            ]
        }
    }

    @Test func listsCountsAndDetails() async throws {
        let bench = APIBench()
        try await monitored(bench, troubled(5))
        try await bench.run { api in
            var seen: [String] = []
            var cursor: String?
            repeat {
                let page = try await api.get("/v1/cases?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
                #expect(page.status == 200, "\(page.text)")
                seen += page.data.compactMap { $0["id"] as? String }
                cursor = page.nextCursor
            } while cursor != nil
            #expect(Set(seen).count == 5)
            #expect(try await api.get("/v1/cases?kind=late,stalled").data.isEmpty)
            #expect(try await api.get("/v1/cases?kind=exception&severity=red").data.count == 5)
            #expect(try await api.get("/v1/cases?kind=nonsense").code == "validation")
            let counts = try await api.get("/v1/cases/counts").json
            #expect(counts["total"] as? Int == 5 && (counts["by_kind"] as? [String: Int])?["exception"] == 5)
            let one = try await api.get("/v1/cases/\(seen[0])").json
            let explanation = try #require(one["explanation"] as? [String: Any])
            #expect(explanation["rule"] as? String == "exception" && (explanation["evidence"] as? [String]) == ["1-1"])
            #expect((one["changes"] as? [[String: Any]])?.count == 1)
            #expect((one["delivery"] as? [String: Any])?["open_cases"] as? [String] == ["exception"])
            #expect(try await api.get("/v1/cases/nothing").code == "not_found")
            #expect(try await api.get("/v1/cases/\(seen[0])", ["Waybill-Merchant": "other"]).code == "not_found")
            #expect(try await api.get("/v1/deliveries?case=exception").data.count == 5)
            #expect(try await api.get("/v1/deliveries?case=late").data.isEmpty)
            #expect((try await api.get("/v1/stats").json["cases"] as? [String: Int]) == ["exception": 5])
        }
    }

    @Test func twoPeopleAtOneCase() async throws {
        let bench = APIBench()
        try await monitored(bench, troubled(1))
        try await bench.run { api in
            let id = try #require(try await api.get("/v1/cases").data.first?["id"] as? String)
            let path = "/v1/cases/\(id)"
            let assigned = try await api.post(path + "/assign", #"{"owner":"mia","actor":"mia","version":1}"#)
            #expect(assigned.status == 200 && assigned.json["owner"] as? String == "mia", "\(assigned.text)")
            let second = try await api.post(path + "/resolve", #"{"actor":"tom"}"#)
            #expect(second.status == 409 && second.code == "conflict")
            let detail = try #require(second.json["detail"] as? String)
            #expect(detail.contains("mia") && detail.contains(bench.time.now().rfc3339), "\(detail)")
            let stale = try await api.post(path + "/note", #"{"actor":"tom","text":"hm","version":1}"#)
            #expect(stale.status == 409)
            #expect(try await api.post(path + "/note", #"{"actor":"tom","text":"hm"}"#).status == 200)
            let taken = try await api.post(path + "/resolve", #"{"actor":"tom","take_over":true,"resolution":"found"}"#)
            #expect(taken.json["state"] as? String == "resolved" && taken.json["resolution"] as? String == "found")
            let tomorrow = bench.time.now().advanced(bySeconds: 86_400).rfc3339
            #expect(try await api.post(path + "/snooze", #"{"until":"\#(tomorrow)"}"#).status == 409)
            #expect(try await api.post(path + "/reopen", "{}").json["state"] as? String == "open")
            #expect(try await api.post(path + "/snooze", #"{"until":"yesterday"}"#).code == "validation")
            #expect(try await api.post(path + "/assign", "{}").code == "validation")
            #expect(try await api.post(path + "/assign", "{}", type: "text/plain").code == "unsupported_media_type")
        }
    }

    @Test func bulkActionsWithADryRun() async throws {
        let bench = APIBench()
        try await monitored(bench, troubled(3))
        try await bench.run { api in
            let ids = try await api.get("/v1/cases").data.compactMap { $0["id"] as? String }
            let list = (ids + ["nothing"]).map { "\"\($0)\"" }.joined(separator: ",")
            let body = #"{"action":"resolve","actor":"mia","ids":[\#(list)]"#
            let dry = try await api.post("/v1/cases/bulk", body + #","dry_run":true}"#)
            #expect(dry.json["done"] as? Int == 3 && dry.json["dry_run"] as? Bool == true, "\(dry.text)")
            #expect(try await api.get("/v1/cases").data.count == 3, "nothing was done")
            let done = try await api.post("/v1/cases/bulk", body + "}")
            let outcomes = (done.json["results"] as? [[String: Any]] ?? []).map { $0["outcome"] as? String ?? "" }
            #expect(outcomes == ["done", "done", "done", "not_found"])
            #expect(try await api.get("/v1/cases").data.isEmpty)
            #expect(try await api.post("/v1/cases/bulk", #"{"action":"resolve","ids":[]}"#).code == "validation")
            #expect(try await api.post("/v1/cases/bulk", #"{"action":"fly","ids":["a"]}"#).code == "validation")
        }
    }

    @Test func reportsAsJSONAndCSV() async throws {
        let bench = APIBench()
        var events = troubled(2)
        events += [
            SampleEvents.event(.delivered, "1-2", of: "D-1", minute: 60),
            SampleEvents.event(.delivered, "2-2", of: "D-2", minute: 90),
        ]
        try await monitored(bench, events)
        let day = CivilDate(day: SampleEvents.start.dayNumber).text
        try await bench.run { api in
            let report = try await api.get("/v1/reports/deliveries?from=\(day)&to=\(day)&by=carrier")
            #expect(report.data.count == 2, "\(report.text)")
            #expect(report.data.allSatisfy { $0["delivered"] as? Int == 1 && $0["late"] as? Int == 0 })
            let csv = try await api.get("/v1/reports/deliveries?from=\(day)&to=\(day)&by=carrier,day&format=csv")
            #expect(csv.header("Content-Type") == "text/csv; charset=utf-8")
            let lines = csv.text.components(separatedBy: "\r\n")
            #expect(lines[0].hasPrefix("carrier,day,delivered") && lines[1].hasPrefix("\"'=cmd\",\(day),1"), "\(lines)")
            let cases = try await api.get("/v1/reports/cases?from=\(day)&to=2026-06-01")
            #expect(cases.status == 200)
            #expect(try await api.get("/v1/reports/deliveries?from=2026-02-30").code == "validation")
            #expect(try await api.get("/v1/reports/deliveries?from=2020-01-01&to=2026-01-01").code == "validation")
            #expect(try await api.get("/v1/reports/deliveries?by=moon").code == "validation")
        }
    }

    @Test func arrivalsSideBySide() async throws {
        let bench = APIBench()
        try await monitored(bench, troubled(1))
        try await bench.run { api in
            let arrival = try await api.get("/v1/deliveries/D-1/arrival").json
            #expect(arrival.keys.sorted() == ["at_risk", "carrier", "planner", "predicted", "promised"])
            #expect(try await api.get("/v1/deliveries/none/arrival").code == "not_found")
        }
    }
}
