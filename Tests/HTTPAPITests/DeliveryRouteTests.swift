import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Creating, changing and acting on a delivery: each is an event.
@Suite(.timeLimit(.minutes(10))) struct DeliveryRouteTests {
    private static let body = #"""
        {"delivery_id":"D-1","carrier":"rhein","promised":{"latest":"2025-12-05T18:00:00+01:00"},
         "destination":{"city":"Leipzig","country":"DE"},"recipient":{"name":"Ada Lovelace","email":"ada@example.com"}}
        """#

    @Test func creatingPublishesAnEventWithoutThePerson() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let reply = try await api.post("/v1/deliveries", Self.body)
            #expect(reply.status == 201 && reply.header("Location") == "/v1/deliveries/D-1", "\(reply.text)")
            let delivery = try #require(reply.json["delivery"] as? [String: Any])
            #expect(delivery["sequence"] as? Int == 0 && delivery["status"] as? String == "created")
            #expect(delivery["carrier"] as? String == "rhein" && delivery["provisional"] as? Bool == false)
            #expect(reply.json["tracking_url"] as? String == "http://localhost/t/token")
            #expect(bench.log.records.count == 1)
            for secret in ["Lovelace", "ada@example.com"] {
                #expect(!String(decoding: bench.log.records[0].value, as: UTF8.self).contains(secret))
                #expect(!reply.text.contains(secret))
            }
            let recipients = try await bench.store.recipients(after: nil, limit: 5)
            #expect(recipients.count == 1 && recipients[0].data.text.contains("Lovelace"))
            try await bench.settle()
            let stored = try await api.get("/v1/deliveries/D-1")
            #expect(
                stored.json["recipient_id"] as? String == recipients[0].mark.id && stored.json["sequence"] as? Int == 1)
            #expect(try await bench.store.sweepOrphans(before: bench.time.now().advanced(bySeconds: 1)) == 0)
        }
    }

    @Test func aKnownIDIsAConflict() async throws {
        let bench = APIBench()
        try await bench.run { api in
            #expect(try await api.post("/v1/deliveries", Self.body).status == 201)
            let early = try await api.post("/v1/deliveries", Self.body)
            #expect(early.status == 409 && early.code == "conflict", "before the tracker has seen it")
            try await bench.settle()
            #expect(try await api.post("/v1/deliveries", Self.body).status == 409)
            #expect(bench.log.records.count == 1)
            #expect(try await api.post("/v1/deliveries", Self.body, ["Waybill-Merchant": "other"]).status == 201)
        }
    }

    @Test func racingCreationsMakeOne() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await api.post("/v1/deliveries", Self.body).status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [201: 1, 409: 49])
            #expect(bench.log.records.count == 1)
        }
    }

    @Test func aProvisionalDeliveryIsCompleted() async throws {
        let bench = APIBench()
        try await bench.take([SampleEvents.event(.dispatched, "early")])
        try await bench.run { api in
            #expect(try await api.get("/v1/deliveries/D-1").json["provisional"] as? Bool == true)
            #expect(try await api.post("/v1/deliveries", Self.body).status == 201)
            try await bench.settle()
            let delivery = try await api.get("/v1/deliveries/D-1").json
            #expect(delivery["provisional"] as? Bool == false && delivery["carrier"] as? String == "rhein")
        }
    }

    /// A request that was refused has created nothing: put right, it goes through.
    @Test(arguments: [
        #"{"delivery_id":"D-1","recipient":"Ada"}"#, #"{"delivery_id":"D-1","signed_by":"Ada"}"#,
        #"{"delivery_id":"D-1","occurred_at":"2999-01-01T00:00:00Z"}"#,
    ])
    func aRefusedCreationCanBePutRight(wrong: String) async throws {
        let bench = APIBench()
        try await bench.run { api in
            let refused = try await api.post("/v1/deliveries", wrong)
            #expect(refused.status == 400 && refused.code == "validation", "\(refused.text)")
            #expect(try await api.get("/v1/deliveries/D-1").status == 404)
            #expect(try await api.patch("/v1/deliveries/D-1", #"{"carrier":"x"}"#).status == 404, "it does not exist")
            #expect(bench.log.records.isEmpty)
            #expect(try await api.post("/v1/deliveries", Self.body).status == 201)
        }
    }

    @Test func idsOfAnyVisibleCharacterWork() async throws {
        let bench = APIBench()
        try await bench.run { api in
            let reply = try await api.post("/v1/deliveries", #"{"delivery_id":"A/B#1?%20;x"}"#)
            #expect(reply.status == 201)
            try await bench.settle()
            let path = "/v1/deliveries/A%2FB%231%3F%2520;x"
            #expect(try await api.get(path).json["id"] as? String == "A/B#1?%20;x")
            #expect(try await api.get("\(path)/events").data.count == 1)
            #expect(try await api.patch(path, #"{"carrier":"x"}"#).status == 202)
            let location = try #require(reply.header("Location"))
            #expect(try await api.get(location).status == 200, "\(location) leads to it")
        }
    }

    @Test func wrongCreationsAreNamed() async throws {
        try await APIBench().run { api in
            for (body, pointer) in [
                ("{}", "/delivery_id"), (#"{"delivery_id":""}"#, "/delivery_id"),
                (#"{"delivery_id":"D","carrier":1}"#, "/carrier"),
                (#"{"delivery_id":"D","type":"note"}"#, "/type"), (#"{"delivery_id":"D","recipient":1}"#, "/recipient"),
                (#"{"delivery_id":"D","promised":{"latest":"x"}}"#, "/promised"),
            ] {
                let reply = try await api.post("/v1/deliveries", body)
                #expect(reply.status == 400 && reply.fault["pointer"] == pointer, "\(body): \(reply.text)")
            }
        }
    }

    // MARK: Changing

    @Test func patchPublishesAnUpdate() async throws {
        let bench = APIBench()
        try await bench.take([SampleEvents.event(.created, "c") { $0.details = [.carrier("rhein")] }])
        try await bench.run { api in
            let reply = try await api.patch("/v1/deliveries/D-1", #"{"carrier":null,"order_reference":"O-7"}"#)
            #expect(reply.status == 202)
            let id = try #require(reply.json["event_id"] as? String)
            try await bench.settle()
            let delivery = try await api.get("/v1/deliveries/D-1").json
            #expect(delivery["order_reference"] as? String == "O-7" && delivery["carrier"] as? String == nil)
            #expect((delivery["last_event"] as? [String: Any])?["id"] as? String == id)
            #expect(try await api.patch("/v1/deliveries/unknown", "{}").code == "not_found")
            #expect(
                try await api.patch("/v1/deliveries/D-1", #"{"delivery_id":"D-2"}"#).fault["pointer"] == "/delivery_id")
            #expect(try await api.patch("/v1/deliveries/D-1", #"{"merchant":"other"}"#).status == 403)
            #expect(try await api.patch("/v1/deliveries/D-1", #"{"recipient":{"name":"x"}}"#).status == 400)
        }
    }

    @Test(arguments: [
        (#"{"action":"note","text":"call first","actor":"mia"}"#, EventType.note),
        (#"{"action":"reschedule","promised":{"latest":"2025-12-09T12:00:00Z"}}"#, .rescheduled),
        (
            #"{"action":"redirect","destination":{"city":"Halle","country":"DE"},"recipient":{"name":"Ada"}}"#,
            .redirected
        ),
        (#"{"action":"cancel","reason":"other"}"#, .cancelled),
        (#"{"action":"mark_delivered","place":"door","signed_by":"Ada"}"#, .delivered),
        (#"{"action":"correct","corrects":"c","why":"incorrect_data"}"#, .correction),
    ])
    func eachActionIsAnEvent(body: String, type: EventType) async throws {
        let bench = APIBench()
        try await bench.take([SampleEvents.event(.created, "c")])
        try await bench.run { api in
            let reply = try await api.post("/v1/deliveries/D-1/actions", body)
            #expect(reply.status == 202, "\(reply.text)")
            try await bench.settle()
            let event = try #require(try await bench.store.history(SampleEvents.key("D-1")).value?.last?.event)
            #expect(event.type == type && event.id.text == reply.json["event_id"] as? String && event.source == "api")
            #expect(!event.extra.contains { $0.name == "action" })
            #expect(!String(decoding: bench.log.records[1].value, as: UTF8.self).contains("Ada"))
            switch type {
            case .note: #expect(event.detail == "call first" && event.actor == "mia" && event.extra.isEmpty)
            case .delivered: #expect(event.proofID != nil && event.place == .door)
            case .redirected: #expect(try await bench.store.recipients(after: nil, limit: 2).count == 1)
            default: break
            }
            #expect(try await bench.store.deadLetters(.default, state: nil, before: nil, limit: 1).isEmpty)
        }
    }

    @Test func wrongActionsAreNamed() async throws {
        let bench = APIBench()
        try await bench.take([SampleEvents.event(.created, "c")])
        try await bench.run { api in
            for (body, pointer) in [
                ("{}", "/action"), (#"{"action":"explode"}"#, "/action"), (#"{"action":1}"#, "/action"),
                ("[]", "/action"),
                (#"{"action":"note"}"#, "/text"), (#"{"action":"note","text":""}"#, "/text"),
                (#"{"action":"note","text":7}"#, "/text"),
                (#"{"action":"redirect"}"#, "/destination"), (#"{"action":"correct"}"#, "/corrects"),
                (#"{"action":"cancel","type":"delivered"}"#, "/type"),
                (#"{"action":"cancel","signed_by":"Ada"}"#, "/signed_by"),
            ] {
                let reply = try await api.post("/v1/deliveries/D-1/actions", body)
                #expect(reply.status == 400 && reply.fault["pointer"] == pointer, "\(body): \(reply.text)")
            }
            #expect(try await api.post("/v1/deliveries/unknown/actions", #"{"action":"cancel"}"#).code == "not_found")
        }
        #expect(bench.log.records.count == 1)
    }

    // MARK: Waiting

    @Test func waitAnswersOnceItIsApplied() async throws {
        let bench = APIBench()
        try await bench.take([SampleEvents.event(.created, "c")])
        try await bench.run { api in
            async let reply = api.patch("/v1/deliveries/D-1?wait=30s", #"{"carrier":"rhein"}"#)
            await bench.observer.first { if case .accepted = $0 { true } else { false } }
            try await bench.settle()
            let answer = try await reply
            #expect(
                answer.status == 200 && answer.json["carrier"] as? String == "rhein"
                    && answer.json["sequence"] as? Int == 2)
            #expect(answer.cursor == (try await bench.store.progress().cursor))
            let late = try await api.patch("/v1/deliveries/D-1?wait=1ms", #"{"carrier":"elbe"}"#)
            #expect(late.status == 202 && late.json["event_id"] is String, "not applied in time, but accepted")
            #expect(try await api.patch("/v1/deliveries/D-1?wait=0s", "{}").status == 202)
            for wrong in ["2", "s", "-1s", "31s", "2m", "1.5s", ""] {
                let reply = try await api.patch("/v1/deliveries/D-1?wait=\(wrong)", "{}")
                #expect(reply.status == 400 && reply.fault["parameter"] == "wait", "\(wrong)")
            }
        }
    }
}
