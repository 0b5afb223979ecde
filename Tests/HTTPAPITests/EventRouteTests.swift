import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// `POST /v1/events` and the dead letters.
@Suite(.timeLimit(.minutes(10))) struct EventRouteTests {
    private static func event(_ id: String, _ more: String = "") -> String {
        #"{"id":"\#(id)","type":"created","delivery_id":"D-1","occurred_at":"2025-11-30T10:00:00Z"\#(more)}"#
    }

    @Test func acceptedAndRejectedAreToldApart() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let body = "{\"events\":[\(Self.event("a")),\(Self.event("b", #","eta":1"#)),\(Self.event("c"))]}"
            let reply = try await api.post("/v1/events", body)
            #expect(reply.status == 202 && reply.json["accepted"] as? Int == 2)
            #expect(reply.json["ids"] as? [String] == ["a", "c"])
            let rejected = try #require((reply.json["rejected"] as? [[String: Any]])?.first)
            #expect(rejected["index"] as? Int == 1 && rejected["id"] as? String == "b")
            #expect(rejected["code"] as? String == "invalid_field" && rejected["pointer"] as? String == "/eta")
            #expect(bench.log.records.count == 2)
        }
    }

    @Test func everyFormIsTaken() async throws {
        let bench = APIBench()
        try await bench.run { api in
            #expect(try await api.post("/v1/events", Self.event("1")).status == 202)
            let lines = [Self.event("2"), Self.event("3")].joined(separator: "\n")
            #expect(try await api.post("/v1/events", lines, type: "application/x-ndjson").json["accepted"] as? Int == 2)
            let cloud =
                #"{"specversion":"1.0","id":"4","type":"waybill.delivery.note.v1","source":"s","#
                + #""time":"2025-11-30T10:00:00Z","data":{"delivery_id":"D-1"}}"#
            #expect(
                try await api.post("/v1/events", cloud, type: "application/cloudevents+json").json["accepted"] as? Int
                    == 1)
            #expect(
                try await api.post("/v1/events", "[\(cloud)]", type: "application/cloudevents-batch+json").json[
                    "accepted"] as? Int == 1)
            let headers = [
                "ce-specversion": "1.0", "ce-id": "5", "ce-type": "waybill.delivery.note.v1", "ce-source": "caf%C3%A9",
                "ce-time": "2025-11-30T10:00:00Z",
            ]
            let binary = try await api.post("/v1/events", #"{"delivery_id":"D-1"}"#, headers)
            #expect(binary.json["ids"] as? [String] == ["5"], "\(binary.text)")
            try await bench.settle()
            let last = try #require(try await bench.store.history(SampleEvents.key("D-1")).value?.last)
            #expect(last.event.source == "café")
        }
    }

    @Test func unreadableBodiesAreProblems() async throws {
        try await APIBench().run { api in
            for body in ["", "[]", "nope", #"{"events":["#] {
                let reply = try await api.post("/v1/events", body)
                let isAnswered =
                    reply.code == "validation" || reply.status == 202 && reply.json["accepted"] as? Int == 0
                #expect(isAnswered, "\(body): \(reply.status) \(reply.text)")
            }
        }
    }

    @Test func deadLettersAreShownRetriedAndDiscarded() async throws {
        let bench = APIBench()
        bench.log.put(
            (0..<5).map { ("default/D-\($0)", Array("poison \($0)".utf8)) } + [("default/D-1", [0xFF, 0x00])])
        try await bench.settle()
        try await bench.run { api in
            let first = try await api.get("/v1/dead-letters?limit=4")
            let second = try await api.get("/v1/dead-letters?limit=4&cursor=\(first.nextCursor ?? "")")
            let rows = first.data + second.data
            #expect(rows.count == 6 && second.nextCursor == nil)
            #expect(rows.allSatisfy { $0["code"] as? String == "malformed" && $0["state"] as? String == "open" })
            let binary = try #require(rows.first { $0["bytes_base64"] as? String == "/wA=" }, "RFC 4648 with padding")
            #expect(binary["text"] as? String == nil, "these bytes are no text")
            let id = try #require(rows.last?["id"] as? String)
            #expect(try await api.get("/v1/dead-letters/\(id)").json["text"] as? String != nil)
            #expect(try await api.get("/v1/dead-letters/\(id)", ["Waybill-Merchant": "other"]).status == 404)
            let before = bench.log.records.count
            let retried = try await api.post("/v1/dead-letters/\(id)/retry", "{}")
            #expect(retried.status == 202 && retried.json["state"] as? String == "retried")
            #expect(bench.log.records.count == before + 1)
            #expect(try await api.post("/v1/dead-letters/\(id)/retry", "{}").code == "conflict")
            #expect(try await api.post("/v1/dead-letters/\(id)/discard", "{}").code == "conflict")
            let other = try #require(rows.first?["id"] as? String)
            #expect(
                try await api.post("/v1/dead-letters/\(other)/discard", "{}").json["state"] as? String == "discarded")
            try await bench.settle()
            #expect(
                try await api.get("/v1/dead-letters?status=open").data.count == 5,
                "the retried one failed again, as a new letter")
            #expect(try await api.get("/v1/dead-letters?status=retried").data.count == 1)
        }
    }
}
