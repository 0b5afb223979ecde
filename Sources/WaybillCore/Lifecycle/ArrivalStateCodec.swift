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
            json.key("recent")
            json.array(recentIDs) { json, hash in json.value(Int64(bitPattern: hash)) }
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
            try reader.beginArray()
            switch key {
            case "announced":
                while try reader.nextElement(first: announced.isEmpty) {
                    guard let milestone = Milestone(rawValue: try reader.readString()) else {
                        throw reader.fail("unknown milestone")
                    }
                    guard try reader.nextElement(first: false) else { throw reader.fail("milestone without event") }
                    announced.append(Announcement(milestone: milestone, event: EventID(trusted: try reader.readString())))
                }
            default:
                while try reader.nextElement(first: recentIDs.isEmpty) {
                    recentIDs.append(UInt64(bitPattern: try reader.readInt64()))
                }
            }
        }
        try reader.expectEnd()
    }
}
