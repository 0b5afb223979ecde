import Foundation
import HTTPAPI
import Simulation
import Synchronization
import WaybillCore
import WaybillEngine

/// `POST /v1/simulations`: the same lifelike deliveries as `waybill simulate`, played inside the server.
final class DemoRun: Simulator {
    private let ingest: Ingest
    private let time: any TimeSource
    private let isRunning = Mutex(false)

    /// About a minute for 500 deliveries: long enough to see it happen.
    private static let eventsPerSecond = 120.0
    private static let batch = 12

    init(ingest: Ingest, time: any TimeSource) {
        self.ingest = ingest
        self.time = time
    }

    func begin(deliveries: Int, merchant: MerchantID) -> Bool {
        let begins = isRunning.withLock { running in
            defer { running = true }
            return !running
        }
        guard begins else { return false }
        Task {
            await play(deliveries, merchant)
            isRunning.withLock { $0 = false }
        }
        return true
    }

    /// What the server refuses is part of the show; when its storage is away the show is over.
    private func play(_ deliveries: Int, _ merchant: MerchantID) async {
        let seconds = time.now().microseconds / 1_000_000
        let duration = Double(deliveries) * Scenario.eventsPerDelivery / Self.eventsPerSecond
        let scenario = Scenario(
            deliveries: deliveries, seed: UInt64(bitPattern: seconds),
            until: Timestamp(seconds: seconds + Int64(duration)),
            merchant: merchant)
        var lines = EventLines(scenario, of: nil)
        let pace = Pace(eventsPerSecond: Self.eventsPerSecond, batch: Self.batch)
        while let batch = lines.next(Self.batch) {
            let request = EventRequest(body: batch.bytes, form: .lines)
            guard (try? await ingest.accept(request, merchant: merchant)) != nil else { return }
            guard (try? await pace.wait(after: lines.tally.lines)) != nil else { return }
        }
    }
}
