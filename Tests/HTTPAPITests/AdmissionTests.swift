import HTTPAPI
import HummingbirdTesting
import Testing
import WaybillCore

/// The door: who may come in, and under which merchant.
@Suite(.timeLimit(.minutes(10))) struct AdmissionTests {
    private static let event = #"{"id":"e","type":"created","delivery_id":"D-1","occurred_at":"2025-11-30T10:00:00Z"}"#

    private var guarded: HTTPSettings {
        var settings = HTTPSettings()
        settings.token = "s3cret token"
        settings.allowedHosts = ["track.example.com"]
        return settings
    }

    @Test func hostMustBeANameOfThisServer() async throws {
        try await APIBench(guarded).run(.ahc(.http)) { api in
            let token = ["Authorization": "Bearer s3cret token"]
            for host in [
                "localhost", "127.0.0.1:9999", "LOCALHOST:80", "track.example.com", "Track.Example.com:443", "[::1]:80",
            ] {
                let reply = try await api.get("/v1/stats", token.merging(["Host": host]) { $1 })
                #expect(reply.status == 200, "\(host): \(reply.text)")
            }
            for host in [
                "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "track.example.com.", "example.com",
            ] {
                for path in ["/v1/stats", "/", "/openapi.yaml", "/nowhere"] {
                    let reply = try await api.get(path, token.merging(["Host": host]) { $1 })
                    #expect(reply.status == 403 && reply.code == "forbidden", "\(host)\(path): \(reply.status)")
                }
            }
        }
    }

    @Test func theTokenOpensTheAPI() async throws {
        try await APIBench(guarded).run { api in
            let paths = [
                "/v1/stats", "/v1/deliveries", "/v1/deliveries/D-1", "/v1/stream", "/v1/updates", "/v1/dead-letters",
            ]
            for path in paths {
                let reply = try await api.get(path)
                #expect(
                    reply.status == 401 && reply.code == "unauthenticated"
                        && reply.header("WWW-Authenticate") == "Bearer")
            }
            #expect(try await api.post("/v1/events", Self.event).status == 401)
            for wrong in [
                "Bearer", "Bearer ", "Bearer s3cret", "Bearer s3cret token x", "bearer s3cret token",
                "Basic s3cret token", "s3cret token",
            ] {
                let reply = try await api.get("/v1/stats", ["Authorization": wrong])
                #expect(reply.status == 401, "\(wrong)")
            }
            #expect(try await api.get("/v1/stats", ["Authorization": "Bearer s3cret token"]).status == 200)
            for path in ["/openapi.yaml", "/sign-in"] { #expect(try await api.get(path).status == 200) }
        }
    }

    /// The same call under another spelling of its path must not be another call to the door than to the router.
    @Test(arguments: [
        "//v1/deliveries", "/v1//deliveries", "///v1///deliveries", "/%761/deliveries", "/v1/deliveries/",
        "v1/deliveries",
        "/./v1/deliveries", "/x/../v1/deliveries", "/V1/deliveries", "http://localhost/v1/deliveries",
        "http://localhost//v1/deliveries", "//v1/stats", "//v1/deliveries/D-1", "//v1/updates", "//v1/dead-letters",
    ])
    func noSpellingOfAPathPassesTheDoor(path: String) async throws {
        try await APIBench(guarded).run { api in
            let reply = try await api.get(path)
            #expect(reply.status == 401 || reply.status == 404, "\(path): \(reply.status) \(reply.text)")
            let post = try await api.post(path.replacing("deliveries", with: "events"), Self.event)
            #expect(post.status == 401 || post.status == 404, "\(path): \(post.status)")
        }
    }

    @Test func aFormTradesTheTokenForACookie() async throws {
        try await APIBench(guarded).run { api in
            let form = "application/x-www-form-urlencoded"
            let wrong = try await api.post("/sign-in", "token=nope", type: form)
            #expect(wrong.status == 401 && wrong.header("Set-Cookie") == nil)
            #expect(try await api.post("/sign-in", #"{"token":"s3cret token"}"#).status == 415)
            #expect(
                try await api.post("/sign-in", "token=s3cret+token", ["Sec-Fetch-Site": "cross-site"], type: form)
                    .status == 403)
            let page = try await api.get("/")
            #expect(page.status == 303 && page.header("Location") == "/sign-in")
            let right = try await api.post(
                "/sign-in", "a=b&token=s3cret+token", ["Sec-Fetch-Site": "same-origin"], type: form)
            let cookie = try #require(right.header("Set-Cookie"))
            #expect(right.status == 303 && cookie.hasPrefix("__Host-"))
            for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] { #expect(cookie.contains(part)) }
            #expect(!cookie.contains("s3cret"))
            let pair = String(cookie.prefix { $0 != ";" })
            #expect(try await api.get("/v1/stats", ["Cookie": "a=b; \(pair)"]).status == 200)
            #expect(try await api.get("/", ["Cookie": pair]).status == 200)
            #expect(try await api.get("/v1/stats", ["Cookie": String(pair.dropLast())]).status == 401)
        }
    }

    @Test func withoutATokenThereIsNoSignIn() async throws {
        try await APIBench().run { api in
            #expect(try await api.get("/").status == 200)
            let reply = try await api.post("/sign-in", "token=", type: "application/x-www-form-urlencoded")
            #expect(reply.status == 401)
        }
    }

    @Test func aBrowserChangesThingsFromItsOwnPagesOnly() async throws {
        let bench = APIBench()
        try await bench.run { api in
            for site in ["cross-site", "same-site", "none"] {
                let reply = try await api.post("/v1/events", Self.event, ["Sec-Fetch-Site": site])
                #expect(reply.status == 403 && reply.code == "forbidden", "\(site)")
                #expect(try await api.get("/v1/stats", ["Sec-Fetch-Site": site]).status == 200)
            }
            #expect(bench.log.records.isEmpty)
            #expect(try await api.post("/v1/events", Self.event, ["Sec-Fetch-Site": "same-origin"]).status == 202)
        }
    }

    @Test(arguments: [
        "/v1/events", "/v1/deliveries", "/v1/deliveries/D-1/actions", "/v1/dead-letters/1/retry",
        "/v1/dead-letters/1/discard",
    ])
    func onlyOurContentTypesChangeThings(path: String) async throws {
        let bench = APIBench()
        try await bench.run { api in
            for type in [
                nil, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                "application/jsonx",
            ] {
                let reply = try await api.post(path, Self.event, type: type)
                #expect(reply.status == 415 && reply.code == "unsupported_media_type", "\(type ?? "none")")
            }
        }
        #expect(bench.log.records.isEmpty)
    }

    @Test func mediaTypesAreReadLeniently() async throws {
        try await APIBench().run { api in
            for type in [
                "application/json", "Application/JSON", "application/json; charset=utf-8",
                "application/json ;charset=utf-8",
            ] {
                let reply = try await api.post("/v1/events", Self.event, type: type)
                #expect(reply.status == 202, "\(type)")
            }
        }
    }

    @Test func everyCallWorksInsideOneMerchant() async throws {
        let bench = APIBench()
        try await bench.run { api in
            for name in ["", "Default", "-x", "a/b", "é", String(repeating: "a", count: 64)] {
                let reply = try await api.get("/v1/stats", ["Waybill-Merchant": name])
                #expect(reply.status == 400 && reply.fault["parameter"] == "Waybill-Merchant", "\(name)")
            }
            let foreign =
                #"{"merchant":"other","id":"e","type":"created","delivery_id":"D-1","#
                + #""occurred_at":"2025-11-30T10:00:00Z"}"#
            for path in ["/v1/events", "/v1/deliveries"] {
                let reply = try await api.post(path, foreign)
                #expect(reply.status == 403 && reply.code == "forbidden", "\(path)")
            }
            #expect(try await api.post("/v1/events", foreign, ["Waybill-Merchant": "other"]).status == 202)
            try await bench.settle()
            #expect(try await api.get("/v1/deliveries/D-1").status == 404)
            #expect(try await api.get("/v1/deliveries/D-1", ["Waybill-Merchant": "other"]).status == 200)
            #expect(try await api.get("/v1/deliveries").data.isEmpty)
            #expect(try await api.get("/v1/updates", ["Waybill-Merchant": "other"]).data.count == 1)
            #expect(try await api.get("/v1/updates").data.isEmpty)
        }
    }

    @Test func answersCarryTheirSafetyHeaders() async throws {
        try await APIBench().run { api in
            for path in ["/", "/v1/stats", "/v1/deliveries/none", "/nowhere", "/openapi.yaml"] {
                let reply = try await api.get(path)
                #expect(
                    reply.header("X-Content-Type-Options") == "nosniff"
                        && reply.header("Referrer-Policy") == "no-referrer")
                #expect(reply.header("Cache-Control") != nil)
            }
            let page = try await api.get("/")
            #expect(page.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
            #expect(!page.text.contains("{{nonce}}"))
        }
    }
}
