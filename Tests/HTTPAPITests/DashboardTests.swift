import HTTPAPI
import Synchronization
import Testing
import WaybillCore

/// The built dashboard, and the status page where there is none.
@Suite(.timeLimit(.minutes(10))) struct DashboardTests {
    private static let files: [String: [UInt8]] = [
        "index.html": Array("<!doctype html><title>Waybill</title>".utf8), "LICENSES.txt": Array("MIT".utf8),
        "assets/app-1234.js": Array("let a".utf8), "assets/app-1234.js.gz": [1, 2], "assets/app-1234.js.br": [3],
        "assets/app-1234.css": Array("a{}".utf8), "assets/tracking-1.js": Array("let b".utf8),
    ]

    private func bench(_ settings: HTTPSettings = HTTPSettings()) -> APIBench {
        var bench = APIBench(settings)
        bench.services.dashboard = DashboardFiles(Self.files)
        return bench
    }

    @Test func everyScreenIsTheOnePage() async throws {
        try await bench().run { api in
            for path in [
                "/", "/deliveries", "/deliveries/a%2Fb", "/exceptions/1", "/notifications/templates", "/platform",
            ] {
                let page = try await api.get(path)
                #expect(page.status == 200 && page.bytes == Self.files["index.html"], "\(path)")
                #expect(page.header("Cache-Control") == "no-cache")
                let policy = try #require(page.header("Content-Security-Policy"))
                #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
            }
            #expect(try await api.get("/elsewhere").status == 404)
        }
    }

    @Test func filesNeverChangeAndAreCompressedForWhoeverCanRead() async throws {
        try await bench().run { api in
            let plain = try await api.get("/assets/app-1234.js")
            #expect(plain.text == "let a" && plain.header("Content-Type") == "text/javascript; charset=utf-8")
            #expect(plain.header("Cache-Control") == "public, max-age=31536000, immutable")
            #expect(plain.header("Content-Encoding") == nil && plain.header("X-Content-Type-Options") == "nosniff")
            #expect(try await api.get("/assets/app-1234.js", ["Accept-Encoding": "gzip"]).bytes == [1, 2])
            let best = try await api.get("/assets/app-1234.js", ["Accept-Encoding": "gzip, br"])
            #expect(
                best.bytes == [3] && best.header("Content-Encoding") == "br" && best.header("Vary") == "Accept-Encoding"
            )
            for name in ["none.js", "..%2Findex.html", "app-1234.js.gz"] {
                #expect(try await api.get("/assets/\(name)").status == 404, "\(name)")
            }
        }
    }

    @Test func aTokenIsAskedForBeforeThePage() async throws {
        var settings = HTTPSettings()
        settings.token = "0123456789abcdef"
        try await bench(settings).run { api in
            for path in ["/", "/deliveries", "/platform"] {
                let reply = try await api.get(path)
                #expect(reply.status == 303 && reply.header("Location") == "/sign-in", "\(path)")
            }
            #expect(
                try await api.get("/assets/app-1234.css").status == 200,
                "the sign-in needs no more, and it is no secret")
            #expect(try await api.get("/v1/stats").status == 401)
            #expect(try await api.get("/t/unknown").status == 404, "a customer has no token")
        }
    }

    @Test func withoutABuildTheStatusPageRemains() async throws {
        #expect(DashboardFiles(["assets/app.js": []]) == nil)
        try await APIBench().run { api in
            let page = try await api.get("/")
            #expect(page.text.contains("<title>Status"))
            #expect(try await api.get("/deliveries").status == 404)
        }
    }

    @Test func deliveriesAreMadeUpOnlyOneAtATimeAndOnlyHere() async throws {
        var bench = bench()
        try await bench.run { api in
            let reply = try await api.post("/v1/simulations", #"{"deliveries":5}"#)
            #expect(reply.status == 403, "nobody plays here")
        }
        let player = Player()
        bench.services.simulator = player
        try await bench.run { api in
            for body in ["{}", #"{"deliveries":0}"#, #"{"deliveries":2001}"#, #"{"deliveries":"5"}"#, "[]", ""] {
                let reply = try await api.post("/v1/simulations", body)
                #expect(reply.code == "validation", "\(body)")
            }
            #expect(try await api.post("/v1/simulations", #"{"deliveries":500}"#).status == 202)
            #expect(try await api.post("/v1/simulations", #"{"deliveries":500}"#).code == "conflict")
            #expect(player.asked.withLock { $0 } == [500, 500])
        }
        var settings = HTTPSettings()
        settings.host = "10.0.0.1"
        settings.token = "0123456789abcdef"
        var far = APIBench(settings)
        far.services.simulator = player
        try await far.run { api in
            let token = ["Authorization": "Bearer 0123456789abcdef"]
            let reply = try await api.post("/v1/simulations", #"{"deliveries":5}"#, token)
            #expect(reply.code == "forbidden")
        }
    }
}

/// Plays once.
private final class Player: Simulator {
    let asked = Mutex<[Int]>([])

    func begin(deliveries: Int, merchant: MerchantID) -> Bool {
        asked.withLock { asked in
            asked.append(deliveries)
            return asked.count == 1
        }
    }
}
