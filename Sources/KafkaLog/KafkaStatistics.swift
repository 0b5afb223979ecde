import WaybillCore

/// What this platform takes from the library's statistics (STATISTICS.md of librdkafka).
struct KafkaStatistics: Equatable {
    var brokers = 0
    var brokersUp = 0
    var waitingRecords = 0
    var waitingBytes = 0

    /// Nil when this is not what the library writes.
    init?(_ json: [UInt8]) {
        let isRead = json.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) { try read(&reader) } catch { return false }
            return true
        }
        guard isRead else { return nil }
    }

    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "msg_cnt": waitingRecords = Int(clamping: try reader.readInt64())
            case "msg_size": waitingBytes = Int(clamping: try reader.readInt64())
            case "brokers": try readBrokers(&reader)
            default: _ = try reader.skipValue()
            }
        }
    }

    private mutating func readBrokers(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while try reader.nextKey() != nil { try readBroker(&reader) }
    }

    /// Bootstrap addresses and coordinators are listed as brokers too, without a number of their own.
    private mutating func readBroker(_ reader: inout JSONReader) throws(JSONError) {
        var number: Int64 = -1
        var isUp = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "nodeid": number = try reader.readInt64()
            case "state": isUp = try reader.readString() == "UP"
            default: _ = try reader.skipValue()
            }
        }
        guard number >= 0 else { return }
        brokers += 1
        if isUp { brokersUp += 1 }
    }
}
