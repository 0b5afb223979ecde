import Foundation
import KafkaLog
import TestSupport
import Testing
import WaybillCore
import WaybillEngine

extension KafkaTests {
    /// What other clients may write, and must not be able to break.
    @Suite struct Interop {
        @Test func anyClientCanProduce() async throws {
            let topics = try await TestTopics(partitions: 1)
            let event = SampleEvents.event(.arrivedAtHub, "e-1")
            let json = String(decoding: EventEncoder.bytes(of: event), as: UTF8.self)
            _ = try Kcat.run(["-P", "-t", topics.events, "-K", "\t", "-p", "0"], input: "default/D-1\t\(json)\n")
            try Python.run(
                """
                producer = Producer({"bootstrap.servers": sys.argv[1]})
                producer.produce(sys.argv[2], key="default/D-1", value=sys.argv[3], partition=0)
                producer.flush()
                """, topics.events, json)
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(2)
            for record in tracker.records {
                #expect(record.key == "default/D-1" && String(decoding: record.value, as: UTF8.self) == json)
                guard case .native = record.form else {
                    Issue.record("\(record.form)")
                    continue
                }
                let now = SystemTime().now()
                #expect(abs(record.timestamp.microseconds - now.microseconds) < 60_000_000)
            }
            await reader.close()
        }

        /// Nothing that can be produced stops the reader: the tracker judges it.
        @Test func poisonIsReadOn() async throws {
            let topics = try await TestTopics(partitions: 1)
            try Python.run(
                """
                producer = Producer({"bootstrap.servers": sys.argv[1]})
                def put(**record): producer.produce(sys.argv[2], partition=0, **record)
                put(key=None, value="no key")
                put(key=b"\\xff\\xfe\\x00/\\x80", value="a key of garbage")
                put(key="default/D", value=None)
                put(key="default/D", value=b"")
                put(key="default/D", value=bytes(range(256)))
                put(key="default/D", value="headers", headers=[(f"h{i}", b"\\xff" * 100) for i in range(1000)])
                put(key="default/D", value="odd", headers=[("ce_specversion", None), ("ce_id", b"\\xff"), ("", b"")])
                put(key="k" * 100000, value="a long key")
                put(key="default/D", value="last")
                producer.flush()
                """, topics.events)
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(9)
            let records = tracker.records
            #expect(records[0].key == "" && records[1].key == "\u{FFFD}\u{FFFD}\u{0}/\u{FFFD}")
            #expect(records[2].value.isEmpty && records[3].value.isEmpty && records[4].value == Array(0...255))
            #expect(records[7].key.utf8.count == 100_000)
            #expect(records.map(\.offset) == Array(0..<9) && tracker.values.last == "last")
            guard case .binary(let attributes) = records[6].form else {
                Issue.record("\(records[6].form)")
                return
            }
            #expect(attributes.id == "\u{FFFD}")
            await reader.close()
        }

        /// CloudEvents' own scenarios for Kafka.
        @Test func theConformanceScenariosOfCloudEventsHold() async throws {
            let topics = try await TestTopics(partitions: 1)
            let scenarios = try CloudEventsScenario.read(Fixture.text("cloudevents/kafka-protocol-binding.feature"))
            #expect(scenarios.count == 3)
            for scenario in scenarios {
                try Python.run(
                    """
                    producer = Producer({"bootstrap.servers": sys.argv[1]})
                    headers = [(name, value.encode()) for name, value in json.loads(sys.argv[4])]
                    producer.produce(sys.argv[2], key="default/D", value=sys.argv[3], headers=headers, partition=0)
                    producer.flush()
                    """, topics.events, scenario.payload,
                    String(decoding: try JSONEncoder().encode(scenario.headers.map { [$0.0, $0.1] }), as: UTF8.self))
            }
            let reader = try topics.reader()
            let tracker = ReadingTracker(reader)
            try await tracker.read(scenarios.count)
            for (record, scenario) in zip(tracker.records, scenarios) { try scenario.judge(record) }
            await reader.close()
        }
    }
}

/// One scenario of the feature file: a message, and the event that it is.
private struct CloudEventsScenario {
    var payload = ""
    var headers: [(String, String)] = []
    var attributes: [String: String] = [:]
    var data = ""

    func judge(_ record: LogRecord) throws {
        let found: CloudAttributes
        let json: [UInt8]
        switch record.form {
        case .native: throw NotInTime(description: "taken for a native event: \(payload)")
        case .binary(let attributes): (found, json) = (attributes, record.value)
        case .structured:
            (found, json) = try record.value.withUnsafeBufferPointer { bytes in
                let envelope = try CloudEnvelope(bytes)
                return (envelope.attributes, envelope.data.map { Array(bytes[$0]) } ?? [])
            }
        }
        #expect(found.id == attributes["id"] && found.type == attributes["type"] && found.time == attributes["time"])
        #expect(found.source == attributes["source"] && found.subject == attributes["subject"])
        let (mine, theirs) = try (object(json), object(Array(data.utf8)))
        #expect(mine == theirs && !mine.isEmpty)
    }

    private func object(_ bytes: [UInt8]) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(bytes))
    }

    /// Reads as much of Gherkin as the file uses: tables, quoted texts, and examples that fill a placeholder.
    static func read(_ feature: String) throws -> [CloudEventsScenario] {
        var scenarios: [CloudEventsScenario] = []
        for part in feature.components(separatedBy: "Scenario").dropFirst() {
            let halves = part.components(separatedBy: "Examples:")
            let examples = halves.count > 1 ? table(halves[1]).map(\.[0]) : []
            let filled = examples.isEmpty ? [part] : examples.map { halves[0].replacing("<contentType>", with: $0) }
            scenarios += filled.map(scenario)
        }
        return scenarios
    }

    private static func scenario(_ text: String) -> CloudEventsScenario {
        var scenario = CloudEventsScenario()
        let quoted = text.components(separatedBy: #"""""#)
        scenario.payload = quoted[1]
        scenario.data = quoted[3]
        let tables = quoted[2].components(separatedBy: "When parsed as Kafka message")
        scenario.headers = table(tables[0]).map { ($0[0], $0[1]) }
        scenario.attributes = Dictionary(uniqueKeysWithValues: table(tables[1]).map { ($0[0], $0[1]) })
        return scenario
    }

    /// The cells of a table, without its head.
    private static func table(_ text: String) -> [[String]] {
        let rows = text.split(separator: "\n").filter { $0.contains("|") }
        return rows.dropFirst().map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }
}
