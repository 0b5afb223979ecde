import HTTPAPI
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Wrong callers get a problem with a stable code; a failing world gets its own.
@Suite(.timeLimit(.minutes(10))) struct ProblemTests {
    @Test func codesAndTheirStatus() {
        let expected: [String: Int] = [
            "validation": 400, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "conflict": 409,
            "payload_too_large": 413, "unsupported_media_type": 415, "idempotency_key_reused": 422, "rate_limited": 429,
            "internal": 500, "storage_full": 503, "dependency_unavailable": 503, "draining": 503,
        ]
        #expect(Dictionary(uniqueKeysWithValues: APIProblem.Code.allCases.map { ($0.rawValue, $0.status) }) == expected)
    }

    @Test func unknownPathsAndMethods() async throws {
        try await APIBench().run { api in
            for path in ["/nowhere", "/v1", "/v1/nothing", "/v1/deliveries/a/b/c", "/v1/dead-letters/1/reopen"] {
                let reply = try await api.get(path)
                #expect(reply.status == 404 && reply.code == "not_found", "\(path)")
            }
            #expect(try await api.send(.delete, "/v1/deliveries", nil, [:], type: nil).code == "not_found")
        }
    }

    @Test(
        arguments: [
            ("/v1/deliveries?limit=0", "limit"), ("/v1/deliveries?limit=201", "limit"),
            ("/v1/deliveries?limit=x", "limit"),
            ("/v1/deliveries?limit=", "limit"), ("/v1/deliveries?limit=1&limit=2", "limit"),
            ("/v1/deliveries?limit=99999999999999999999", "limit"),
            ("/v1/deliveries?status=lost", "status"), ("/v1/deliveries?status=created,", nil),
            ("/v1/deliveries?status=", "status"),
            ("/v1/deliveries?case=x", "case"), ("/v1/deliveries?sort=name", "sort"), ("/v1/deliveries?q=", "q"),
            ("/v1/deliveries?carrier=%00", "carrier"), ("/v1/deliveries?q=%FF", ""), ("/v1/deliveries?q=%G0", ""),
            ("/v1/deliveries?q=%", ""),
            ("/v1/deliveries?promised_before=yesterday", "promised_before"),
            ("/v1/deliveries?promised_before=2025-01-01", "promised_before"),
            ("/v1/deliveries?updated_after=2025-01-01T00:00:00", "updated_after"),
            ("/v1/deliveries?cursor=x", "cursor"),
            ("/v1/deliveries?cursor=!!", "cursor"), ("/v1/deliveries/D-1?as_of=now", "as_of"),
            ("/v1/deliveries/D-1?known_at=1", "known_at"),
            ("/v1/updates?after=x", "after"), ("/v1/updates?limit=501", "limit"), ("/v1/stream?after=AAAA", "after"),
            ("/v1/stream?status=x", "status"), ("/v1/dead-letters?status=closed", "status"),
            ("/v1/dead-letters?cursor=x", "cursor"),
        ] as [(String, String?)])
    func wrongQueriesAreNamed(path: String, parameter: String?) async throws {
        try await APIBench().run { api in
            let reply = try await api.get(path)
            guard let parameter else {
                #expect(reply.status == 200)
                return
            }
            #expect(reply.status == 400 && reply.code == "validation", "\(reply.text)")
            #expect(reply.fault["parameter"] ?? "" == parameter)
        }
    }

    @Test func unknownParametersAreIgnored() async throws {
        try await APIBench().run { api in
            let reply = try await api.get("/v1/deliveries?utm=x&limit=5&&")
            #expect(reply.status == 200)
        }
    }

    @Test func wrongIDs() async throws {
        try await APIBench().run { api in
            for id in ["%20", "%C3%A9", "%00", String(repeating: "x", count: 129), "a%GG"] {
                let reply = try await api.get("/v1/deliveries/\(id)")
                #expect(reply.status == 400 && reply.code == "validation", "\(id): \(reply.status)")
            }
            #expect(try await api.get("/v1/deliveries/unknown").code == "not_found")
            #expect(try await api.get("/v1/deliveries/unknown/events").code == "not_found")
            for id in ["0", "x", "-1", "99999999999999999999"] {
                #expect(try await api.get("/v1/dead-letters/\(id)").code == "not_found")
            }
        }
    }

    @Test func aFullDiskIsSaidAndReadsGoOn() async throws {
        var rates = FaultRates()
        rates.full = 1
        let bench = APIBench(faults: rates)
        bench.faults.heal()
        let broken = APIBench(faults: rates)
        let event = #"{"id":"e","type":"created","delivery_id":"D-1","occurred_at":"2025-11-30T10:00:00Z"}"#
        try await broken.run { api in
            for (path, body) in [("/v1/events", event), ("/v1/deliveries", #"{"delivery_id":"D-9"}"#)] {
                let reply = try await api.post(path, body)
                #expect(
                    reply.status == 503 && reply.code == "storage_full" && reply.header("Retry-After") != nil,
                    "\(reply.text)")
            }
            #expect(broken.log.records.isEmpty)
            broken.faults.heal()
            #expect(try await api.post("/v1/events", event).status == 202)
            #expect(
                try await api.post("/v1/deliveries", #"{"delivery_id":"D-9"}"#).status == 201,
                "what failed can be tried again")
        }
    }

    @Test func anUnreachableStoreIsSaid() async throws {
        var rates = FaultRates()
        rates.before = 1
        try await APIBench(faults: rates).run { api in
            for path in ["/v1/deliveries", "/v1/stats", "/v1/updates", "/v1/dead-letters", "/v1/deliveries/x"] {
                let reply = try await api.get(path)
                #expect(
                    reply.status == 503 && reply.code == "dependency_unavailable" && reply.header("Retry-After") != nil)
            }
        }
    }

    @Test func largeBodiesAreRefused() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let large = String(repeating: " ", count: Limits.bodyBytes + 1)
            for path in ["/v1/events", "/v1/deliveries"] {
                let reply = try await api.post(path, large)
                #expect(reply.status == 413 && reply.code == "payload_too_large")
            }
            let lines = (0...Limits.eventsPerRequest).map { _ in "{}" }.joined(separator: "\n")
            let many = try await api.post("/v1/events", lines, type: "application/x-ndjson")
            #expect(many.status == 413 && many.code == "payload_too_large")
        }
        #expect(bench.log.records.isEmpty)
    }
}
