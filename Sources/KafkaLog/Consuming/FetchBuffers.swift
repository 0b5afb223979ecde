import WaybillCore
import WaybillEngine

/// What was fetched and waits to be read, partition by partition; bounded, in that its owner fetches no more while it
/// is full.
struct FetchBuffers {
    struct Partition {
        /// What the reader must ask for to be given more.
        var position: Int64
        /// The first offset that is not in the buffer.
        var end: Int64
        var records: ArraySlice<LogRecord> = []
        /// Lies before `end`, and was not told yet.
        var gap: LogGap?
        /// Fetching has ended; where to go on is to be judged anew.
        var isBroken = false
        /// The record time of what was read last.
        var readUntil: Timestamp?
    }

    private(set) var partitions: [Int: Partition] = [:]
    private(set) var records = 0
    private(set) var bytes = 0
    /// Partitions take turns in being first, so that a full one does not keep the others waiting.
    private var turn = 0

    /// Above the high watermark nothing more is fetched, until half of it was read.
    var isFull: Bool { records >= KafkaLimits.bufferedRecords || bytes >= KafkaLimits.bufferedBytes }
    var hasRoom: Bool { records <= KafkaLimits.bufferedRecords / 2 && bytes <= KafkaLimits.bufferedBytes / 2 }

    /// Those of `offsets` that are not being fetched from there.
    func strayed(_ offsets: LogOffsets) -> LogOffsets {
        offsets.filter { partition, offset in
            guard let known = partitions[partition] else { return true }
            return known.isBroken || known.position != offset
        }
    }

    /// Begins anew: `position` is what the reader asks for, `gap` what the log no longer has of it.
    mutating func begin(_ partition: Int, at position: Int64, gap: LogGap? = nil) {
        drop(partition)
        partitions[partition] = Partition(position: position, end: gap?.missing.upperBound ?? position, gap: gap)
    }

    mutating func drop(_ partition: Int) {
        guard let dropped = partitions.removeValue(forKey: partition) else { return }
        records -= dropped.records.count
        bytes -= dropped.records.reduce(0) { $0 + $1.weight }
    }

    /// Returns whether there is something new for the reader.
    mutating func accept(_ fetched: Fetched) -> Bool {
        switch fetched {
        case .record(let record):
            // An offset that was seen already is given out a second time by some versions of the library.
            guard let end = partitions[record.partition]?.end, record.offset >= end else { return false }
            records += 1
            bytes += record.weight
            partitions[record.partition]?.records.append(record)
            partitions[record.partition]?.end = record.offset + 1
            return true
        case .end(let partition, let offset):
            guard let end = partitions[partition]?.end, offset > end else { return false }
            partitions[partition]?.end = offset
            return true
        case .outOfRange(let partition):
            partitions[partition]?.isBroken = true
            return partitions[partition] != nil
        case .failed:
            return false
        }
    }

    /// At most one batch for the reader, of those partitions that are where it asks.
    mutating func take(_ offsets: LogOffsets) -> LogBatch {
        var batch = LogBatch(records: [], next: offsets)
        var room = Limits.trackerBatch
        var weight = Limits.trackerBatchBytes
        let order = offsets.keys.sorted()
        turn += 1
        for index in order.indices where room > 0 && weight > 0 {
            let partition = order[(index + turn) % order.count]
            guard let taken = partitions[partition]?.take(from: offsets[partition], &room, &weight) else { continue }
            if let gap = taken.gap { batch.gaps.append(gap) }
            batch.records += taken.records
            batch.next[partition] = taken.next
        }
        records -= batch.records.count
        bytes -= batch.records.reduce(0) { $0 + $1.weight }
        return batch
    }
}

extension FetchBuffers.Partition {
    fileprivate mutating func take(
        from offset: Int64?, _ room: inout Int, _ weight: inout Int
    ) -> (records: ArraySlice<LogRecord>, gap: LogGap?, next: Int64)? {
        guard offset == position else { return nil }
        var count = 0
        for record in records {
            guard room > 0, weight > 0 else { break }
            count += 1
            room -= 1
            weight -= record.weight
        }
        let taken = records.prefix(count)
        records = count == records.count ? [] : records.dropFirst(count)
        defer { gap = nil }
        // Behind the last record there may be offsets that no reader ever sees.
        position = records.isEmpty ? end : (taken.last.map { $0.offset + 1 } ?? position)
        readUntil = taken.last?.timestamp ?? readUntil
        return (taken, gap, position)
    }
}

extension LogRecord {
    /// Bytes that it holds, roughly.
    fileprivate var weight: Int { value.count + key.utf8.count + 128 }
}
