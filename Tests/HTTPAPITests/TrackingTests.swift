import HTTPAPI
import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// The customer's page: what it says, and what it keeps to itself.
@Suite(.timeLimit(.minutes(10))) struct TrackingTests {
    private let bench = APIBench()
    private let key = SampleEvents.key("D-1")

    /// A delivery under way to Leipzig, with the token of its page.
    private func announced() async throws -> String {
        try await bench.take([
            SampleEvents.event(.created, "1") {
                $0.details = [
                    .destination(JSONFragment(trusted: #"{"city":"Leipzig","postcode":"04109","country":"DE"}"#)),
                    .promised(Window(earliest: bench.time.now(), latest: bench.time.now().advanced(bySeconds: 3600))),
                    .carrier("Rhein & <Söhne>"), .orderReference("LO-1"),
                ]
            },
            SampleEvents.event(.note, "2", minute: 1) { $0.detail = "for staff alone" },
            SampleEvents.event(.departedHub, "3", minute: 2) {
                $0.location = JSONFragment(trusted: #"{"city":"Halle","lat":51.4,"lon":12.2}"#)
            },
        ])
        return try await bench.store.trackingToken(key, offered: "token")
    }

    @Test func thePageSaysWhatACustomerMayKnow() async throws {
        let token = try await announced()
        try await bench.run { api in
            let page = try await api.get("/t/\(token)", ["Accept-Language": "de-CH,de;q=0.9,en;q=0.8"])
            #expect(page.status == 200 && page.text.contains("<html lang=\"de\">"))
            #expect(page.text.contains("Halle verlassen") && page.text.contains("04109 Leipzig"))
            #expect(page.text.contains("Rhein &amp; &lt;Söhne&gt;"))
            #expect(!page.text.contains("for staff alone"))
            #expect(page.header("X-Robots-Tag") == "noindex, nofollow")
            #expect(page.header("Referrer-Policy") == "no-referrer")
            #expect(page.header("Cache-Control") == "private, no-store")
            let data = try await api.get("/t/\(token).json?lang=pl")
            #expect(data.json["status"] as? String == "in_transit" && data.json["language"] as? String == "pl")
        }
    }

    @Test func unknownRevokedAndOverAnswerAlike() async throws {
        let token = try await announced()
        try await bench.run { api in
            let unknown = try await api.get("/t/unknown")
            try await bench.take([SampleEvents.event(.delivered, "4", minute: 3)])
            bench.time.set(SampleEvents.start.advanced(bySeconds: Limits.trackingLinkSeconds + 3 * 60 + 1))
            let over = try await api.get("/t/\(token)")
            bench.time.set(SampleEvents.start.advanced(bySeconds: Limits.trackingLinkSeconds))
            #expect(try await api.get("/t/\(token)").status == 200, "not over yet")
            #expect(try await api.post("/v1/deliveries/D-1/tracking-links/revoke", "{}").json["revoked"] as? Int == 1)
            let revoked = try await api.get("/t/\(token)")
            for reply in [over, revoked] {
                #expect(reply.status == 404 && reply.bytes == unknown.bytes)
                for name in ["Content-Type", "Cache-Control", "Vary", "X-Robots-Tag", "Content-Security-Policy"] {
                    #expect(reply.header(name) == unknown.header(name), "\(name)")
                }
            }
        }
    }

    @Test func detailDecays() async throws {
        let token = try await announced()
        try await bench.take([SampleEvents.event(.delivered, "4", minute: 3)])
        try await bench.run { api in
            bench.time.set(SampleEvents.start.advanced(bySeconds: 6 * 86_400))
            let young = try await api.get("/t/\(token).json")
            #expect(young.json["destination"] as? String == "04109 Leipzig")
            bench.time.set(SampleEvents.start.advanced(bySeconds: 8 * 86_400))
            #expect(try await api.get("/t/\(token).json").json["destination"] as? String == "Leipzig")
        }
    }

    @Test func aWishIsOneEventHoweverOftenItIsSaid() async throws {
        let token = try await announced()
        let form = "application/x-www-form-urlencoded"
        try await bench.run { api in
            for _ in 1...2 {
                let reply = try await api.post("/t/\(token)", "wish=neighbour", type: form)
                #expect(reply.status == 303 && reply.header("Location") == "/t/token?heard=1&lang=en")
            }
            // Nothing was delivered, so nothing can be missing; and no day lies in the past.
            for body in ["wish=missing", "day=0", "day=99999999", "wish=everything", "", "wish=%"] {
                #expect(try await api.post("/t/\(token)", body, type: form).status == 303)
            }
            #expect(try await api.post("/t/\(token)", "{}").status == 415)
            #expect(try await api.post("/t/unknown", "wish=neighbour", type: form).status == 404)
            let foreign = ["Sec-Fetch-Site": "cross-site"]
            #expect(try await api.post("/t/\(token)", "wish=neighbour", foreign, type: form).status == 403)
            try await bench.settle()
            let events = try await api.get("/v1/deliveries/D-1/events").data
            #expect(events.count(where: { $0["source"] as? String == "recipient" }) == 1)
        }
    }

    @Test func everyLanguageHasEveryText() {
        let texts = TrackingText.languages.map { TrackingText(chosen: $0, accepted: nil) }
        #expect(Set(texts.map(\.keys)).count == 1 && texts[0].keys.count > 60)
        #expect(texts.allSatisfy { $0.list("days").count == 7 && $0.list("months").count == 12 })
    }

    @Test(arguments: [
        ("de-DE,de;q=0.9,en;q=0.8", "de"), ("fr;q=0.2, nl;q=0.7", "nl"), ("ja, pl;q=0.1", "pl"), ("de;q=0, en", "en"),
        ("", "en"), ("*", "en"), (";;;,,q=", "en"),
    ]) func theBrowserSaysWhichLanguage(field: String, language: String) {
        #expect(TrackingText(chosen: nil, accepted: field).language == language)
        #expect(TrackingText(chosen: "fr", accepted: field).language == "fr")
    }

    @Test(arguments: [
        ("DE", "2026-03-29T00:59:59Z", 1, 59), ("DE", "2026-03-29T01:00:00Z", 3, 0),
        ("DE", "2026-10-25T00:59:59Z", 2, 59),
        ("DE", "2026-10-25T01:00:00Z", 2, 0), ("GB", "2026-07-01T12:00:00Z", 13, 0),
        ("FI", "2026-01-01T12:00:00Z", 14, 0),
        ("US", "2026-07-01T12:00:00Z", 12, 0),
    ]) func clocksKnowSummerTime(country: String, instant: String, hour: Int, minute: Int) throws {
        let clock = LocalClock(country: country)
        let instant = try #require(Timestamp(rfc3339: instant))
        let time = clock.time(instant)
        #expect(time.hour == hour && time.minute == minute)
        #expect(clock.day(clock.instant(day: clock.day(instant), hour: 8)) == clock.day(instant))
        #expect(clock.time(clock.instant(day: clock.day(instant), hour: 8)).hour == 8)
    }

    @Test(arguments: ["#000000", "#ffffff", "#ffee00", "#1c5a45", "#ff0000", "#00ffff", "#7f7f7f", "#0000ff"])
    func whateverTheColourTextCanBeRead(colour: String) throws {
        let css = String(decoding: try #require(Brand(name: "Shop", colour: colour)).bytes, as: UTF8.self)
        func value(_ name: String, _ part: Int) throws -> Colour {
            let blocks = css.split(separator: "@media")
            let declaration = try #require(blocks[part].split(separator: "\(name): ").dropFirst().first)
            return try #require(Colour(String(declaration.prefix(7))))
        }
        let night = Colour(red: 0.086, green: 0.094, blue: 0.114)
        #expect(try value("--brand-fill", 0).contrast(with: .white) >= 4.5)
        #expect(try value("--brand", 0).contrast(with: try value("--brand-soft", 0)) >= 4.5)
        #expect(try value("--brand", 1).contrast(with: night) >= 4.5)
        #expect(try value("--brand", 1).contrast(with: try value("--brand-soft", 1)) >= 4.5)
        #expect(Brand(name: "Shop", colour: colour + "0") == nil)
        #expect(abs(Colour.white.contrast(with: .black) - 21) < 0.1)
    }
}
