/// What the feed tells, as far as somebody may be told of it: an event that was applied, or a case that was opened.
package struct Occurrence: Sendable {
    package var occasion: Occasion
    package var delivery: DeliveryState
    package var reason: Reason?
    /// The event that a correction takes back.
    package var corrects: String?
    /// The update's id.
    package var id: String
    package var previousStatus: Status?
    package var isLate = false
    fileprivate var told: Told

    fileprivate enum Told: Sendable {
        case event(Event)
        case caseChange(JSONFragment)
    }

    package init(_ update: Update) {
        let event = update.applied.entry.event
        occasion = Occasion(
            update.applied.milestone.map(Occasion.Kind.milestone) ?? .update, instance: event.id.text,
            at: event.occurredAt)
        delivery = update.delivery
        reason = event.reason
        corrects = event.correction?.corrects.text
        id = update.id
        previousStatus = update.applied.previousStatus
        isLate = update.applied.isLate
        told = .event(event)
    }

    /// Nil for a change of a case that is nobody's news: only its opening is.
    package init?(_ update: CaseUpdate) {
        guard let opened = OpenedCase(update.fragment) else { return nil }
        occasion = Occasion(.opened(opened.kind), instance: opened.id, at: update.changedAt)
        delivery = update.delivery
        id = update.id
        told = .caseChange(update.fragment)
    }

    package var sequence: Int64 { delivery.arrival.sequence }

    /// What may be large: a receiver that is not sent it reads it by the API.
    func writeWhole(to json: inout JSONWriter) {
        switch told {
        case .event(let event):
            json.key("event")
            EventEncoder.write(event, to: &json)
        case .caseChange(let fragment): json.member("case", fragment)
        }
        json.key("delivery")
        DeliveryDocument.write(delivery, to: &json)
    }
}

/// A case that was just opened, as its change says.
private struct OpenedCase {
    var id = ""
    var kind = CaseKind.late

    init?(_ fragment: JSONFragment) {
        var (id, kind, change): (String?, CaseKind?, String?)
        var text = fragment.text
        let isRead = text.withUTF8 { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "id": id = try reader.readString()
                    case "kind": kind = CaseKind(rawValue: try reader.readString())
                    case "change": change = try reader.readString()
                    default: _ = try reader.skipValue()
                    }
                }
                return true
            } catch { return false }
        }
        guard isRead, change == "opened", let id, let kind else { return nil }
        self.id = id
        self.kind = kind
    }
}
