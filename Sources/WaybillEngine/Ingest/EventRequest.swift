import WaybillCore

/// The body of a request, and how its events stand in it.
package struct EventRequest: Sendable {
    package enum Form: Sendable {
        /// `application/json`: one event, or `{"events": [...]}`.
        case json
        /// `application/x-ndjson`: one event a line.
        case lines
        /// `application/cloudevents+json`.
        case structured
        /// `application/cloudevents-batch+json`.
        case structuredBatch
        /// CloudEvents binary mode: attributes in the header, the native fields in the body.
        case binary(CloudAttributes)
    }

    package var body: [UInt8]
    package var form: Form
    /// The trace that the request belongs to, where its caller says so; its records carry it on.
    package var traceparent: TraceParent?

    package init(body: [UInt8], form: Form, traceparent: TraceParent? = nil) {
        self.body = body
        self.form = form
        self.traceparent = traceparent
    }

    func read(_ reading: inout EventReading) throws(IngestError) {
        var failure: IngestError?
        body.withUnsafeBufferPointer { bytes in
            do throws(IngestError) { try read(bytes, &reading) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func read(_ bytes: UnsafeBufferPointer<UInt8>, _ reading: inout EventReading) throws(IngestError) {
        switch form {
        case .json:
            if let list = try Self.eventList(in: bytes) {
                try Self.readArray(list) { element throws(IngestError) in try reading.add(element) }
            } else {
                try reading.add(bytes)
            }
        case .lines: try readLines(bytes, &reading)
        case .structured: try reading.add(bytes, structured: true)
        case .structuredBatch:
            try Self.readArray(bytes) { element throws(IngestError) in try reading.add(element, structured: true) }
        case .binary(let attributes): try reading.add(bytes, attributes: attributes)
        }
    }

    private func readLines(_ bytes: UnsafeBufferPointer<UInt8>, _ reading: inout EventReading) throws(IngestError) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
            if line.contains(where: { $0 > 0x20 }) { try reading.add(line) }
            start = end + 1
        }
    }

    /// The array of `{"events": [...]}`, found without reading what is in it; nil for a single event.
    private static func eventList(in bytes: UnsafeBufferPointer<UInt8>) throws(IngestError) -> UnsafeBufferPointer<
        UInt8
    >? {
        var reader = JSONReader(bytes)
        guard reader.peek() == UInt8(ascii: "{") else {
            throw .unreadable("The body must be a JSON object: one event, or {\"events\": [...]}.")
        }
        do throws(JSONError) {
            try reader.beginObject()
            guard let key = try reader.nextKey(), "events" ~= key else { return nil }
        } catch { return nil }
        guard reader.peek() == UInt8(ascii: "[") else { throw .unreadable("events must be a list.") }
        guard let end = bytes.lastIndex(where: { $0 > 0x20 }), end > reader.position, bytes[end] == UInt8(ascii: "}")
        else {
            throw .unreadable("The body is cut off.")
        }
        return UnsafeBufferPointer(rebasing: bytes[reader.position..<end])
    }

    /// Hands over each element of an array without reading it: one bad event does not spoil its neighbours.
    private static func readArray(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws(IngestError) -> Void
    ) throws(IngestError) {
        var splitter = ArraySplitter(bytes)
        while let element = try splitter.next() { try body(element) }
    }
}

/// Finds where the elements of a JSON array end, by brackets and quotes alone.
struct ArraySplitter {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var isFirst = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func next() throws(IngestError) -> UnsafeBufferPointer<UInt8>? {
        if isFirst { try expect(UInt8(ascii: "[")) }
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
            index += 1
            skipSpace()
            guard index == bytes.count else { throw .unreadable("Unexpected text after the list of events.") }
            return nil
        }
        if !isFirst { try expect(UInt8(ascii: ",")) }
        isFirst = false
        skipSpace()
        let start = index
        try skipElement()
        guard index > start else { throw .unreadable("Expected an event at byte \(index).") }
        return UnsafeBufferPointer(rebasing: bytes[start..<index])
    }

    private mutating func skipElement() throws(IngestError) {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    index += 1
                    return
                }
            case UInt8(ascii: ","): if depth == 0 { return }
            default: break
            }
            index += 1
        }
        throw .unreadable("The list of events is cut off.")
    }

    /// Leaves `index` on the closing quote.
    private mutating func skipString() throws(IngestError) {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count else { throw .unreadable("The list of events is cut off inside a string.") }
    }

    private mutating func expect(_ byte: UInt8) throws(IngestError) {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else {
            throw .unreadable("Expected '\(Character(Unicode.Scalar(byte)))' at byte \(index) of the list of events.")
        }
        index += 1
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }
}
