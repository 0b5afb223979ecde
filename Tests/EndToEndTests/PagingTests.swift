import Foundation
import Testing

extension EndToEnd {
    /// Pages neither skip nor repeat, and a cursor belongs to its question.
    @Suite("Pages and cursors") struct PagingTests {
        let directory: TemporaryDirectory
        let server: ServerProcess

        init() throws {
            directory = try TemporaryDirectory()
            server = try ServerProcess.started(in: directory)
            let client = server.client()
            let events = (0..<230).map { number -> JSON in
                [
                    "id": "x", "type": number % 2 == 0 ? "delivered" : "created", "delivery_id": .string("P-\(number)"),
                    "occurred_at": "2026-01-01T00:00:00Z", "carrier": "rhein",
                ]
            }
            #expect(try client.post("/v1/events", ["events": .array(events)]).status == 202)
            try server.waitUntilCaughtUp()
        }

        @Test(arguments: ["limit=7", "limit=7&sort=-created", "limit=1&status=created", "limit=100", ""])
        func everyRowOnce(query: String) throws {
            let rows = try server.client().pages("/v1/deliveries?" + query)
            let ids = rows.compactMap { $0["id"]?.string }
            #expect(ids.count == (query.contains("status") ? 115 : 230))
            #expect(Set(ids).count == ids.count)
        }

        @Test func rowsThatArriveInBetweenAreNeitherSkippedNorRepeated() throws {
            let client = server.client()
            let first = try #require(try client.get("/v1/deliveries?limit=100").json)
            let late: JSON = [
                "id": "x", "type": "created", "delivery_id": "A-new", "occurred_at": "2020-01-01T00:00:00Z",
            ]
            #expect(try client.post("/v1/events", late).status == 202)
            try server.waitUntilCaughtUp()
            let cursor = try #require(first["next_cursor"]?.string)
            var ids = (first["data"]?.array ?? []).compactMap { $0["id"]?.string }
            var next: String? = cursor
            while let cursor = next {
                let page = try #require(try client.get("/v1/deliveries?limit=100&cursor=\(cursor.percentEncoded)").json)
                ids += (page["data"]?.array ?? []).compactMap { $0["id"]?.string }
                next = page["next_cursor"]?.string
            }
            #expect(Set(ids).count == ids.count && ids.count >= 230)
        }

        @Test func aCursorOfAnotherQuestionIsRefused() throws {
            let client = server.client()
            let page = try #require(try client.get("/v1/deliveries?limit=5&status=created").json)
            let cursor = try #require(page["next_cursor"]?.string).percentEncoded
            for query in ["status=delivered&cursor=", "sort=-created&status=created&cursor=", "cursor="] {
                let response = try client.get("/v1/deliveries?limit=5&" + query + cursor)
                #expect(response.status == 400 && response.problemCode == "validation", "\(query) \(response.summary)")
            }
        }

        @Test func updatesAsPagesHoldEveryPositionOnce() throws {
            let client = server.client()
            var positions: [Int: [Int]] = [:]
            var cursor: String?
            while true {
                let after = cursor.map { "&after=" + $0.percentEncoded } ?? ""
                let page = try #require(try client.get("/v1/updates?limit=50" + after).json)
                let rows = page["data"]?.array ?? []
                for row in rows {
                    let partition = try #require(row["partition"]?.int)
                    positions[partition, default: []].append(try #require(row["position"]?.int))
                }
                if rows.isEmpty { break }
                cursor = page["next_cursor"]?.string
            }
            for (partition, found) in positions {
                #expect(found == Array(1...found.count), "partition \(partition)")
            }
            #expect(positions.values.reduce(0) { $0 + $1.count } == 230)
        }
    }
}
