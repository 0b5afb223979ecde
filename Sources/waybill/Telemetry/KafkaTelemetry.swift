import KafkaLog
import Logging
import WaybillEngine

/// What the clients of the brokers have to say, as metrics and lines of the log.
extension Telemetry {
    @Sendable func note(_ observation: KafkaObservation) {
        switch observation {
        case .logged(let line, let severity):
            logger.log(level: severity <= 3 ? .warning : .debug, "kafka: \(line)")
        case .failed(let failure):
            tally("waybill_kafka_failures_total", [:])
            logger.debug("kafka: \(failure)")
        case .brokers(let up, let known):
            set("waybill_kafka_brokers", ["state": "up"], Double(up))
            set("waybill_kafka_brokers", ["state": "known"], Double(known))
        case .producing(let records, let bytes):
            set("waybill_kafka_producing_records", [:], Double(records))
            set("waybill_kafka_producing_bytes", [:], Double(bytes))
        case .producerReplaced(let reason):
            tally("waybill_kafka_producers_replaced_total", [:])
            logger.warning("a Kafka producer failed for good and was made anew", metadata: ["reason": "\(reason)"])
        case .rebalanced(let assigned, let revoked, let isLost):
            tally("waybill_consumer_rebalances_total", ["lost": "\(isLost)"])
            logger.info(
                "partitions were given out anew",
                metadata: ["assigned": "\(assigned)", "revoked": "\(revoked)", "lost": "\(isLost)"])
        case .lag(let partition, let records, let seconds):
            set("waybill_consumer_lag_records", ["partition": "\(partition)"], Double(records))
            set("waybill_consumer_lag_seconds", ["partition": "\(partition)"], seconds)
        case .reading(let records, let bytes):
            set("waybill_kafka_reading_records", [:], Double(records))
            set("waybill_kafka_reading_bytes", [:], Double(bytes))
        case .gap: break
        case .refused(let partition, let reason):
            logger.error("a partition is not read on", metadata: ["partition": "\(partition)", "reason": "\(reason)"])
        }
    }
}
