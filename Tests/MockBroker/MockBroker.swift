import CLibrdkafka
import Foundation

/// Holds librdkafka's mock cluster in a process of its own and does as it is told on its input.
///
/// Prints the addresses of its brokers, then `ok` or what went wrong for each line:
///
///     topic NAME PARTITIONS REPLICAS    down BROKER    up BROKER    rtt BROKER MILLISECONDS
///     leader TOPIC PARTITION BROKER     errors API CODE TIMES      quit
///
/// The cluster keeps 5 MB or 100,000 records of a partition, shows records of aborted transactions, and knows no
/// administration: it is for what clients do when brokers fail, not for what brokers promise.
@main enum MockBroker {
    static func main() {
        let brokers = CommandLine.arguments.dropFirst().first.flatMap { Int32($0) } ?? 3
        var reason = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), &reason, reason.count),
            let cluster = rd_kafka_mock_cluster_new(client, brokers),
            let addresses = rd_kafka_mock_cluster_bootstraps(cluster)
        else { exit(1) }
        say(String(cString: addresses))
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            if words.first == "quit" { break }
            say(carryOut(words, cluster))
        }
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func carryOut(_ words: [String], _ cluster: OpaquePointer) -> String {
        let numbers = words.dropFirst().map { Int32($0) ?? 0 }
        let code: rd_kafka_resp_err_t
        switch (words.first, words.count) {
        case ("topic", 4): code = rd_kafka_mock_topic_create(cluster, words[1], numbers[1], numbers[2])
        case ("down", 2): code = rd_kafka_mock_broker_set_down(cluster, numbers[0])
        case ("up", 2): code = rd_kafka_mock_broker_set_up(cluster, numbers[0])
        case ("rtt", 3): code = rd_kafka_mock_broker_set_rtt(cluster, numbers[0], numbers[1])
        case ("leader", 4): code = rd_kafka_mock_partition_set_leader(cluster, words[1], numbers[1], numbers[2])
        case ("errors", 4):
            let errors = [rd_kafka_resp_err_t](
                repeating: rd_kafka_resp_err_t(rawValue: numbers[1]), count: Int(numbers[2]))
            rd_kafka_mock_push_request_errors_array(cluster, Int16(numbers[0]), errors.count, errors)
            code = RD_KAFKA_RESP_ERR_NO_ERROR
        default: return "not understood: \(words.joined(separator: " "))"
        }
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? "ok" : String(cString: rd_kafka_err2name(code))
    }
}
