import WaybillCore

/// Tells the log now and then how far the tracker has come. The truth is in the store; this is for the log's
/// retention, and for those who watch the lag of its group.
package struct Acknowledging: SteppedService {
    package let name = "acknowledging"
    package let wakeUp = Signal()
    private let log: any LogReader
    private let tracking: Tracking

    package init(log: any LogReader, tracking: Tracking) {
        self.log = log
        self.tracking = tracking
    }

    package func step() async throws -> StepOutcome {
        let offsets = tracking.claims.offsets
        if !offsets.isEmpty { try await log.acknowledge(group: Tracking.consumerGroup, offsets: offsets) }
        return .idle(atMost: .seconds(5))
    }
}
