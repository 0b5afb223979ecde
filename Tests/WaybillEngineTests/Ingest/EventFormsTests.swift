import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Every form of a body, and every way to break one.
@Suite(.timeLimit(.minutes(10))) struct EventFormsTests {
    private static func cloud(_ id: String, more: String = "", data: String = "") -> String {
        #"""
        {"specversion":"1.0","id":"\#(id)","type":"waybill.delivery.note.v1","source":"hub/1",\#
        "time":"2025-11-30T10:00:00Z","subject":"default/D-1","data":{"delivery_id":"D-1"\#(data)}\#(more)}
        """#
    }

    @Test func allFormsSayTheSame() async throws {
        let bench = IngestBench()
        let event = IngestBench.event("x", more: #","merchant":"default","source":"hub/1""#)
        let attributes = CloudAttributes(
            id: "x", type: "waybill.delivery.note.v1", source: "hub/1", time: "2025-11-30T11:00:00+01:00",
            subject: "default/D-1")
        let bodies: [(String, EventRequest.Form)] = [
            (event, .json), ("{\"events\":[\(event)]}", .json), (" \n{ \"events\" : [ \(event) ] }\n", .json),
            (event, .lines), ("\r\n\(event)\r\n\n", .lines), (Self.cloud("x"), .structured),
            ("[\(Self.cloud("x"))]", .structuredBatch), (#"{"delivery_id":"D-1"}"#, .binary(attributes)),
            (event, .binary(attributes)),
        ]
        for (body, form) in bodies {
            let receipt = try await bench.accept(body, form)
            #expect(receipt.ids.map(\.text) == ["x"], "\(form): \(receipt.rejected)")
        }
        let contents = Set(try bench.logged().map(EventEncoder.content))
        #expect(contents.count == 1, "\(contents.map { String(decoding: $0, as: UTF8.self) })")
    }

    @Test func attributesThatDisagreeAreRefused() async throws {
        let bench = IngestBench()
        let event = IngestBench.event("x", more: #","source":"hub/1""#)
        let wrong = [
            CloudAttributes(id: "y"), CloudAttributes(type: "waybill.delivery.created.v1"),
            CloudAttributes(source: "hub/2"),
            CloudAttributes(time: "2025-11-30T10:00:01Z"), CloudAttributes(subject: "default/D-2"),
            CloudAttributes(subject: "other/D-1"), CloudAttributes(type: "note"), CloudAttributes(time: "yesterday"),
        ]
        for attributes in wrong {
            let receipt = try? await bench.accept(event, .binary(attributes))
            #expect(receipt.map { $0.ids.isEmpty && $0.rejected.count == 1 } ?? true, "\(attributes)")
        }
        #expect(bench.log.records.isEmpty)
    }

    @Test(arguments: [
        "", " ", "[]", "null", "1", "\"x\"", "[1,2", #"{"events":["#, #"{"events":[}"#, #"{"events":[{]}"#,
        #"{"events":[]"#, #"{"events":[],"more":1}"#, #"{"events":[1]]}"#, #"{"events":["unended}"#,
        #"{"events":["\"]}"#,
        #"{"events":[,]}"#, #"{"events":[{},]}"#, #"{"events":[{} {}]}"#, "\u{FEFF}{}", "nope",
    ])
    func brokenBodiesAreAnsweredAndNothingIsTaken(body: String) async throws {
        let bench = IngestBench()
        do {
            let receipt = try await bench.accept(body)
            #expect(receipt.ids.isEmpty && receipt.rejected.count <= 1, "\(receipt)")
        } catch {
            guard case .unreadable(let detail) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!detail.isEmpty)
        }
        #expect(bench.log.records.isEmpty)
    }

    @Test(arguments: [
        "", "{}", "[", "[]]", "[] []", "[{},]", "[,{}]", "[\"", "[\"\\", "[{\"a\":\"]\"}", "null", "]",
    ])
    func brokenBatchesAreAnswered(body: String) async throws {
        let bench = IngestBench()
        let receipt = try? await bench.accept(body, .structuredBatch)
        #expect(receipt?.ids.isEmpty ?? true)
        #expect(bench.log.records.isEmpty)
    }

    @Test func emptyListsAreNoError() async throws {
        let bench = IngestBench()
        for (body, form) in [(#"{"events":[]}"#, EventRequest.Form.json), ("[ ]", .structuredBatch), ("\n \n", .lines)]
        {
            let receipt = try await bench.accept(body, form)
            #expect(receipt.ids.isEmpty && receipt.rejected.isEmpty)
        }
    }

    @Test func bracketsAndQuotesInsideStringsDoNotSplit() async throws {
        let bench = IngestBench()
        let odd = #","detail":"]},{[\"\\","extra":{"a":["]","}"],"b":"\u005d"}"#
        let receipt = try await bench.accept(
            "{\"events\":[\(IngestBench.event("a", more: odd)),\(IngestBench.event("b", more: odd))]}")
        #expect(receipt.ids.map(\.text) == ["a", "b"], "\(receipt.rejected)")
        #expect(try bench.logged()[1].detail == "]},{[\"\\")
    }

    @Test func depthIsBounded() async throws {
        let bench = IngestBench()
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        for more in [",\"x\":\(deep)", ",\"x\":" + String(repeating: #"{"a":"#, count: 10_000)] {
            let receipt = try? await bench.accept("{\"events\":[\(IngestBench.event("a", more: more))]}")
            #expect(receipt?.ids.isEmpty ?? true)
            #expect(receipt.map { $0.rejected.map(\.rejection.code) == [.malformed] } ?? true)
        }
        #expect(bench.log.records.isEmpty)
    }

    @Test func theNumberOfEventsIsBounded() async throws {
        let bench = IngestBench()
        let lines = (0..<Limits.eventsPerRequest).map { IngestBench.event("e\($0)") }
        #expect(try await bench.accept(lines.joined(separator: "\n"), .lines).ids.count == Limits.eventsPerRequest)
        let before = bench.log.records.count
        do {
            _ = try await bench.accept((lines + [IngestBench.event("more")]).joined(separator: "\n"), .lines)
            Issue.record("one too many was taken")
        } catch {
            guard case .tooManyEvents = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(bench.log.records.count == before, "nothing of such a request")
    }

    /// An extension attribute must not become a second telling of a native field, nor carry a person's data past the
    /// check.
    @Test(arguments: [
        #","delivery_id":"D-2""#, #","merchant":"other""#, #","occurred_at":"2025-01-01T00:00:00Z""#,
        #","phone":"+49 1""#,
        #","recipient":{"name":"Ada"}"#, #","signed_by":"Ada""#, #","detail":"twice""#,
    ])
    func extensionsOfAnEnvelopeAreNoWayAround(more: String) async throws {
        let bench = IngestBench()
        let receipt = try? await bench.accept(Self.cloud("x", more: more, data: #","detail":"once""#), .structured)
        #expect(throws: Never.self) { try bench.logged() }
        #expect(!bench.log.records.contains { String(decoding: $0.value, as: UTF8.self).contains("Ada") })
        #expect(receipt?.ids.count ?? 0 == bench.log.records.count)
    }

    /// Mutated bodies in every form: each event is answered, and what is accepted is what the tracker can read.
    @Test func mutatedBodiesAreAnswered() async throws {
        let seed = RunSeed.value(of: "mutated bodies")
        var dice = SeededGenerator(seed: seed)
        let lines = [
            IngestBench.event("a", more: #","detail":"é\u202e\"","x":[1.5e3,null,true]"#),
            IngestBench.event("b", of: "D-2"),
            IngestBench.event("c", type: "delivered", more: #","place":"door","proof_id":"p""#),
        ]
        let good: [(String, EventRequest.Form)] = [
            (lines[0], .json), ("{\"events\":[\(lines.joined(separator: ","))]}", .json),
            (lines.joined(separator: "\n"), .lines),
            (Self.cloud("x", more: #","traceparent":"00-1","ext":"1""#), .structured),
            ("[\(Self.cloud("x")),\(Self.cloud("y"))]", .structuredBatch),
        ]
        let bench = IngestBench()
        var accepted = 0
        for _ in 0..<6000 {
            let (body, form) = dice.pick(good)
            if let receipt = try? await bench.accept(Self.mutated(Array(body.utf8), &dice), form) {
                accepted += receipt.ids.count
            }
        }
        #expect(bench.log.records.count == accepted && accepted > 500, "seed \(seed)")
        #expect(throws: Never.self, "seed \(seed)") { try bench.logged() }
    }

    private static func mutated(_ bytes: [UInt8], _ dice: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...dice.integer(below: 3) {
            guard !bytes.isEmpty else { break }
            let at = dice.integer(below: bytes.count)
            switch dice.integer(below: 6) {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: dice.next())
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(dice.pick(Array("{}[]\",:\\0eE-".utf8)), at: at)
            case 3: bytes.removeLast(min(bytes.count, dice.integer(below: 20)))
            case 4:
                let end = min(bytes.count, at + dice.integer(below: 30))
                bytes.insert(contentsOf: bytes[at..<end], at: dice.integer(below: bytes.count + 1))
            default: bytes.swapAt(at, dice.integer(below: bytes.count))
            }
        }
        return bytes
    }
}
