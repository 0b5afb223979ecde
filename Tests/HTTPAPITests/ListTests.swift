import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Lists: filters, sorts, and cursors that belong to one list alone.
@Suite(.timeLimit(.minutes(10))) struct ListTests {
    private func furnished() async throws -> APIBench {
        let bench = APIBench()
        try await bench.take(
            (0..<25).flatMap { number -> [Event] in
                let created = SampleEvents.event(.created, "c", of: "D-\(number)", minute: Int64(number)) {
                    $0.details = [
                        .carrier(number.isMultiple(of: 2) ? "rhein" : "elbe"), .trackingNumber("T\(number)"),
                        .promised(Window(latest: SampleEvents.start.advanced(bySeconds: Int64(number % 5) * 3600))),
                    ]
                }
                return number < 10
                    ? [created, SampleEvents.event(.dispatched, "d", of: "D-\(number)", minute: 60)] : [created]
            })
        return bench
    }

    private func all(_ api: APIClient, _ query: String) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try await api.get("/v1/deliveries?\(query)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            #expect(page.status == 200, "\(page.text)")
            ids += page.data.compactMap { $0["id"] as? String }
            cursor = page.nextCursor
        } while cursor != nil && ids.count < 100
        return ids
    }

    @Test func pagesFilterAndSort() async throws {
        let bench = try await furnished()
        try await bench.run { api in
            #expect(try await all(api, "limit=7") == (0..<25).map { "D-\($0)" })
            #expect(try await all(api, "limit=7&sort=-created") == (0..<25).reversed().map { "D-\($0)" })
            #expect(try await all(api, "limit=4&status=dispatched") == (0..<10).map { "D-\($0)" })
            #expect(try await all(api, "limit=4&status=created,dispatched&carrier=elbe").count == 12)
            #expect(try await all(api, "q=T1&limit=3") == ["D-1"] + (10..<20).map { "D-\($0)" })
            let promised = try await all(api, "limit=6&sort=promised")
            #expect(promised == (0..<5).flatMap { rest in (0..<5).map { "D-\($0 * 5 + rest)" } })
            #expect(try await all(api, "limit=6&sort=-promised") == promised.reversed())
            #expect(try await all(api, "promised_before=2025-11-24T17:30:00%2B01:00") == (0..<5).map { "D-\($0 * 5)" })
            #expect(
                try await all(api, "promised_before=2025-11-24T17:30:00+01:00").count == 5,
                "an offset that was not encoded")
            #expect(try await all(api, "updated_after=2030-01-01T00:00:00Z").isEmpty)
            #expect(try await all(api, "case=late").isEmpty)
        }
    }

    @Test func aCursorOfAnotherListIsRefused() async throws {
        let bench = try await furnished()
        try await bench.run { api in
            let cursor = try #require(try await api.get("/v1/deliveries?limit=3&status=created").nextCursor)
            #expect(
                try await api.get("/v1/deliveries?limit=9&status=created&cursor=\(cursor)").status == 200,
                "limit may change")
            for other in [
                "", "status=dispatched", "status=created&sort=-created", "status=created&carrier=rhein",
                "status=created&q=D",
            ] {
                let reply = try await api.get("/v1/deliveries?\(other)&cursor=\(cursor)")
                #expect(reply.status == 400 && reply.fault["parameter"] == "cursor", "\(other)")
            }
            let foreign = try await api.get(
                "/v1/deliveries?status=created&cursor=\(cursor)", ["Waybill-Merchant": "other"])
            #expect(foreign.status == 400)
            #expect(try await api.get("/v1/dead-letters?cursor=\(cursor)").status == 400)
            #expect(try await api.get("/v1/deliveries/D-1/events?cursor=\(cursor)").status == 400)
            for number in 0..<cursor.count {
                var bytes = Array(cursor.utf8)
                bytes[number] = bytes[number] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let reply = try await api.get(
                    "/v1/deliveries?status=created&cursor=\(String(decoding: bytes, as: UTF8.self))")
                #expect(reply.status == 200 || reply.status == 400)
            }
        }
    }

    @Test func readsCarryTheirPlaceInTheFeed() async throws {
        let bench = try await furnished()
        let now = try await bench.store.progress().cursor
        try await bench.run { api in
            for path in [
                "/v1/deliveries", "/v1/deliveries/D-1", "/v1/deliveries/D-1/events", "/v1/stats", "/v1/updates",
            ] {
                let reply = try await api.get(path)
                #expect(reply.cursor == now, "\(path)")
            }
        }
    }

    @Test func theTimelineIsPagedOldestFirst() async throws {
        let bench = APIBench()
        let life = SampleEvents.life(of: "D-1")
        let correction = SampleEvents.event(.correction, "x", minute: 99) {
            $0.correction = Correction(corrects: life[2].id, why: .didNotOccur)
        }
        try await bench.take(life.reversed() + [correction])
        try await bench.run { api in
            var entries: [[String: Any]] = []
            var cursor: String?
            repeat {
                let page = try await api.get(
                    "/v1/deliveries/D-1/events?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
                entries += page.data
                cursor = page.nextCursor
            } while cursor != nil
            #expect(entries.compactMap { $0["id"] as? String } == life.map(\.id.text) + ["x"])
            #expect(entries[2]["effect"] as? String == "corrected" && entries[2]["corrected_by"] as? String == "x")
            #expect(entries[0]["flags"] as? [String] == ["late_arrival"])
        }
    }

    @Test func historyAnswersWhatWasTrueAndWhatWasKnown() async throws {
        let bench = APIBench()
        let life = SampleEvents.life(of: "D-1")
        for event in life {
            try await bench.take([event])
            bench.time.advance(bySeconds: 3600)
        }
        try await bench.run { api in
            let occurred = life[2].occurredAt.rfc3339
            let asOf = try await api.get("/v1/deliveries/D-1?as_of=\(occurred)")
            #expect(asOf.json["status"] as? String == "in_transit" && asOf.json["sequence"] as? Int == 3)
            let known = Scenario.fixedEnd.advanced(bySeconds: 3600).rfc3339
            #expect(try await api.get("/v1/deliveries/D-1?known_at=\(known)").json["status"] as? String == "dispatched")
            #expect(
                try await api.get("/v1/deliveries/D-1?known_at=\(known)&as_of=\(occurred)").json["sequence"] as? Int
                    == 2)
            #expect(try await api.get("/v1/deliveries/D-1?as_of=2001-01-01T00:00:00Z").code == "not_found")
            #expect(try await api.get("/v1/deliveries/D-1").json["status"] as? String == "delivered")
        }
    }

    @Test func statsAreCounts() async throws {
        let bench = try await furnished()
        bench.log.put([("default/D-1", Array("poison".utf8))])
        try await bench.settle()
        try await bench.log.append([SampleEvents.record(SampleEvents.event(.note, "unread"))])
        bench.time.advance(bySeconds: 30)
        try await bench.run { api in
            let stats = try await api.get("/v1/stats").json
            let deliveries = try #require(stats["deliveries"] as? [String: Any])
            #expect(deliveries["total"] as? Int == 25)
            let byStatus = try #require(deliveries["by_status"] as? [String: Int])
            #expect(
                byStatus["dispatched"] == 10 && byStatus["created"] == 15 && byStatus.count == Status.allCases.count)
            let lag = try #require(stats["lag"] as? [String: Double])
            #expect(lag["records"] == 1 && lag["seconds"] == 30)
            #expect(stats["dead_letters"] as? Int == 1 && stats["events_per_second"] as? Double == 12.5)
        }
    }
}
