import Foundation
import Testing

extension EndToEnd {
    /// Every route of `docs/openapi.yaml` is called, and every answer is what the document says.
    @Suite("The contract") struct ContractTests {
        let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        @Test func everyRouteAnswersAsDocumented() throws {
            let server = try ServerProcess.started(in: directory)
            let contract = try ContractClient(server)
            try callDeliveries(contract)
            try callEvents(contract)
            try callUpdates(contract)
            try callDeadLetters(contract, server)
            try callNotifications(contract)
            try callNotificationSettings(contract)
            try callTracking(contract)
            try callCases(contract)
            for path in ["/openapi.yaml", "/", "/sign-in", "/tracking.css", "/v1/stats"] {
                try contract.expect(200, .get(path))
            }
            let form = "application/x-www-form-urlencoded"
            try contract.expect(401, .send("POST", "/sign-in", "token=wrong".utf8, type: form))
            #expect(contract.faults.isEmpty, "\(contract.faults.joined(separator: "\n"))")
            #expect(contract.uncalled.isEmpty, "never called: \(contract.uncalled)")
        }

        private func callDeliveries(_ contract: ContractClient) throws {
            let new: JSON = [
                "delivery_id": "D-1", "carrier": "rhein", "tracking_number": "RH1", "metadata": ["colour": "red"],
                "promised": ["earliest": "2026-11-24T08:00:00+01:00", "latest": "2026-11-24T18:00:00+01:00"],
                "destination": ["city": "Leipzig", "postcode": "04109", "country": "DE"],
                "recipient": ["name": "Ada Example", "email": "ada@example.com"],
            ]
            let created = try contract.expect(201, .post("/v1/deliveries", new))
            #expect(created.json?["delivery"]?["sequence"]?.int == 0)
            #expect(!created.text.contains("Ada Example"), "personal data in an answer for everyone")
            try contract.expect(409, .post("/v1/deliveries", new))
            try contract.expect(400, .post("/v1/deliveries", [:]))
            try contract.eventually(200, .get("/v1/deliveries/D-1"))

            let change: JSON = ["order_reference": "O-77", "promised": nil]
            let changed = try contract.expect(200, .send("PATCH", "/v1/deliveries/D-1?wait=10s", change.text.utf8))
            #expect(changed.json?["order_reference"]?.string == "O-77" && changed.json?["promised"] == .null)
            try contract.expect(202, .send("PATCH", "/v1/deliveries/D-1", change.text.utf8))
            try contract.expect(404, .send("PATCH", "/v1/deliveries/none", change.text.utf8))
            try contract.expect(400, .send("PATCH", "/v1/deliveries/D-1", "{".utf8))
            try callActions(contract)

            let instant = "2026-01-01T00:00:00Z"
            for query in [
                "", "?limit=1", "?status=created,delivered", "?carrier=rhein", "?q=D-1", "?promised_before=\(instant)",
                "?updated_after=\(instant)", "?sort=-created", "?case=late",
            ] { try contract.expect(200, .get("/v1/deliveries" + query)) }
            for query in [
                "?limit=0", "?limit=201", "?status=nope", "?sort=nope", "?cursor=nope", "?updated_after=nope",
            ] {
                try contract.expect(400, .get("/v1/deliveries" + query))
            }
            try contract.expect(
                200, .get("/v1/deliveries/D-1?as_of=2030-01-01T00:00:00Z&known_at=2100-01-01T00:00:00Z"))
            try contract.expect(404, .get("/v1/deliveries/none"))
            try contract.expect(200, .get("/v1/deliveries/D-1/events"))
            try contract.expect(404, .get("/v1/deliveries/none/events"))
        }

        private func callTracking(_ contract: ContractClient) throws {
            let made = try contract.expect(201, .post("/v1/deliveries/D-1/tracking-links", [:]))
            let url = try #require(made.json?["tracking_url"]?.string)
            let path = "/t/" + (url.split(separator: "/").last ?? "")
            let form = "application/x-www-form-urlencoded"
            try contract.expect(200, .get(path))
            try contract.expect(200, .get(path + ".json"))
            try contract.expect(303, .send("POST", path, "wish=missing".utf8, type: form))
            try contract.expect(415, .post(path, [:]))
            try contract.expect(404, .get("/t/unknown"))
            try contract.expect(404, .get("/t/unknown.json"))
            try contract.expect(404, .post("/v1/deliveries/none/tracking-links", [:]))
            try contract.expect(200, .post("/v1/deliveries/D-1/tracking-links/revoke", [:]))
            try contract.expect(404, .get(path))
            try contract.expect(400, .post("/v1/simulations", ["deliveries": 0]))
            try contract.expect(202, .post("/v1/simulations", ["deliveries": 1]))
        }

        private func callActions(_ contract: ContractClient) throws {
            let path = "/v1/deliveries/D-1/actions"
            let window: JSON = ["latest": "2026-11-30T18:00:00+01:00"]
            let note = try contract.expect(
                202, .post(path, ["action": "note", "actor": "jana", "text": "The shop called."]))
            let id = try #require(note.json?["event_id"])
            try contract.expect(200, .post(path + "?wait=10s", ["action": "reschedule", "promised": window]))
            try contract.expect(
                202, .post(path, ["action": "redirect", "destination": ["city": "Halle", "country": "DE"]]))
            try contract.expect(202, .post(path, ["action": "correct", "corrects": id, "why": "did_not_occur"]))
            let done: JSON = ["action": "mark_delivered", "place": "neighbour", "signed_by": "Bo Example"]
            let delivered = try contract.expect(200, .post(path + "?wait=10s", done))
            #expect(delivered.json?["status"]?.string == "delivered")
            #expect(!delivered.text.contains("Bo Example"))
            try contract.expect(202, .post(path, ["action": "cancel", "reason": "other"]))
            try contract.expect(400, .post(path, ["action": "explode"]))
            try contract.expect(404, .post("/v1/deliveries/none/actions", ["action": "note", "text": "x"]))
        }

        private func callEvents(_ contract: ContractClient) throws {
            let event: JSON = [
                "id": "e-1", "type": "arrived_at_hub", "delivery_id": "D-2",
                "occurred_at": "2026-01-01T10:00:00.5+01:00",
                "location": ["city": "Leipzig", "lat": 51.42, "lon": 12.24], "x_mine": ["kept": true],
            ]
            try contract.expect(202, .post("/v1/events", event))
            let wrong: JSON = ["type": "teleported", "delivery_id": "D-2", "occurred_at": "2026-01-01T10:00:00Z"]
            let mixed = try contract.expect(202, .post("/v1/events", ["events": [wrong, event]]))
            #expect(mixed.json?["accepted"]?.int == 1)
            #expect(mixed.json?["rejected"]?.array?.first?["code"]?.string == "unknown_type")
            let lines = event.text + "\n\n" + event.text + "\n"
            try contract.expect(202, .send("POST", "/v1/events", lines.utf8, type: "application/x-ndjson"))
            let cloud: JSON = [
                "specversion": "1.0", "id": "e-2", "source": "logistics/halle",
                "type": "waybill.delivery.departed_hub.v1",
                "time": "2026-01-01T11:00:00Z", "subject": "default/D-2", "data": ["location": ["city": "Halle"]],
            ]
            let single = try contract.expect(
                202, .send("POST", "/v1/events", cloud.text.utf8, type: "application/cloudevents+json"))
            #expect(single.json?["ids"] == ["e-2"])
            let batch = JSON.array([cloud]).text
            try contract.expect(
                202, .send("POST", "/v1/events", batch.utf8, type: "application/cloudevents-batch+json"))
            try contract.expect(400, .send("POST", "/v1/events", "{\"events\":".utf8))
            try contract.expect(415, .send("POST", "/v1/events", event.text.utf8, type: "text/plain"))
            try contract.eventually(200, .get("/v1/deliveries/D-2"))
        }

        private func callUpdates(_ contract: ContractClient) throws {
            let first = try contract.expect(200, .get("/v1/updates?limit=2"))
            let cursor = try #require(first.json?["next_cursor"]?.string)
            try contract.expect(200, .get("/v1/updates?after=\(cursor)"))
            try contract.expect(400, .get("/v1/updates?after=nope"))
            try contract.expect(400, .get("/v1/stream?after=nope"))
            try contract.note(head: SSEClient(port: contract.port).head, of: "GET", "/v1/stream")
        }

        private func callDeadLetters(_ contract: ContractClient, _ server: ServerProcess) throws {
            for letter in ["dead-1", "dead-2"] {
                for detail in ["one", "other"] {
                    try contract.expect(
                        202,
                        .post(
                            "/v1/events",
                            [
                                "id": .string(letter), "type": "note", "delivery_id": "D-3", "detail": .string(detail),
                                "occurred_at": "2026-01-01T10:00:00Z",
                            ]))
                }
            }
            try server.waitUntilCaughtUp()
            let letters = try contract.expect(200, .get("/v1/dead-letters?status=open")).json?["data"]?.array ?? []
            #expect(letters.count == 2)
            #expect(letters.allSatisfy { $0["code"]?.string == "id_conflict" })
            let ids = letters.compactMap { $0["id"]?.string }
            try #require(ids.count == 2)
            try contract.expect(200, .get("/v1/dead-letters/\(ids[0])"))
            try contract.expect(404, .get("/v1/dead-letters/999999"))
            try contract.expect(202, .post("/v1/dead-letters/\(ids[0])/retry", [:]))
            try contract.expect(200, .post("/v1/dead-letters/\(ids[1])/discard", [:]))
            try contract.expect(409, .post("/v1/dead-letters/\(ids[1])/discard", [:]))
            try contract.expect(404, .post("/v1/dead-letters/999999/retry", [:]))
        }

        private func callNotifications(_ contract: ContractClient) throws {
            let hook: JSON = ["url": "https://hooks.example.com/in", "events": ["delivery.*"], "owner_email": nil]
            let made = try contract.expect(201, .post("/v1/webhook-endpoints", hook))
            let id = try #require(made.json?["id"]?.string)
            let secret = try #require(made.json?["secret"]?.string)
            for url in ["http://hooks.example.com/", "https://127.0.0.1/", "https://localhost/", "nonsense"] {
                try contract.expect(400, .post("/v1/webhook-endpoints", ["url": .string(url)]))
            }
            let path = "/v1/webhook-endpoints/\(id)"
            let read = try contract.expect(200, .get(path))
            #expect(!read.text.contains(secret) && !read.text.contains("whsec_"))
            try contract.expect(200, .get("/v1/webhook-endpoints"))
            try contract.expect(404, .get("/v1/webhook-endpoints/none"))
            try contract.expect(200, .send("PATCH", path, #"{"ordered":true}"#.utf8))
            try contract.expect(200, .post(path + "/rotate-secret", [:]))
            try contract.expect(202, .post(path + "/recover", ["since": .string(Self.now())]))
            try contract.expect(400, .post(path + "/recover", ["since": "2001-01-01T00:00:00Z"]))
            try contract.expect(204, .send("DELETE", path, "{}".utf8))
            try contract.expect(404, .send("DELETE", path, "{}".utf8))

            let rows = try contract.eventually(200, .get("/v1/deliveries/D-1/notifications")) {
                $0.json?["data"]?.array?.isEmpty == false
            }
            let message = try #require(rows.json?["data"]?.array?.first?["id"]?.string)
            try contract.expect(200, .get("/v1/notifications?limit=1"))
            try contract.expect(200, .get("/v1/notifications?status=suppressed&endpoint=\(id)"))
            try contract.expect(400, .get("/v1/notifications?status=nope"))
            try contract.expect(200, .get("/v1/notifications/\(message)"))
            try contract.expect(404, .get("/v1/notifications/none"))
            try contract.expect(200, .get("/v1/notifications/\(message)/attempts"))
            try contract.expect(404, .post("/v1/notifications/none/retry", [:]))
            try contract.expect(200, .get("/v1/retry-schedule"))
            let closed = try contract.eventually(200, .get("/v1/notifications?status=sent")) {
                $0.json?["data"]?.array?.isEmpty == false
            }
            let ended = try #require(closed.json?["data"]?.array?.first?["id"]?.string)
            try contract.expect(202, .post("/v1/notifications/\(ended)/retry", [:]))
        }

        private static func now() -> String {
            Date().addingTimeInterval(-60).formatted(.iso8601)
        }

        private func callNotificationSettings(_ contract: ContractClient) throws {
            try contract.expect(200, .get("/v1/notification-rules"))
            let rule: JSON = [
                "occasions": ["delivered"], "audience": "merchant", "channels": ["email"], "to": "shop@example.com",
            ]
            let path = "/v1/notification-rules/shop-delivered"
            try contract.expect(200, .send("PUT", path, rule.text.utf8))
            try contract.expect(400, .send("PUT", path, #"{"occasions":["nope"],"audience":"merchant"}"#.utf8))
            try contract.expect(204, .send("DELETE", path, "{}".utf8))

            let template: JSON = [
                "subject": "Hi {{name}}", "text": "{{reference}} is there", "html": "<p>{{name}}</p>",
            ]
            try contract.expect(200, .send("PUT", "/v1/templates/delivered.en", template.text.utf8))
            try contract.expect(
                400, .send("PUT", "/v1/templates/delivered.de", #"{"subject":"a","text":"{{{name}}}"}"#.utf8))
            try contract.expect(200, .get("/v1/templates"))
            let preview: JSON = ["delivery_id": "D-1", "channel": "sms", "language": "de-AT"]
            let shown = try contract.expect(200, .post("/v1/templates/preview", preview))
            #expect(shown.json?["language"]?.string == "de" && shown.json?["sms"]?["segments"]?.int == 1)
            try contract.expect(404, .post("/v1/templates/preview", ["delivery_id": "none"]))
            try contract.expect(204, .send("DELETE", "/v1/templates/delivered.en", "{}".utf8))

            let contact: JSON = ["name": "Bo", "email": "bo@example.com", "preferences": ["channels": ["sms": false]]]
            try contract.expect(200, .send("PUT", "/v1/recipients/r-1", contact.text.utf8))
            try contract.expect(200, .get("/v1/recipients/r-1"))
            try contract.expect(404, .get("/v1/recipients/none"))
        }
    }
}

/// Calls the server and holds every answer against the document.
final class ContractClient {
    private let document: OpenAPIDocument
    private let client: Client
    private var called: Set<OpenAPIDocument.Operation> = []
    private(set) var faults: [String] = []

    init(_ server: ServerProcess) throws {
        document = try OpenAPIDocument(yaml: String(contentsOf: Repository.openAPI, encoding: .utf8))
        client = server.client()
    }

    var port: Int { client.port }

    /// Operations of the document that no test has called.
    var uncalled: [String] { document.operations.subtracting(called).map(\.description).sorted() }

    @discardableResult
    func expect(_ status: Int, _ request: Request) throws -> Response {
        let response = try client.send(request)
        if response.status != status {
            faults.append("\(request.method) \(request.path): \(status) was due: \(response.summary)")
        }
        note(response, of: request.method, request.path)
        return response
    }

    /// Asks until the status comes: what was accepted is applied a moment later.
    func eventually(_ status: Int, _ request: Request) throws {
        _ = try EndToEndTests.eventually("\(status) of \(request.path)", within: 10) {
            try client.send(request).status == status ? true : nil
        }
        try expect(status, request)
    }

    /// Asks until the answer is as wanted.
    func eventually(
        _ status: Int, _ request: Request, _ isWanted: (Response) -> Bool
    ) throws -> Response {
        _ = try EndToEndTests.eventually("what is wanted of \(request.path)", within: 20) {
            isWanted(try client.send(request)) ? true : nil
        }
        return try expect(status, request)
    }

    func note(head: ResponseHead, of method: String, _ path: String) throws {
        note(Response(head: head, body: []), of: method, path)
    }

    private func note(_ response: Response, of method: String, _ path: String) {
        guard let operation = document.operation(method, path) else {
            return faults.append("\(method) \(path) is not in the document")
        }
        called.insert(operation)
        faults += document.faults(of: response, to: operation)
    }
}
