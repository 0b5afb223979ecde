import TestSupport
import Testing
import WaybillCore

/// Retries, circuits, health, segments and quiet hours: small functions, each with its edges.
@Suite struct SendingRulesTests {
    private let now = SampleEvents.start

    @Test func theScheduleIsTheStandardsTable() throws {
        #expect(RetrySchedule.attempts == 10)
        let whole: Int64 = RetrySchedule.delays.reduce(0, +)
        #expect(whole == 272_105, "75 h 35 min 5 s")
        for number in 0..<2000 {
            for attempt in 1...9 {
                let next = try #require(RetrySchedule.next(after: attempt, at: now, id: "m\(number)"))
                let waited = Double(next.microseconds - now.microseconds) / 1_000_000
                let base = Double(RetrySchedule.delays[attempt - 1])
                #expect(abs(waited - base) <= base * 0.2 + 0.001)
            }
        }
        #expect(RetrySchedule.next(after: 10, at: now, id: "m") == nil)
        #expect(RetrySchedule.next(after: 0, at: now, id: "m") == nil)
    }

    @Test(
        arguments: [
            (120, 120), (0, 5), (-1, 5), (Int64.max, 86_400), (86_401, 86_400),
        ] as [(Int64, Int64)])
    func whatTheReceiverAsksForIsHeardWithinBounds(_ asked: Int64, _ least: Int64) throws {
        let next = try #require(RetrySchedule.next(after: 1, at: now, id: "m", retryAfter: asked))
        let waited = (next.microseconds - now.microseconds) / 1_000_000
        #expect(waited >= least && waited <= max(least, 6))
    }

    @Test func retryAfterIsSecondsOrADate() throws {
        #expect(RetryAfter.seconds("120", now: now) == 120)
        let date = try #require(Timestamp(rfc3339: "1994-11-06T08:49:37Z"))
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: date.advanced(bySeconds: -60)) == 60)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: date.advanced(bySeconds: 60)) == 0)
        for wrong in ["", "-5", "1.5", "soon", "Sunday, 06-Nov-94 08:49:37 GMT"] {
            #expect(RetryAfter.seconds(wrong, now: now) == nil, "\(wrong)")
        }
        #expect(RetryAfter.seconds("99999999999999", now: now) == 86_400)
    }

    @Test func aCircuitOpensProbesAndCloses() {
        var circuit = Circuit()
        for _ in 0..<9 { circuit.fail(at: now) }
        #expect(circuit.allowance(of: 8, at: now) == 8)
        circuit.fail(at: now)
        #expect(circuit.allowance(of: 8, at: now.advanced(bySeconds: 29)) == 0)
        let later = now.advanced(bySeconds: 30)
        #expect(circuit.allowance(of: 8, at: later) == 1)
        circuit.begin(at: later)
        #expect(circuit.allowance(of: 8, at: later) == 0, "one probe")
        circuit.fail(at: later)
        #expect(circuit.allowance(of: 8, at: later.advanced(bySeconds: 59)) == 0, "twice as long")
        let again = later.advanced(bySeconds: 60)
        circuit.begin(at: again)
        circuit.succeed()
        #expect(circuit == Circuit())
    }

    @Test func ownersAreWarnedOnceAndThenTheEndpointIsSwitchedOff() {
        var health = EndpointHealth()
        var heard: [(Int64, EndpointHealth.Notice)] = []
        for hour in 0...130 {
            if let notice = health.fail(at: now.advanced(bySeconds: Int64(hour) * 3600)) {
                heard.append((Int64(hour), notice))
            }
        }
        #expect(heard.map(\.1) == [.hour, .day, .last, .disabled])
        #expect(heard.map(\.0) == [1, 24, 96, 120])
        health.succeed()
        #expect(health == EndpointHealth())
    }

    @Test(arguments: [
        ("", 1, "gsm-7"), (String(repeating: "a", count: 160), 1, "gsm-7"),
        (String(repeating: "a", count: 161), 2, "gsm-7"), (String(repeating: "a", count: 306), 2, "gsm-7"),
        (String(repeating: "a", count: 307), 3, "gsm-7"), (String(repeating: "€", count: 80), 1, "gsm-7"),
        (String(repeating: "€", count: 81), 2, "gsm-7"), ("grüße", 1, "gsm-7"), ("ç", 1, "ucs-2"),
        (String(repeating: "ł", count: 70), 1, "ucs-2"), (String(repeating: "ł", count: 71), 2, "ucs-2"),
        (String(repeating: "😀", count: 35), 1, "ucs-2"), (String(repeating: "😀", count: 36), 2, "ucs-2"),
        // 33 pairs fill 66 of 67 units: the 34th does not fit in half.
        (String(repeating: "😀", count: 67), 3, "ucs-2"),
    ])
    func segmentsAreCounted(_ text: String, _ segments: Int, _ encoding: String) {
        let found = SMSSegments(text)
        #expect(found.segments == segments && found.encoding.rawValue == encoding, "\(found)")
    }

    @Test func quietHoursSurviveAChangeOfClocks() throws {
        // The night in which the clocks go forward by an hour in this zone.
        struct Zones: ZoneRules {
            func offsetSeconds(zone: String, at instant: Timestamp) -> Int? {
                instant < Timestamp(seconds: 1_774_746_000) ? 3600 : 7200
            }
        }
        let evening = try #require(Timestamp(rfc3339: "2026-03-28T22:30:00+01:00"))
        let moment = QuietHours.standard.firstMoment(from: evening, zone: "Europe/Berlin", Zones())
        #expect(moment.rfc3339 == Timestamp(rfc3339: "2026-03-29T08:00:00+02:00")?.rfc3339)
        let day = try #require(Timestamp(rfc3339: "2026-03-28T12:00:00+01:00"))
        #expect(QuietHours.standard.firstMoment(from: day, zone: "Europe/Berlin", Zones()) == day)
        let none = QuietHours(from: 480, to: 480)
        #expect(none.firstMoment(from: evening, zone: "Europe/Berlin", Zones()) == evening)
    }

    @Test func rotatedSecretsSignForADayMore() {
        var endpoint = WebhookEndpoint(id: "e", url: "https://a.example.com/")
        endpoint.rotate(to: Secret("whsec_one"), at: now)
        endpoint.rotate(to: Secret("whsec_two"), at: now)
        let inOverlap = endpoint.signingSecrets(at: now.advanced(bySeconds: 86_399)).map(\.secret.revealed)
        #expect(inOverlap == ["whsec_two", "whsec_one"])
        #expect(endpoint.signingSecrets(at: now.advanced(bySeconds: 86_400)).map(\.secret.revealed) == ["whsec_two"])
        #expect(WebhookEndpoint(id: "e", stored: endpoint.stored) == endpoint)
        for number in 0..<20 { endpoint.rotate(to: Secret("whsec_\(number)"), at: now) }
        #expect(endpoint.secrets.count == Limits.secretsPerEndpoint)
        #expect("\(endpoint)".contains("whsec_") == false, "a secret does not show itself")
    }

    @Test func rulesAreReadBackAsTheyWereWritten() throws {
        var rule = NotificationRule("r", on: [.milestone(.delivered), .opened(.late)], tell: .support, by: [.email])
        rule.to = "desk@example.com"
        rule.conditions.countries = ["DE"]
        rule.conditions.reasons = [.weather]
        #expect(NotificationRule(id: "r", stored: rule.stored) == rule)
        for wrong in [
            "{}", #"{"occasions":["delivered"],"audience":"support","channels":["email"]}"#,
            #"{"occasions":["nope"],"audience":"recipient","channels":["email"]}"#,
            #"{"occasions":["delivered"],"audience":"recipient","channels":["webhook"]}"#, "[]", "{",
        ] { #expect(NotificationRule(id: "r", stored: JSONFragment(trusted: wrong)) == nil, "\(wrong)") }
    }
}
