import Foundation
import TestSupport
import WaybillCore

/// What a cluster holds, read from outside: the topics by another client, the tables by `psql`.
struct ClusterTruth {
    /// One row of the history, in the order of the feed.
    struct Applied {
        var partition: Int
        var position: Int
        var key: String
        var sequence: Int
        var event: Event
    }

    /// What must have become of the log: read once, in order, keeping the first of each id.
    struct Expected {
        /// Ids with their deliveries, in the order of the log, of each partition.
        var accepted: [[String]]
        var events: [String: [Event]] = [:]
        /// Partition and offset of what must be a dead letter.
        var letters: Set<String> = []
    }

    var log: [KafkaTopics.Record]
    var updates: [KafkaTopics.Record]
    /// Of each partition, in the order of positions.
    var history: [[Applied]]
    /// The stored sequence and the stored fold of each delivery, by `<merchant>/<id>`.
    var states: [String: (sequence: Int, summary: StateSummary)]
    /// Partition and offset of each dead letter.
    var letters: [String]
    var publishedLetters: Set<String>

    /// Reads the log as the contract says a tracker does.
    var expected: Expected {
        var expected = Expected(accepted: Array(repeating: [], count: ClusterUnderTest.partitions))
        var known: [String: Event] = [:]
        for record in log {
            let place = "\(record.partition)/\(record.offset)"
            let at = Timestamp(microseconds: record.time * 1000)
            guard let event = try? EventDecoder().decode(Array(record.value.utf8)).event,
                event.key.text == record.key, EventDecoder.rejectFuture(event, receivedAt: at) == nil
            else {
                expected.letters.insert(place)
                continue
            }
            guard event.type != .position else { continue }
            let id = record.key + " " + event.id.text
            if let first = known[id] {
                if EventEncoder.content(of: first) != EventEncoder.content(of: event) { expected.letters.insert(place) }
                continue
            }
            known[id] = event
            expected.accepted[record.partition].append(id)
            expected.events[record.key, default: []].append(event)
        }
        return expected
    }
}

// MARK: Reading

extension ClusterTruth {
    init(of cluster: ClusterUnderTest) throws {
        let topics = KafkaTopics(cluster.broker)
        log = try topics.records("delivery-events")
        updates = try topics.records("delivery-updates")
        let partitions = ClusterUnderTest.partitions
        var history: [[Applied]] = Array(repeating: [], count: partitions)
        for row in try Self.rows(Self.historySQL, cluster) {
            guard let partition = Int(row[0]), let position = Int(row[1]), let sequence = Int(row[3]) else { continue }
            let event = try EventDecoder().decode(Self.bytes(row[4])).event
            history[partition].append(
                Applied(partition: partition, position: position, key: row[2], sequence: sequence, event: event))
        }
        self.history = history
        var states: [String: (Int, StateSummary)] = [:]
        for row in try Self.rows(Self.statesSQL, cluster) {
            let folded = try Self.bytes(row[2]).withUnsafeBufferPointer { try FoldedState(encoded: $0) }
            states[row[0]] = (Int(row[1]) ?? -1, folded.summary)
        }
        self.states = states
        letters = try Self.rows("SELECT partition, record_offset FROM dead_letter", cluster).map { "\($0[0])/\($0[1])" }
        publishedLetters = try Self.publishedLetters(topics)
    }

    private static let historySQL = """
        SELECT h.partition, h.feed_position, d.merchant || '/' || d.delivery_id, h.sequence, encode(h.event, 'hex')
        FROM history h JOIN delivery d USING (number) ORDER BY h.partition, h.feed_position
        """
    private static let statesSQL =
        "SELECT merchant || '/' || delivery_id, sequence, encode(folded, 'hex') FROM delivery"

    private static func rows(_ sql: String, _ cluster: ClusterUnderTest) throws -> [[String]] {
        try cluster.postgres.sql(sql, in: "waybill").split(separator: "\n")
            .map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }

    private static func publishedLetters(_ topics: KafkaTopics) throws -> Set<String> {
        Set(try topics.records("delivery-events-dead-letters", showing: ["source_partition", "source_offset"]))
    }
}
