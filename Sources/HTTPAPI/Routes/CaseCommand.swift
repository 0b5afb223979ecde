import WaybillCore

/// A body that asks for something to be done to cases.
struct CaseCommand {
    private(set) var action = CaseAction.reopen
    private(set) var acting: CaseActing
    private(set) var ids: [String] = []
    private(set) var isDryRun = false

    private struct Fields {
        var action: String?
        var actor: String?
        var owner: String?
        var hasOwner = false
        var until: String?
        var untilNextEvent = false
        var text: String?
        var resolution: String?
        var version: Int64?
        var takesOver = false
        var ids: [String] = []
        var isDryRun = false
    }

    /// - Parameter name: of the path; nil where the body names the action.
    init(_ body: [UInt8], action name: String?, at now: Timestamp) throws(APIProblem) {
        let fields = try Self.read(body)
        let actor = fields.actor ?? "api"
        try Self.check(actor, "actor")
        acting = CaseActing(actor: actor, at: now, seen: fields.version, takesOver: fields.takesOver)
        ids = fields.ids
        isDryRun = fields.isDryRun
        switch name ?? fields.action {
        case "assign":
            guard fields.hasOwner else {
                throw .validation("owner is required; null gives it back.", pointer: "/owner")
            }
            if let owner = fields.owner { try Self.check(owner, "owner") }
            action = .assign(owner: fields.owner)
        case "snooze": action = try Self.snooze(fields, now)
        case "note":
            guard let text = fields.text else { throw .validation("text is required.", pointer: "/text") }
            try Self.check(text, "text", maximum: Limits.textBytes)
            action = .note(text)
        case "resolve":
            if let resolution = fields.resolution {
                try Self.check(resolution, "resolution", maximum: Limits.textBytes)
            }
            action = .resolve(fields.resolution)
        case "reopen": action = .reopen
        default:
            throw .validation("action must be one of assign, snooze, note, resolve, reopen.", pointer: "/action")
        }
    }

    private static func snooze(_ fields: Fields, _ now: Timestamp) throws(APIProblem) -> CaseAction {
        guard let text = fields.until, let until = Timestamp(rfc3339: text) else {
            throw .validation("until must be an RFC 3339 time with an offset.", pointer: "/until")
        }
        guard until > now, until < now.advanced(bySeconds: 366 * 86_400) else {
            throw .validation("until must lie in the future, within a year.", pointer: "/until")
        }
        return .snooze(until: until, orNextEvent: fields.untilNextEvent)
    }

    private static func check(_ text: String, _ name: String, maximum: Int = 255) throws(APIProblem) {
        guard (1...maximum).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw .validation("\(name) must be a string of 1 to \(maximum) bytes.", pointer: "/\(name)")
        }
    }

    private static func read(_ body: [UInt8]) throws(APIProblem) -> Fields {
        var fields = Fields()
        if body.isEmpty { return fields }
        var problem: JSONError?
        body.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) { try read(&fields, &reader) } catch { problem = error }
        }
        if let problem { throw .validation("The body is not valid: \(problem).") }
        return fields
    }

    private static func read(_ fields: inout Fields, _ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "action": fields.action = try reader.readString()
            case "actor": fields.actor = try reader.readString()
            case "owner":
                fields.hasOwner = true
                fields.owner = try reader.readNull() ? nil : try reader.readString()
            case "until": fields.until = try reader.readString()
            case "until_next_event": fields.untilNextEvent = try reader.readBool()
            case "text": fields.text = try reader.readString()
            case "resolution": fields.resolution = try reader.readNull() ? nil : try reader.readString()
            case "version": fields.version = try reader.readInt64()
            case "take_over": fields.takesOver = try reader.readBool()
            case "dry_run": fields.isDryRun = try reader.readBool()
            case "ids":
                try reader.beginArray()
                while try reader.nextElement(first: fields.ids.isEmpty) {
                    fields.ids.append(try reader.readString())
                    if fields.ids.count > Limits.bulkCases { throw reader.fail("more ids than one call may name") }
                }
            default: _ = try reader.skipValue()
            }
        }
        try reader.expectEnd()
    }
}
