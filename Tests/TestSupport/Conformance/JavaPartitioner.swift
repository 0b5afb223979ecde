/// Kafka's default partitioner, written a second time from the Java client, so that the first is not judged by itself.
package enum JavaPartitioner {
    package static func partition(of key: String, count: Int) -> Int {
        Int(UInt32(bitPattern: murmur2(key.utf8.map { Int8(bitPattern: $0) })) & 0x7fff_ffff) % count
    }

    /// `Utils.murmur2(byte[])`, with Java's signed bytes and wrapping 32-bit integers.
    static func murmur2(_ data: [Int8]) -> Int32 {
        let m = Int32(bitPattern: 0x5bd1_e995)
        var h = Int32(bitPattern: 0x9747_b28c) ^ Int32(data.count)
        func shifted(_ value: Int32, _ bits: Int32) -> Int32 {
            Int32(bitPattern: UInt32(bitPattern: value) >> UInt32(bits))
        }
        func byte(_ index: Int) -> Int32 { Int32(data[index]) & 0xff }
        for word in 0..<data.count / 4 {
            let at = word * 4
            var k = byte(at) &+ (byte(at + 1) << 8) &+ (byte(at + 2) << 16) &+ (byte(at + 3) << 24)
            k = k &* m
            k ^= shifted(k, 24)
            k = k &* m
            h = h &* m
            h ^= k
        }
        let tail = data.count & ~3
        switch data.count % 4 {
        case 3:
            h ^= byte(tail + 2) << 16
            fallthrough
        case 2:
            h ^= byte(tail + 1) << 8
            fallthrough
        case 1:
            h ^= byte(tail)
            h = h &* m
        default: break
        }
        h ^= shifted(h, 13)
        h = h &* m
        return h ^ shifted(h, 15)
    }
}
