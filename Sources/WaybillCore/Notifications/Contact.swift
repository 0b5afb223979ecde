/// How a recipient is reached and what they want: read from the personal data, never stored elsewhere.
package struct Contact: Hashable, Sendable {
    package var name: String?
    package var email: String?
    package var phone: String?
    /// A browser's push subscription, as the browser gave it.
    package var push: JSONFragment?
    /// BCP 47.
    package var language: String?
    /// An IANA name.
    package var timeZone: String?
    package var preferences = Preferences()

    package struct Preferences: Hashable, Sendable {
        /// What they said of each channel; where they said nothing, an address means yes.
        package var channels: [Channel: Bool] = [:]
        package var preferred: Channel?
        package var quietHours: QuietHours?
        /// Occasions they do not want to hear of.
        package var unwanted: Set<String> = []

        package init() {}
    }

    package init() {}

    /// Reads the object that was stored for a recipient; what is not understood is left out.
    package init(_ data: JSONFragment) {
        var text = data.text
        text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            _ = try? read(&reader)
        }
    }

    /// Whether there is an address for the channel.
    package func isReachable(by channel: Channel) -> Bool {
        switch channel {
        case .email: email != nil
        case .sms: phone != nil
        case .push: push != nil
        case .chat, .webhook: false
        }
    }

    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try Self.text(&reader)
            case "email": email = try Self.text(&reader)
            case "phone": phone = try Self.text(&reader)
            case "language": language = try Self.text(&reader)
            case "time_zone": timeZone = try Self.text(&reader)
            case "push":
                let fragment = try reader.readFragment()
                push = fragment.text.hasPrefix("{") ? fragment : nil
            case "preferences": try preferences.read(&reader)
            default: _ = try reader.skipValue()
            }
        }
    }

    /// A string that is not empty; anything else is nothing.
    fileprivate static func text(_ reader: inout JSONReader) throws(JSONError) -> String? {
        guard reader.peek() == UInt8(ascii: "\"") else {
            _ = try reader.skipValue()
            return nil
        }
        let text = try reader.readString()
        return text.isEmpty ? nil : text
    }
}

extension Contact.Preferences {
    /// `{"channels": {"sms": false}, "preferred": "email", "quiet_hours": {"from": "21:00", "to": "08:00"},
    /// "unwanted": ["dispatched"]}`.
    fileprivate mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        guard reader.peek() == UInt8(ascii: "{") else {
            _ = try reader.skipValue()
            return
        }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "channels": try readChannels(&reader)
            case "preferred": preferred = try Contact.text(&reader).flatMap(Channel.init)
            case "quiet_hours": quietHours = QuietHours(try reader.readFragment())
            case "unwanted":
                try reader.beginArray()
                var isFirst = true
                while try reader.nextElement(first: isFirst) {
                    isFirst = false
                    if let name = try Contact.text(&reader) { unwanted.insert(name) }
                }
            default: _ = try reader.skipValue()
            }
        }
    }

    private mutating func readChannels(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let channel = Channel(rawValue: key.text)
            if let channel, reader.peek() == UInt8(ascii: "t") || reader.peek() == UInt8(ascii: "f") {
                channels[channel] = try reader.readBool()
            } else {
                _ = try reader.skipValue()
            }
        }
    }
}
