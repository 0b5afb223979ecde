/// What is wrong with something a merchant has set, and where.
package struct SettingFault: Error, Hashable, Sendable {
    package var detail: String
    /// A JSON pointer.
    package var pointer: String

    package init(_ detail: String, pointer: String) {
        self.detail = detail
        self.pointer = pointer
    }
}

extension NotificationRule {
    package func write(to json: inout JSONWriter) {
        json.key("occasions")
        json.array(occasions) { $0.value($1.name) }
        json.member("audience", audience.rawValue)
        json.key("channels")
        json.array(channels) { $0.value($1.rawValue) }
        json.member("to", orNull: to)
        json.key("carriers")
        json.array(conditions.carriers) { $0.value($1) }
        json.key("countries")
        json.array(conditions.countries) { $0.value($1) }
        json.key("reasons")
        json.array(conditions.reasons) { $0.value($1.rawValue) }
        json.member("template", orNull: template)
        json.member("urgent", isUrgent)
        json.member("enabled", isEnabled)
    }

    package var stored: JSONFragment {
        var json = JSONWriter()
        json.object { write(to: &$0) }
        return JSONFragment(trusted: json.text)
    }

    /// Nil for what an older version stored and this one cannot read.
    package init?(id: String, stored: JSONFragment) {
        do throws(SettingFault) { try self.init(id: id, checking: stored) } catch { return nil }
    }

    /// Reads what a merchant gives, and says what is wrong with it.
    package init(id: String, checking data: JSONFragment) throws(SettingFault) {
        self.init(id, on: [], tell: .recipient, by: [])
        var text = data.text
        let fault: SettingFault? = text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            var here = ""
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    here = "/" + key.text
                    guard try read(key, &reader) else {
                        return SettingFault("Not a value that is known here.", pointer: here)
                    }
                }
                return nil
            } catch { return SettingFault("Not valid: \(error.problem).", pointer: here) }
        }
        if let fault { throw fault }
        if occasions.isEmpty { throw SettingFault("Names no occasion.", pointer: "/occasions") }
        if channels.isEmpty, audience != .endpoints { throw SettingFault("Names no channel.", pointer: "/channels") }
        if audience != .recipient, audience != .endpoints, to == nil {
            throw SettingFault("Is needed for this audience.", pointer: "/to")
        }
    }

    /// Whether the member had a value that is known.
    private mutating func read(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) -> Bool {
        switch key {
        case "occasions":
            let names = try reader.readStrings()
            occasions = names.compactMap { Occasion.Kind($0) }
            return occasions.count == names.count
        case "audience":
            guard let known = Audience(rawValue: try reader.readString()) else { return false }
            audience = known
        case "channels":
            let names = try reader.readStrings()
            channels = names.compactMap(Channel.init)
            return channels.count == names.count && !channels.contains(.webhook)
        case "to": to = try reader.readNull() ? nil : try reader.readString()
        case "carriers": conditions.carriers = try reader.readStrings()
        case "countries": conditions.countries = try reader.readStrings()
        case "reasons":
            let names = try reader.readStrings()
            conditions.reasons = names.compactMap(Reason.init)
            return conditions.reasons.count == names.count
        case "template": template = try reader.readNull() ? nil : try reader.readString()
        case "urgent": isUrgent = try reader.readBool()
        case "enabled": isEnabled = try reader.readBool()
        default: _ = try reader.skipValue()
        }
        return true
    }
}
