/// The stored form of a case, and the one that people see.
extension CaseRecord {
    /// JSON; times in microseconds, absent where nil. Key, kind and occurrence have columns of their own.
    package var encoded: [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.member("state", state.rawValue)
            json.member("severity", severity.rawValue)
            json.member("opened_at", openedAt.microseconds)
            json.member("changed_at", changedAt.microseconds)
            if let changedBy { json.member("changed_by", changedBy) }
            if let owner { json.member("owner", owner) }
            if let snooze {
                json.member("snoozed_until", snooze.until.microseconds)
                if let sequence = snooze.orAfterSequence { json.member("snoozed_at_sequence", sequence) }
            }
            if let escalatesAt { json.member("escalates_at", escalatesAt.microseconds) }
            if let resolution { json.member("resolution", resolution) }
            json.member("version", version)
            if let occasion { json.member("occasion", occasion.text) }
            if isOver { json.member("over", true) }
            json.member("explanation", explanation)
        }
        return json.bytes
    }

    package init(
        key: DeliveryKey, kind: CaseKind, occurrence: Int, encoded bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONError) {
        self.init(
            key: key, kind: kind, occurrence: occurrence, severity: .amber, openedAt: Timestamp(microseconds: 0),
            explanation: JSONFragment(trusted: "{}"))
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "state": state = try reader.readWord()
            case "severity": severity = try reader.readWord()
            case "opened_at": openedAt = Timestamp(microseconds: try reader.readInt64())
            case "changed_at": changedAt = Timestamp(microseconds: try reader.readInt64())
            case "changed_by": changedBy = try reader.readString()
            case "owner": owner = try reader.readString()
            case "snoozed_until":
                snooze = Snooze(
                    until: Timestamp(microseconds: try reader.readInt64()), orAfterSequence: snooze?.orAfterSequence)
            case "snoozed_at_sequence": snooze?.orAfterSequence = try reader.readInt64()
            case "escalates_at": escalatesAt = Timestamp(microseconds: try reader.readInt64())
            case "resolution": resolution = try reader.readString()
            case "version": version = try reader.readInt64()
            case "occasion": occasion = EventID(trusted: try reader.readString())
            case "over": isOver = try reader.readBool()
            case "explanation": explanation = try reader.readFragment()
            default: _ = try reader.skipValue()
            }
        }
        try reader.expectEnd()
    }

    /// The members that a person sees, without those of its delivery.
    package func writeMembers(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("kind", kind.rawValue)
        json.member("occurrence", occurrence)
        json.member("state", state.rawValue)
        json.member("severity", severity.rawValue)
        json.member("owner", orNull: owner)
        json.member("snoozed_until", orNull: snooze?.until)
        json.member("until_next_event", snooze?.orAfterSequence != nil)
        json.member("opened_at", openedAt)
        json.member("changed_at", changedAt)
        json.member("changed_by", orNull: changedBy)
        json.member("escalates_at", orNull: escalatesAt)
        json.member("resolution", orNull: resolution)
        json.member("version", version)
        json.member("explanation", explanation)
    }
}

extension CaseChange {
    /// The `case` of an update: the case after the change, and what happened to it.
    package var fragment: JSONFragment {
        var json = JSONWriter(capacity: 640)
        json.object { json in
            record.writeMembers(to: &json)
            json.member("change", change.rawValue)
            if let note { json.member("note", note) }
        }
        return JSONFragment(trusted: json.text)
    }
}

extension JSONReader {
    fileprivate mutating func readWord<Word: RawRepresentable<String>>() throws(JSONError) -> Word {
        guard let word = Word(rawValue: try readString()) else { throw fail("an unknown word") }
        return word
    }
}
