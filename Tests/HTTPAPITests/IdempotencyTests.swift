import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// `Idempotency-Key`: one key, one body, one answer.
@Suite(.timeLimit(.minutes(1))) struct IdempotencyTests {
    private static let event = #"{"type":"created","delivery_id":"D-1","occurred_at":"2025-11-30T10:00:00Z"}"#

    @Test func theFirstAnswerIsGivenAgain() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let key = ["Idempotency-Key": "k-1"]
            for (path, body) in [("/v1/events", Self.event), ("/v1/deliveries", #"{"delivery_id":"D-2"}"#)] {
                let first = try await api.post(path, body, key)
                let count = bench.log.records.count
                let second = try await api.post(path, body, key)
                #expect(
                    first.status == second.status && first.bytes == second.bytes
                        && (first.status == 202 || first.status == 201))
                #expect(first.header("Location") == second.header("Location"))
                #expect((first.status == 201) == (second.header("Location") != nil))
                #expect(bench.log.records.count == count)
            }
        }
    }

    @Test func anotherBodyIsRefused() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let key = ["Idempotency-Key": "k-1"]
            #expect(try await api.post("/v1/events", Self.event, key).status == 202)
            let reply = try await api.post("/v1/events", Self.event + " ", key)
            #expect(reply.status == 422 && reply.code == "idempotency_key_reused")
            #expect(bench.log.records.count == 1)
        }
    }

    @Test func theKeyCoversMerchantAndPath() async throws {
        let bench = APIBench()
        try await bench.take([SampleEvents.event(.created, "c", of: "A"), SampleEvents.event(.created, "c", of: "B")])
        try await bench.run { api in
            let key = ["Idempotency-Key": "k"]
            let one = try await api.patch("/v1/deliveries/A", "{}", key)
            let other = try await api.patch("/v1/deliveries/B", #"{"carrier":"x"}"#, key)
            #expect(one.status == 202 && other.status == 202)
            #expect(try await api.post("/v1/events", Self.event, key).status == 202)
            let foreign = try await api.post(
                "/v1/events", Self.event + "\n", key.merging(["Waybill-Merchant": "other"]) { $1 })
            #expect(foreign.status == 202)
        }
    }

    @Test func aRequestThatFailedMayBeTriedAgain() async throws {
        var rates = FaultRates()
        rates.full = 1
        let bench = APIBench(faults: rates)
        try await bench.run { api in
            let key = ["Idempotency-Key": "k"]
            for (path, body, status) in [
                ("/v1/events", Self.event, 202), ("/v1/deliveries", #"{"delivery_id":"D-7"}"#, 201),
            ] {
                if status == 202 {
                    let refused = try await api.post(path, body, key)
                    #expect(refused.status == 503)
                }
                bench.faults.heal()
                let reply = try await api.post(path, body, key)
                #expect(reply.status == status)
            }
        }
    }

    /// The answer was lost after the log had the events: the retry's are the same, so the tracker sees duplicates.
    @Test func aRetryOfUnknownOutcomeIsADuplicate() async throws {
        var rates = FaultRates()
        rates.after = 1
        let bench = APIBench(faults: rates)
        try await bench.run { api in
            let key = ["Idempotency-Key": "k"]
            #expect(try await api.post("/v1/events", Self.event, key).status == 503)
            #expect(bench.log.records.count == 1)
            bench.faults.heal()
            #expect(try await api.post("/v1/events", Self.event, key).status == 202)
            try await bench.settle()
            #expect(bench.log.records.count == 2)
            #expect(try await api.get("/v1/deliveries/D-1").json["sequence"] as? Int == 1)
        }
    }

    @Test func racingRequestsCountOnce() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await api.post("/v1/events", Self.event, ["Idempotency-Key": "k"]) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 202 } && Set(replies.map(\.bytes)).count == 1)
            try await bench.settle()
            #expect(try await api.get("/v1/deliveries/D-1").json["sequence"] as? Int == 1)
        }
    }

    @Test func keysAreBounded() async throws {
        try await APIBench().run { api in
            let long = try await api.post(
                "/v1/events", Self.event, ["Idempotency-Key": String(repeating: "k", count: 256)])
            #expect(long.status == 400 && long.fault["parameter"] == "Idempotency-Key")
            #expect(try await api.post("/v1/events", Self.event, ["Idempotency-Key": ""]).status == 400)
        }
    }
}
