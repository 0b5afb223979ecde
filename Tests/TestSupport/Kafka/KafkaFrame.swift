/// One request or answer of Kafka's protocol, as its bytes without the length in front.
struct KafkaFrame {
    var bytes: [UInt8]

    /// Api keys of the protocol that the proxy looks into.
    enum API: Int16 {
        case fetch = 1
        case metadata = 3
        case findCoordinator = 10
    }

    /// Of a request.
    var api: API? { API(rawValue: integer(Int16.self, at: 0) ?? -1) }
    var version: Int16 { integer(Int16.self, at: 2) ?? -1 }

    /// Of a fetch request: how long the broker may wait for records.
    var longestWait: Int32 {
        // After api key, version and correlation id: the client's name, then `replica_id`, then this.
        guard let name = integer(Int16.self, at: 8) else { return 0 }
        return integer(Int32.self, at: 10 + max(0, Int(name)) + 4) ?? 0
    }

    /// Of a fetch answer: whether no partition has records or anything else to say. Newer versions than librdkafka 2.0
    /// speaks are not looked into.
    func isEmptyFetch(version: Int16) -> Bool {
        guard (4...11).contains(version) else { return false }
        var cursor = Cursor(frame: self, position: 8)
        if version >= 7 {
            guard cursor.next(Int16.self) == 0 else { return false }
            cursor.skip(4)
        }
        for _ in 0..<cursor.count() {
            cursor.skip(Int(cursor.next(Int16.self) ?? 0))
            for _ in 0..<cursor.count() where !cursor.isEmptyPartition(version) { return false }
        }
        return cursor.isIntact
    }

    func integer<Value: FixedWidthInteger>(_ type: Value.Type, at index: Int) -> Value? {
        let size = MemoryLayout<Value>.size
        guard index >= 0, index + size <= bytes.count else { return nil }
        return bytes.withUnsafeBytes { Value(bigEndian: $0.loadUnaligned(fromByteOffset: index, as: Value.self)) }
    }

    /// Puts another port behind the address of this machine, wherever it stands.
    mutating func replacePort(_ port: Int, by other: Int) {
        let address = Array("127.0.0.1".utf8)
        let (old, new) = (Self.bytes(of: Int32(port)), Self.bytes(of: Int32(other)))
        let length = address.count + old.count
        guard bytes.count >= length else { return }
        for start in 0...(bytes.count - length)
        where bytes[start] == address[0] && bytes[start..<start + length].elementsEqual(address + old) {
            bytes.replaceSubrange(start + address.count..<start + length, with: new)
        }
    }

    private static func bytes(of value: Int32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
}

extension KafkaFrame {
    /// Reads an answer from front to back.
    private struct Cursor {
        let frame: KafkaFrame
        var position: Int
        var isIntact = true

        mutating func next<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
            let value = frame.integer(type, at: position)
            if value == nil { isIntact = false }
            position += MemoryLayout<Value>.size
            return value
        }

        mutating func skip(_ count: Int) { position += max(0, count) }

        mutating func count() -> Int { max(0, Int(next(Int32.self) ?? 0)) }

        /// Moves behind one partition.
        mutating func isEmptyPartition(_ version: Int16) -> Bool {
            skip(4)
            guard next(Int16.self) == 0 else { return false }
            // High watermark and last stable offset, from version 5 on the start of the log too.
            skip(version >= 5 ? 24 : 16)
            skip(count() * 16)
            if version >= 11 { skip(4) }
            let size = next(Int32.self) ?? 0
            skip(Int(size))
            return size <= 0 && isIntact
        }
    }
}
