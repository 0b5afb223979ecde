import HTTPAPI
import HTTPTypes
import Testing
import Yams

/// `openapi.yaml` is served, and describes exactly the calls there are.
@Suite(.timeLimit(.minutes(10))) struct DescriptionTests {
    @Test func theDescriptionAndTheRoutesAreTheSame() async throws {
        try await APIBench().run { api in
            let reply = try await api.get("/openapi.yaml")
            #expect(reply.status == 200 && reply.header("Content-Type") == "application/yaml")
            let root = try #require(try Yams.load(yaml: reply.text) as? [String: Any])
            #expect((root["openapi"] as? String)?.hasPrefix("3.1") == true)
            let paths = try #require(root["paths"] as? [String: [String: Any]])
            let methods: Set<String> = ["get", "post", "put", "patch", "delete", "head", "options"]
            let described = paths.flatMap { path, item in
                item.keys.filter(methods.contains).map { "\($0.uppercased()) \(path)" }
            }
            let routed = RouteTable.entries.map { "\($0.method) \($0.path)" }
            #expect(Set(described).symmetricDifference(routed) == [])
            #expect(Set(routed).count == routed.count)
        }
    }

    /// Every route answers something else than "there is no such call".
    @Test func everyRouteIsThere() async throws {
        try await APIBench().run { api in
            for entry in RouteTable.entries where entry.path != "/v1/stream" {
                let path = entry.path.replacing("{id}", with: "1").replacing("{token}", with: "1")
                let reply =
                    entry.method == "GET"
                    ? try await api.get(path)
                    : try await api.send(
                        HTTPRequest.Method(entry.method) ?? .post, path, Array("{}".utf8), [:], type: "application/json"
                    )
                #expect(reply.json["detail"].map { !"\($0)".hasPrefix("There is no such call") } ?? true, "\(entry)")
            }
        }
    }

    @Test func theAdminPortAnswersProbes() async throws {
        let bench = APIBench()
        try await bench.runAdmin(faults: []) { api in
            #expect(try await api.get("/live").status == 200)
            #expect(try await api.get("/ready").text == "ready\n")
            let metrics = try await api.get("/metrics")
            #expect(
                metrics.text == "waybill_test 1\n"
                    && metrics.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
        }
        try await bench.runAdmin(faults: ["the tracker has not begun"]) { api in
            let reply = try await api.get("/ready")
            #expect(reply.status == 503 && reply.text == "the tracker has not begun\n")
            #expect(try await api.get("/live").status == 200)
        }
    }
}
