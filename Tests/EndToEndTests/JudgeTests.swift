import Foundation
import Testing

extension EndToEnd {
    /// The judges are judged: each finds what is planted.
    @Suite("The judges can fail") struct JudgeTests {
        @Test func theLedgerNamesEachKindOfFault() throws {
            let directory = try TemporaryDirectory()
            let ledger = try Ledger(file: directory.url.appending(path: "ledger"))
            ledger.offer(["acked", "lost", "twice", "refused", "unknown"].map { ($0, "D-1") })
            ledger.record(.acked, ["acked", "lost", "twice"])
            ledger.record(.refused, ["refused"])
            ledger.record(.unknown, ["unknown"])
            let verdict = Verdict(
                ledger: ledger, found: ["acked": 1, "twice": 2, "refused": 1, "unknown": 1, "never offered": 1])
            #expect(verdict.lost == ["lost"] && verdict.duplicates == ["twice"])
            #expect(verdict.phantoms.sorted() == ["never offered", "refused"] && !verdict.isClean)
            let text = try String(contentsOf: directory.url.appending(path: "ledger"), encoding: .utf8)
            #expect(text.hasPrefix("offer acked D-1\n") && text.hasSuffix("unknown unknown\n"))
        }

        @Test func anAcceptedEventStaysAccepted() throws {
            let directory = try TemporaryDirectory()
            let ledger = try Ledger(file: directory.url.appending(path: "ledger"))
            ledger.offer([("a", "D"), ("b", "D")])
            ledger.record(.acked, ["a"])
            ledger.record(.unknown, ["a", "b"])
            ledger.record(.refused, ["b"])
            #expect(ledger.offers["a"]?.outcome == .acked && ledger.offers["b"]?.outcome == .unknown)
        }

        @Test func aTraceIsReadWithItsUnfinishedCalls() {
            let id = DurabilityCheck.id(7)
            let early = """
                11 1.000100 pwrite64(5</d/log.db-wal>, "..\(id)..", 4096, 0) = 4096 <0.000010>
                12 1.000200 fdatasync(5</d/log.db-wal> <unfinished ...>
                11 1.000300 write(9<socket:[77]>, "HTTP/1.1 202 Accepted\(id)", 90) = 90 <0.000010>
                12 1.000400 <... fdatasync resumed>) = 0 <0.000200>
                """
            #expect(DurabilityCheck(SystemCallTrace(parsing: early), ids: [id]).violations.count == 1)
            let right = """
                11 1.000100 pwrite64(5</d/log.db-wal>, "..\(id)..", 4096, 0) = 4096 <0.000010>
                12 1.000200 fdatasync(5</d/log.db-wal> <unfinished ...>
                12 1.000400 <... fdatasync resumed>) = 0 <0.000200>
                11 1.000500 write(9<socket:[77]>, "HTTP/1.1 202 Accepted\(id)", 90) = 90 <0.000010>
                """
            #expect(DurabilityCheck(SystemCallTrace(parsing: right), ids: [id]).violations.isEmpty)
            #expect(DurabilityCheck(SystemCallTrace(parsing: right), ids: [DurabilityCheck.id(8)]).proven == 0)
        }

        @Test func aSchemaFindsEachKindOfFault() {
            let schema: JSON = [
                "type": "object", "required": ["a"], "additionalProperties": false,
                "properties": [
                    "a": ["type": ["string", "null"], "enum": ["x", nil]], "b": ["type": "integer", "minimum": 1],
                    "c": ["oneOf": [["type": "string", "format": "date-time"], ["type": "null"]]],
                    "d": ["type": "array", "items": ["$ref": "#/word"]],
                ],
            ]
            let validator = SchemaValidator(document: ["word": ["type": "string", "pattern": "^w+$"]])
            let right: JSON = ["a": nil, "b": 2, "c": "2026-01-01T00:00:00.5Z", "d": ["w", "www"]]
            #expect(validator.faults(of: right, in: schema).isEmpty)
            let wrong: [JSON] = [
                [:], ["a": "y"], ["a": 1], ["a": "x", "b": 0], ["a": "x", "b": 1.5], ["a": "x", "c": "yesterday"],
                ["a": "x", "d": ["v"]], ["a": "x", "e": true], [],
            ]
            for value in wrong { #expect(!validator.faults(of: value, in: schema).isEmpty, "\(value.text)") }
            #expect(!validator.faults(of: 1, in: ["unheardOf": 1]).isEmpty)
        }
    }
}
