import TestSupport

/// The topics as another client sees them.
struct KafkaTopics {
    struct Record {
        let partition: Int
        let offset: Int
        /// Milliseconds since 1970.
        let time: Int64
        let key: String
        let value: String
    }

    private let broker: KafkaBroker

    init(_ broker: KafkaBroker) { self.broker = broker }

    /// Everything that a topic has, each partition's in order. Values must be of one line.
    func records(_ topic: String) throws -> [Record] {
        // The broker answers with all it has at once, whatever the client asked for.
        let output = try kcat([
            "-C", "-t", topic, "-o", "beginning", "-e", "-f", #"%p\t%o\t%T\t%k\t%s\n"#, "-X",
            "receive.message.max.bytes=1000000000", "-X", "fetch.message.max.bytes=100000000",
        ])
        let records = output.split(separator: "\n").compactMap { line -> Record? in
            let parts = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false)
            guard parts.count == 5, let partition = Int(parts[0]), let offset = Int(parts[1]),
                let time = Int64(parts[2])
            else { return nil }
            return Record(
                partition: partition, offset: offset, time: time, key: String(parts[3]), value: String(parts[4]))
        }
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    /// The values of these headers of each record, with slashes between.
    func records(_ topic: String, showing headers: [String]) throws -> [String] {
        let output = try kcat(["-C", "-t", topic, "-o", "beginning", "-e", "-f", #"%h\n"#])
        return output.split(separator: "\n").map { line in
            let all = Dictionary(
                line.split(separator: ",").compactMap { part -> (String, String)? in
                    let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
                    return sides.count == 2 ? (sides[0], sides[1]) : nil
                }
            ) { first, _ in first }
            return headers.map { all[$0] ?? "?" }.joined(separator: "/")
        }
    }

    /// The offset behind the last record of each partition.
    func ends(_ topic: String, partitions: Int) throws -> [Int] {
        try (0..<partitions).map { partition in
            let answer = try kcat(["-Q", "-t", "\(topic):\(partition):-1"])
            return Int(answer.split(whereSeparator: \.isWhitespace).last ?? "") ?? -1
        }
    }

    /// Puts lines of `key TAB value` on a topic, as any client may.
    ///
    /// - Parameter partition: nil for the one that the key has in Java.
    func produce(_ lines: [String], to topic: String, partition: Int? = nil) throws {
        let place = partition.map { ["-p", "\($0)"] } ?? ["-X", "topic.partitioner=murmur2_random"]
        _ = try kcat(["-P", "-t", topic, "-K", "\t"] + place, input: lines.map { $0 + "\n" }.joined())
    }

    private func kcat(_ arguments: [String], input: String = "") throws -> String {
        try TestSupport.run("kcat", ["-b", broker.address, "-q"] + arguments, input: input)
    }
}
