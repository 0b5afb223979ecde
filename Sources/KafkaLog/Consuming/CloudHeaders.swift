import WaybillCore
import WaybillEngine

/// Reads the headers of a record that say in which form its value is an event (CloudEvents, Kafka protocol binding).
struct CloudHeaders {
    private var attributes = CloudAttributes()
    private var isBinary = false
    private var isStructured = false

    /// Of a header that comes twice, the last one counts.
    mutating func read(_ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) {
        switch String(cString: name) {
        case "ce_specversion": isBinary = true
        case "ce_id": attributes.id = text(value)
        case "ce_type": attributes.type = text(value)
        case "ce_source": attributes.source = text(value)
        case "ce_time": attributes.time = text(value)
        case "ce_subject": attributes.subject = text(value)
        case "content-type": isStructured = Self.isCloudEvent(value)
        default: break
        }
    }

    /// A structured event says so by its content type, whatever other headers there are.
    var form: LogRecord.Form { isStructured ? .structured : isBinary ? .binary(attributes) : .native }

    /// Media types are compared without regard to case; parameters may follow.
    private static func isCloudEvent(_ value: UnsafeRawBufferPointer) -> Bool {
        let type: StaticString = "application/cloudevents+json"
        return type.withUTF8Buffer { type in
            value.count >= type.count && zip(type, value).allSatisfy { $0 == $1 || $0 == $1 | 0x20 }
        }
    }

    private func text(_ value: UnsafeRawBufferPointer) -> String { String(decoding: value, as: UTF8.self) }
}
