import WaybillCore

/// What became of an event that arrived.
package enum Arrival: Equatable, Sendable {
    case applied, duplicate, conflict
    case other(String)
}

/// Something that takes the events of one delivery as they arrive and keeps its state between restarts.
package protocol ArrivalEngine {
    mutating func arrive(_ event: Event) -> Arrival
    /// Stores what it knows, forgets it, and reads it back.
    mutating func restart() throws
    var summary: StateSummary { get }
    /// The bytes the any-order hash covers.
    var canonical: [UInt8] { get }
    var sequence: Int64 { get }
}

/// The real thing: `DeliveryApplication` between a stored row and a stored history, as the tracker uses it.
package struct RestartingDelivery: ArrivalEngine {
    private let key: DeliveryKey
    private var application: DeliveryApplication
    /// What earlier batches committed.
    private var history: [HistoryEntry] = []
    private var clock = EventSets.start
    /// How often the history had to be read.
    package private(set) var historyReads = 0
    /// Whether the history goes through the wire form too (only where all ids are valid on the wire).
    private let storesEventsAsJSON: Bool

    package init(key: DeliveryKey = EventSets.key, storesEventsAsJSON: Bool = false) {
        self.key = key
        self.storesEventsAsJSON = storesEventsAsJSON
        application = DeliveryApplication(key: key, stored: nil)
    }

    package var state: DeliveryState { application.state }
    package var accepted: [HistoryEntry] { history + application.applied }
    package var summary: StateSummary { state.folded.summary }
    package var canonical: [UInt8] { state.folded.canonical }
    package var sequence: Int64 { state.arrival.sequence }

    /// Offers one event and says all that came of it.
    package mutating func offer(_ event: Event) -> ApplicationOutcome {
        clock = clock.advanced(bySeconds: 1)
        if application.needsHistory(for: event) {
            historyReads += 1
            application.supply(history: history)
        }
        return application.apply(event, receivedAt: clock)
    }

    package mutating func arrive(_ event: Event) -> Arrival {
        switch offer(event) {
        case .applied: .applied
        case .duplicate: .duplicate
        case .rejected(let rejection): rejection.code == .idConflict ? .conflict : .other(rejection.code.rawValue)
        }
    }

    package mutating func restart() throws {
        guard sequence > 0 else { return }
        history = try accepted.map { entry in
            guard storesEventsAsJSON else { return entry }
            let read = try EventDecoder().decode(EventEncoder.bytes(of: entry.event)).event
            return HistoryEntry(event: read, sequence: entry.sequence, receivedAt: entry.receivedAt)
        }
        let folded = try state.folded.encoded.withUnsafeBufferPointer { try FoldedState(encoded: $0) }
        let arrival = try state.arrival.encoded.withUnsafeBufferPointer {
            try ArrivalState(encoded: $0, sequence: state.arrival.sequence, updatedAt: state.arrival.updatedAt)
        }
        application = DeliveryApplication(
            key: key, stored: DeliveryState(key: key, folded: folded, arrival: arrival))
    }
}
