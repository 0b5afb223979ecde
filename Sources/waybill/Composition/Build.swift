import EmbeddedStorage
import HTTPAPI
import Logging
import ServiceLifecycle
import WaybillCore
import WaybillEngine

/// Wires the embedded profile: the one place that knows which adapters exist.
///
/// The order of the services is the order of dependency; they stop in reverse: first the streams end, then the doors
/// close, then the tracker commits what it has in hand.
func build(_ configuration: Configuration, telemetry: Telemetry, logger: Logger) async throws -> ServiceGroup {
    let time = SystemTime()
    let installation = try await Installation(configuration, owner: "waybill serve")
    let (log, store) = (installation.log, installation.store)
    let feed = LiveFeed(observer: telemetry)
    let tracking = Tracking(
        log: log, store: store, outlet: feed, time: time, observer: telemetry, gathering: .milliseconds(8))
    let housekeeping = Housekeeping(
        log: log, store: store, answers: log, retention: configuration.retention, time: time,
        observer: telemetry)
    let ingest = Ingest(
        log: log, personal: store, time: time, ids: EventIDs(time: time, seed: SystemTokens.seed()), observer: telemetry
    )
    let lag = TrackingLag(log: log, store: store)
    let services = APIServices(
        ingest: ingest, reads: store, personal: store, deadLetters: store, answers: log, log: log, feed: feed,
        lag: lag, gauges: telemetry, tokens: SystemTokens(), time: time, observer: telemetry)
    let welcome = Welcome(configuration)
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let api = APIServer.api(services, configuration.http, logger: quiet) { await welcome.apiIsListening(on: $0) }
    let health = ProcessHealth(telemetry: telemetry, tracking: tracking, log: log)
    let admin = APIServer.admin(services, configuration.http, health: health, logger: quiet) {
        await welcome.adminIsListening(on: $0)
    }
    var group = ServiceGroupConfiguration(
        services: [
            .init(service: ServiceLoop(tracking, observer: telemetry)),
            .init(service: ServiceLoop(housekeeping, observer: telemetry)),
            .init(service: ServiceLoop(Acknowledging(log: log, tracking: tracking), observer: telemetry)),
            .init(service: LagReporter(lag: lag, telemetry: telemetry, time: time)),
            .init(service: admin), .init(service: api), .init(service: FeedCloser(feed: feed)),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
    group.maximumGracefulShutdownDuration = .seconds(30)
    return ServiceGroup(configuration: group)
}

/// Ends the streams first, so that their connections can drain.
struct FeedCloser: Service {
    let feed: LiveFeed

    func run() async throws {
        try? await gracefulShutdown()
        feed.close()
    }
}

/// Keeps the lag of the tracker among the metrics.
struct LagReporter: Service {
    let lag: TrackingLag
    let telemetry: Telemetry
    let time: any TimeSource

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if let lag = try? await lag.read() { telemetry.note(lag: lag, at: time.now()) }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }
}

/// Ready: the tracker has begun, and no service is failing.
struct ProcessHealth: Health {
    let telemetry: Telemetry
    let tracking: Tracking
    let log: any LogReader

    func faults() async -> [String] {
        var faults = telemetry.failing
        if !tracking.hasBegun { faults.append("the tracker has not begun") }
        faults += log.refused.sorted { $0.key < $1.key }.map { "partition \($0.key): \($0.value)" }
        return faults
    }
}
