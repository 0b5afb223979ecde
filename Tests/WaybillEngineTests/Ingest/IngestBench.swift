import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// The way in, over a log and a store in memory.
struct IngestBench: Sendable {
    let time = VirtualTime()
    let log: WorldLog
    let store = WorldStore(partitions: 2)
    let observer = RecordingObserver()
    let ingest: Ingest

    init(faults rates: FaultRates? = nil, seed: UInt64 = 1) {
        log = WorldLog(partitions: 2, time: time)
        let faults = FaultPlan(seed: seed, rates: rates ?? FaultRates(), time: time)
        ingest = Ingest(
            log: FaultyLog(log, faults), personal: FaultyStore(store, faults), time: time,
            ids: EventIDs(time: time, seed: seed), observer: observer)
    }

    func accept(
        _ body: some StringProtocol, _ form: EventRequest.Form = .json, merchant: MerchantID = .default,
        key: String? = nil
    ) async throws(IngestError) -> IngestReceipt {
        try await accept(Array(body.utf8), form, merchant: merchant, key: key)
    }

    func accept(
        _ body: [UInt8], _ form: EventRequest.Form = .json, merchant: MerchantID = .default, key: String? = nil
    ) async throws(IngestError) -> IngestReceipt {
        try await ingest.accept(EventRequest(body: body, form: form), merchant: merchant, idempotencyKey: key)
    }

    /// What the log holds, as the tracker will read it. Nothing that was accepted may be refused there for what it
    /// says.
    func logged() throws(EventRejection) -> [Event] {
        var events: [Event] = []
        for record in log.records {
            let event = try EventDecoder().decode(record.value).event
            guard event.key.text == record.key else { throw EventRejection(.keyMismatch, record.key) }
            events.append(event)
        }
        return events
    }

    /// A good event as JSON, with more members at its end.
    static func event(_ id: String? = nil, of delivery: String = "D-1", type: String = "note", more: String = "")
        -> String
    {
        let name = id.map { #""id":"\#($0)","# } ?? ""
        return #"{\#(name)"type":"\#(type)","delivery_id":"\#(delivery)","occurred_at":"2025-11-30T10:00:00Z"\#(more)}"#
    }
}
