/// The stored form of the arrival part, beside the folded part in the delivery's row.
extension ArrivalState {
    /// Announcements and recent ids; `sequence` and `updatedAt` have columns of their own.
    package var encoded: [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.key("announced")
            json.array(announced) { json, announcement in
                json.value(announcement.milestone.rawValue)
                json.value(announcement.event.text)
            }
            json.member("recent", Base64URL.encode(recentIDs.flatMap { hash in (0..<4).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) } }))
        }
        return json.bytes
    }

    package init(encoded bytes: UnsafeBufferPointer<UInt8>, sequence: Int64, updatedAt: Timestamp) throws(JSONError) {
        self.init()
        self.sequence = sequence
        self.updatedAt = updatedAt
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "announced":
                try reader.beginArray()
                while try reader.nextElement(first: announced.isEmpty) {
                    guard let milestone = Milestone(rawValue: try reader.readString()) else {
                        throw reader.fail("unknown milestone")
                    }
                    guard try reader.nextElement(first: false) else { throw reader.fail("milestone without event") }
                    announced.append(Announcement(milestone: milestone, event: EventID(trusted: try reader.readString())))
                }
            case "recent":
                guard let bytes = Base64URL.decode(try reader.readString()), bytes.count % 4 == 0 else {
                    throw reader.fail("recent ids that are no hashes")
                }
                for start in stride(from: 0, to: bytes.count, by: 4) {
                    recentIDs.append((0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
                }
            default: _ = try reader.skipValue()
            }
        }
        try reader.expectEnd()
    }
}
