/// Why an event is not acceptable: a value that is stored, counted and shown, never an exception that stops the stream.
package struct EventRejection: Error, Hashable, Sendable {
    /// Stable codes of the contract; `docs/events.md` explains each.
    package enum Code: String, CaseIterable, Sendable {
        case malformed
        case missingField = "missing_field"
        case invalidField = "invalid_field"
        case unknownType = "unknown_type"
        case occurredInFuture = "occurred_in_future"
        case idConflict = "id_conflict"
        case tooLarge = "too_large"
        case keyMismatch = "key_mismatch"
        case archived
    }

    package var code: Code
    /// One sentence for the person who sent it. Never contains a value that could be personal.
    package var detail: String
    /// RFC 6901 pointer to the field at fault, where there is one.
    package var pointer: String?
    /// The event's id, where it could be read.
    package var id: EventID?

    package init(_ code: Code, _ detail: String, pointer: String? = nil, id: EventID? = nil) {
        self.code = code
        self.detail = detail
        self.pointer = pointer
        self.id = id
    }
}
