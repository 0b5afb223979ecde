import Simulation
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

/// Validate, append, acknowledge: nothing is accepted that is not in the log.
@Suite(.timeLimit(.minutes(10))) struct IngestTests {
    @Test func whatIsAcceptedIsInTheLog() async throws {
        let bench = IngestBench()
        let receipt = try await bench.accept(
            "{\"events\":[\(IngestBench.event("a")),\(IngestBench.event("b", of: "D-2"))]}")
        #expect(receipt.ids.map(\.text) == ["a", "b"] && receipt.rejected.isEmpty)
        #expect(try bench.logged().map(\.id) == receipt.ids)
        #expect(bench.observer.count { if case .accepted(events: 2, _) = $0 { true } else { false } } == 1)
    }

    @Test func goodNeighboursOfABadEventAreAccepted() async throws {
        let bench = IngestBench()
        let lines = [
            IngestBench.event("a"), "{", #"{"id":"no-type"}"#, IngestBench.event("b"),
            IngestBench.event("c", type: "teleported"),
        ]
        let receipt = try await bench.accept(lines.joined(separator: "\n"), .lines)
        #expect(receipt.ids.map(\.text) == ["a", "b"])
        #expect(receipt.rejected.map(\.index) == [1, 2, 4])
        #expect(receipt.rejected.map(\.rejection.code) == [.malformed, .missingField, .unknownType])
        #expect(receipt.rejected[2].rejection.id?.text == "c", "so that its sender can find it")
        #expect(try bench.logged().count == 2)
        #expect(bench.observer.count { if case .refused = $0 { true } else { false } } == 3)
    }

    @Test func storageErrorsSurfaceAndNothingIsAcknowledged() async throws {
        var rates = FaultRates()
        rates.full = 1
        let bench = IngestBench(faults: rates)
        do {
            _ = try await bench.accept(IngestBench.event("a"))
            Issue.record("accepted without a log")
        } catch {
            guard case .storage(.full) = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(bench.log.records.isEmpty)
        #expect(bench.observer.count { if case .storageRefused(.full) = $0 { true } else { false } } == 1)
        #expect(bench.observer.count { if case .accepted = $0 { true } else { false } } == 0)
    }

    @Test func aRequestWithNothingGoodNeedsNoLog() async throws {
        var rates = FaultRates()
        rates.before = 1
        let receipt = try await IngestBench(faults: rates).accept(#"{"id":"x"}"#)
        #expect(receipt.ids.isEmpty && receipt.rejected.count == 1)
    }

    @Test func underFaultsWhatIsAcknowledgedIsThere() async throws {
        let seed = RunSeed.value(of: "ingest")
        let bench = IngestBench(faults: .rough, seed: seed)
        var acknowledged: Set<String> = []
        for number in 0..<500 {
            guard let receipt = try? await bench.accept(IngestBench.event("e\(number)")) else { continue }
            acknowledged.formUnion(receipt.ids.map(\.text))
        }
        let logged = Set(try bench.logged().map(\.id.text))
        #expect(acknowledged.isSubset(of: logged) && acknowledged.count > 300 && logged.count < 500)
    }

    @Test func eventsWithoutIDGetOne() async throws {
        let bench = IngestBench()
        let first = try await bench.accept(IngestBench.event())
        let second = try await bench.accept(IngestBench.event())
        #expect(first.ids.count == 1 && first.ids[0] != second.ids[0])
        #expect(try bench.logged().map(\.id) == first.ids + second.ids)
    }

    @Test func aRetryWithItsKeyIsADuplicate() async throws {
        let bench = IngestBench()
        let body = "{\"events\":[\(IngestBench.event()),\(IngestBench.event()),\(IngestBench.event("own"))]}"
        let first = try await bench.accept(body, key: "key-1")
        let second = try await bench.accept(body, key: "key-1")
        let other = try await bench.accept(body, key: "key-2")
        #expect(first.ids == second.ids && first.ids[0] != first.ids[1] && first.ids[2].text == "own")
        #expect(first.ids[0].text == "e4e4cc6f-dd1e-836f-8b9b-91b6c73bd214", "UUIDv8 of SHA-256(merchant, key, index)")
        #expect(Set(first.ids).intersection(other.ids).map(\.text) == ["own"])
    }

    @Test func merchantsStayInside() async throws {
        let bench = IngestBench()
        let foreign = IngestBench.event("x", more: #","merchant":"other""#)
        do {
            _ = try await bench.accept("{\"events\":[\(IngestBench.event("a")),\(foreign)]}")
            Issue.record("an event of another merchant was taken")
        } catch {
            guard case .foreignMerchant = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(bench.log.records.isEmpty, "nothing of such a request")
        let other = try #require(MerchantID("other"))
        _ = try await bench.accept(foreign, merchant: other)
        _ = try await bench.accept(IngestBench.event("y"), merchant: other)
        #expect(try bench.logged().map(\.merchant) == [other, other])
        #expect(bench.log.records.map(\.key) == ["other/D-1", "other/D-1"])
    }

    @Test func theFutureIsRefusedByTheClockOfTheLog() async throws {
        let bench = IngestBench()
        bench.time.set(Timestamp(rfc3339: "2025-11-29T09:59:59Z") ?? Scenario.fixedEnd)
        let early = try await bench.accept(IngestBench.event("a"))
        #expect(early.rejected.map(\.rejection.code) == [.occurredInFuture])
        bench.time.advance(bySeconds: 1)
        #expect(try await bench.accept(IngestBench.event("a")).ids.count == 1, "24 hours ahead, and not a second more")
    }

    /// What is added on the way in (an id, the merchant) must not make an accepted event too large for the tracker.
    @Test func nothingAcceptedIsTooLargeForTheTracker() async throws {
        let bench = IngestBench()
        let other = try #require(MerchantID("other"))
        for slack in [-60, -20, -1, 0, 1, 2, 20, 60] {
            let fields = (0..<15).map { #","x\#($0)":"\#(String(repeating: "z", count: 4000))""# }.joined()
            let padding = Limits.eventBytes - IngestBench.event(more: fields + #","pad":"""#).utf8.count + slack
            let body = IngestBench.event(more: fields + #","pad":"\#(String(repeating: "z", count: padding))""#)
            let receipt = try await bench.accept(body, merchant: other)
            #expect(receipt.ids.count + receipt.rejected.count == 1)
            if slack > 0 { #expect(receipt.rejected.map(\.rejection.code) == [.tooLarge]) }
        }
        _ = try bench.logged()
    }

    @Test func signaturesAreStoredApart() async throws {
        let bench = IngestBench()
        let body = IngestBench.event("d", type: "delivered", more: #","signed_by":"Ada Lovelace""#)
        #expect(try await bench.accept(body).ids.count == 1)
        let logged = try #require(try bench.logged().first)
        #expect(logged.proofID != nil)
        #expect(!bench.log.records.contains { String(decoding: $0.value, as: UTF8.self).contains("Lovelace") })
        for (type, field) in [
            ("created", #""recipient":{"name":"Ada"}"#), ("note", #""signed_by":"Ada""#), ("note", #""phone":"1""#),
        ] {
            let receipt = try await bench.accept(IngestBench.event("p", type: type, more: ",\(field)"))
            #expect(receipt.rejected.map(\.rejection.code) == [.invalidField], "\(field)")
            #expect(!(receipt.rejected.first?.rejection.detail.contains("Ada") ?? true))
        }
        #expect(bench.log.records.count == 1)
    }

    @Test func aDeadLetterIsRetriedUnchanged() async throws {
        let bench = IngestBench()
        let value = Array("not json".utf8)
        bench.log.put([("default/D-1", value)])
        let record = bench.log.records[0]
        try await bench.ingest.retry(DeadLetter(record: record, rejection: EventRejection(.malformed, "")))
        #expect(bench.log.records.map(\.value) == [value, value])
        var odd = record
        odd.key = "no slash"
        await #expect(throws: IngestError.self) {
            try await bench.ingest.retry(DeadLetter(record: odd, rejection: EventRejection(.malformed, "")))
        }
    }
}
