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
            json.member("recent", recentIDs.map(\.littleEndian).withUnsafeBytes { Base64URL.encode($0) })
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
                    announced.append(
                        Announcement(milestone: milestone, event: EventID(trusted: try reader.readString())))
                }
            case "recent":
                guard let bytes = Base64URL.decode(try reader.readString()), bytes.count % 4 == 0 else {
                    throw reader.fail("recent ids that are no hashes")
                }
                recentIDs = bytes.withUnsafeBytes { raw in
                    stride(from: 0, to: raw.count, by: 4).map {
                        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
                    }
                }
            default: _ = try reader.skipValue()
            }
        }
        try reader.expectEnd()
    }
}
