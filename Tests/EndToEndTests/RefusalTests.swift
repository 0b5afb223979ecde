import Foundation
import Testing

extension EndToEnd {
    /// Who may change what: content types, hosts, sites, merchants, tokens and sizes.
    @Suite("Refusals") struct RefusalTests {
        let directory: TemporaryDirectory
        let server: ServerProcess

        init() throws {
            directory = try TemporaryDirectory()
            server = try ServerProcess.started(in: directory)
        }

        private let event: JSON = [
            "id": "r-1", "type": "note", "delivery_id": "R-1", "occurred_at": "2026-01-01T00:00:00Z",
        ]

        private func expect(_ status: Int, _ code: String, _ request: Request, _ why: String) throws {
            let response = try server.client().send(request)
            #expect(response.status == status && response.problemCode == code, "\(why): \(response.summary)")
        }

        @Test(arguments: [
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x",
        ])
        func aFormsContentTypeIsRefused(type: String) throws {
            let request = Request.send("POST", "/v1/events", event.text.utf8, type: type)
            try expect(415, "unsupported_media_type", request, type)
        }

        @Test func noContentTypeIsRefused() throws {
            let request = Request.send("POST", "/v1/events", event.text.utf8, type: nil)
            try expect(415, "unsupported_media_type", request, "none")
        }

        @Test func anotherSiteIsRefused() throws {
            for site in ["cross-site", "same-site"] {
                try expect(403, "forbidden", .post("/v1/events", event, [("Sec-Fetch-Site", site)]), site)
            }
            let own = try server.client().post("/v1/events", event, [("Sec-Fetch-Site", "same-origin")])
            #expect(own.status == 202, "\(own.summary)")
        }

        @Test func anUnlistedHostIsRefused() throws {
            for host in ["evil.example", "evil.example:\(server.port)", "127.0.0.1.evil.example"] {
                let response = try server.client().send(.get("/v1/stats", [("Host", host)]))
                #expect((400..<500).contains(response.status), "\(host): \(response.summary)")
            }
            for host in ["localhost:\(server.port)", "127.0.0.1:\(server.port)"] {
                #expect(try server.client().send(.get("/v1/stats", [("Host", host)])).status == 200, "\(host)")
            }
        }

        @Test func anotherMerchantsBodyIsRefused() throws {
            guard case .object(var members) = event else { return }
            members["merchant"] = "other"
            try expect(403, "forbidden", .post("/v1/events", .object(members)), "single")
            try expect(403, "forbidden", .post("/v1/events", ["events": [.object(members)]]), "batch")
        }

        @Test func merchantsDoNotSeeEachOther() throws {
            let client = server.client()
            #expect(try client.post("/v1/events", event, [("Waybill-Merchant", "acme")]).status == 202)
            try server.waitUntilCaughtUp()
            #expect(try client.get("/v1/deliveries/R-1", [("Waybill-Merchant", "acme")]).status == 200)
            #expect(try client.get("/v1/deliveries/R-1", [("Waybill-Merchant", "other")]).status == 404)
            let body = try client.get("/v1/deliveries", [("Waybill-Merchant", "other")])
            #expect(body.json?["data"]?.array?.isEmpty == true)
        }

        @Test func aTooLargeBodyIsRefused() throws {
            let body = Array(repeating: UInt8(ascii: " "), count: 5 * 1024 * 1024)
            let connection = try Connection(port: server.port)
            try? connection.send(Request.send("POST", "/v1/events", body).bytes(port: server.port))
            #expect(try connection.readResponse().status == 413)
        }

        @Test func whereATokenIsSetEveryCallNeedsIt() throws {
            let other = try TemporaryDirectory()
            let guarded = try ServerProcess.started(
                in: other, environment: ["WAYBILL_API_TOKEN": "s3cret-token-of-this-test"])
            let client = guarded.client()
            for headers in [
                [], [("Authorization", "Bearer wrong")], [("Authorization", "Basic s3cret-token-of-this-test")],
            ] {
                let response = try client.get("/v1/stats", headers)
                #expect(response.status == 401 && response.problemCode == "unauthenticated", "\(response.summary)")
                #expect(response["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            #expect(try client.get("/v1/stats", [("Authorization", "Bearer s3cret-token-of-this-test")]).status == 200)
            #expect(!(guarded.outputText + guarded.errorText).contains("s3cret-token"), "the token is in the log")
        }
    }
}
