import HTTPAPI
import Logging
import ServiceLifecycle
import WaybillCore
import WaybillEngine

/// Wires a process: the one place that knows which adapters exist.
///
/// The order of the services is the order of dependency; they stop in reverse: first the streams end, then the doors
/// close, then the tracker commits what it has in hand, then the connections go.
func build(_ configuration: Configuration, telemetry: Telemetry, logger: Logger) async throws -> ServiceGroup {
    let process = Process(configuration, telemetry: telemetry, logger: logger)
    let services =
        switch configuration.profile {
        case .embedded: try await embeddedServices(process)
        case .cluster(let cluster): try await ClusterServices(process, cluster).all()
        }
    var group = ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: process.quiet)
    group.maximumGracefulShutdownDuration = .seconds(30)
    return ServiceGroup(configuration: group)
}

/// What every process has, whatever runs in it.
struct Process: Sendable {
    let configuration: Configuration
    let telemetry: Telemetry
    let logger: Logger
    let time = SystemTime()
    private let welcome: Welcome

    init(_ configuration: Configuration, telemetry: Telemetry, logger: Logger) {
        self.configuration = configuration
        self.telemetry = telemetry
        self.logger = logger
        welcome = Welcome(configuration)
    }

    /// For libraries, which say a great deal.
    var quiet: Logger {
        Logger(label: logger.label) { [logger] _ in TerseLogHandler(logger, level: max(logger.logLevel, .warning)) }
    }

    func loop(_ service: some SteppedService) -> any Service { ServiceLoop(service, observer: telemetry) }

    /// The doors for everybody.
    func api(
        _ store: any WholeStore, log: any EventLog, answers: any IdempotencyStore, feed: LiveFeed,
        notifications: NotificationServices, told: Signal? = nil
    ) throws -> any Service {
        let ids = EventIDs(time: time, seed: SystemTokens.seed())
        let ingest = Ingest(log: log, personal: store, time: time, ids: ids, observer: telemetry)
        var services = APIServices(
            ingest: ingest, reads: store, personal: store, deadLetters: store, answers: answers, log: log, feed: feed,
            lag: TrackingLag(log: log, store: store), gauges: telemetry, tokens: SystemTokens(), time: time,
            observer: telemetry, desk: store, told: told, notifications: notifications)
        services.dashboard = try DashboardDirectory.read(configuration.dashboard)
        services.simulator = DemoRun(ingest: ingest, time: time)
        let welcome = welcome
        return APIServer.api(services, configuration.http, logger: quiet) { await welcome.apiIsListening(on: $0) }
    }

    /// The door for operators.
    func admin(_ health: any Health) -> any Service {
        let welcome = welcome
        return APIServer.admin(telemetry, configuration.http, health: health, logger: quiet) {
            await welcome.adminIsListening(on: $0)
        }
    }

    /// The monitor. Its name is of this run alone: a process that comes back under its name is another one.
    func monitor(_ store: any DeskStore, log: any EventLog, lag: TrackingLag, told: Signal? = nil) -> Monitoring {
        let run = String(SystemTokens.seed(), radix: 36)
        return Monitoring(
            store: store, log: log, lag: lag, owner: "\(configuration.instance)/\(run)", book: configuration.rules,
            time: time, observer: telemetry, told: told)
    }

    func lagReporter(_ log: any EventLog, _ store: any TrackingStore) -> any Service {
        LagReporter(lag: TrackingLag(log: log, store: store), telemetry: telemetry, time: time)
    }
}

/// Ends the streams first, so that their connections can drain.
struct FeedCloser: Service {
    let feed: LiveFeed

    func run() async throws {
        try? await gracefulShutdown()
        feed.close()
    }
}

/// Keeps the lag of the trackers among the metrics.
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
