import HTTPAPI
import Hummingbird
import HummingbirdTesting
import Logging
import Simulation
import TestSupport
import WaybillCore
import WaybillEngine

/// The API over a log and a store in memory; the tracker takes its steps when a test says so.
struct APIBench: Sendable {
    let time = VirtualTime()
    let log: WorldLog
    let store: WorldStore
    let observer = RecordingObserver()
    let feed: LiveFeed
    let tracking: Tracking
    let faults: FaultPlan
    var services: APIServices
    let settings: HTTPSettings

    static let partitions = 3

    /// - Parameter rates: what goes wrong between the API and its storage; the tracker's own way to it is never faulty.
    init(_ settings: HTTPSettings = HTTPSettings(), faults rates: FaultRates = FaultRates()) {
        self.settings = settings
        log = WorldLog(partitions: Self.partitions, time: time)
        store = WorldStore(partitions: Self.partitions, feedID: 99)
        feed = LiveFeed(observer: observer)
        tracking = Tracking(log: log, store: store, outlet: feed, time: time, observer: observer, cases: store)
        faults = FaultPlan(seed: 1, rates: rates, time: time)
        let (faultyLog, faultyStore) = (FaultyLog(log, faults), FaultyStore(store, faults))
        let ingest = Ingest(
            log: faultyLog, personal: faultyStore, time: time, ids: EventIDs(time: time, seed: 5), observer: observer)
        services = APIServices(
            ingest: ingest, reads: faultyStore, personal: faultyStore, deadLetters: faultyStore, answers: store,
            log: faultyLog, feed: feed, lag: TrackingLag(log: faultyLog, store: store), gauges: StillGauges(),
            tokens: CountedTokens(), time: time,
            observer: observer, desk: store)
    }

    /// Runs a test against the routes, or over a real connection.
    func run(_ setup: TestingSetup = .router, _ body: @Sendable (APIClient) async throws -> Void) async throws {
        let app = APIServer.api(services, settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
            _ in
        }
        try await app.test(setup) { client in try await body(APIClient(client: client)) }
    }

    /// Runs a test against the admin port's routes, with this health.
    func runAdmin(faults: [String], _ body: @Sendable (APIClient) async throws -> Void) async throws {
        let app = APIServer.admin(
            services.gauges, settings, health: FixedHealth(given: faults),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in }
        try await app.test(.router) { client in try await body(APIClient(client: client)) }
    }

    /// Tracks until there is nothing left to do.
    func settle() async throws {
        while try await tracking.step() == .worked {}
    }

    /// Puts events past the API, and tracks them.
    func take(_ events: [Event]) async throws {
        try await log.append(events.map(SampleEvents.record))
        try await settle()
    }
}

/// Numbers that do not move.
struct StillGauges: Gauges {
    func eventsPerSecond(at now: Timestamp) -> Double { 12.5 }
    func prometheus() -> String { "waybill_test 1\n" }
}

/// Tokens that a test can foretell.
struct CountedTokens: TokenSource {
    func token() -> String { "token" }
}

/// A process in a known state of health.
struct FixedHealth: Health {
    let given: [String]
    func faults() async -> [String] { given }
}
