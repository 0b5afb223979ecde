import HTTPAPI
import KafkaLog
import PostgresStore
import ServiceLifecycle
import WaybillCore
import WaybillEngine

/// The cluster profile: the roles of this process over Kafka and PostgreSQL, as one of any number of processes.
///
/// The API accepts while PostgreSQL is away and reads while Kafka is away, so it starts without either. A tracker needs
/// both, and waits for them.
struct ClusterServices {
    private let process: Process
    private let cluster: Configuration.Cluster
    private let store: PostgresStore
    private let partitions: Int

    init(_ process: Process, _ cluster: Configuration.Cluster) throws(StorageError) {
        self.process = process
        self.cluster = cluster
        partitions = process.configuration.partitions
        store = try PostgresStore(cluster.database, partitions: partitions)
    }

    func all() async throws -> [any Service] {
        let fault = try await ClusterStart(process, cluster, store).examine()
        let log = try KafkaLog(cluster.kafka, partitions: partitions, observe: process.telemetry.note)
        var health = ClusterHealth(telemetry: process.telemetry)
        var services: [any Service] = [Closing { [store] in await store.close() }, Closing { await log.close() }]
        if cluster.roles.contains(.tracker) { services += try tracker(log, fault: fault, &health) }
        let parts = NotificationParts(process, outbox: nil)
        if cluster.roles.contains(.notifier) {
            services += parts.services(store, partitions: partitions, patience: .milliseconds(100))
        }
        if cluster.roles.contains(.monitor) {
            services.append(process.loop(process.monitor(store, log: log, lag: TrackingLag(log: log, store: store))))
        }
        let (follower, doors) = cluster.roles.contains(.api) ? try api(log, parts, &health) : ([], [])
        return services + follower + [process.lagReporter(log, store), process.admin(health)] + doors
    }

    /// The publisher stops after the tracker, whose last commit it has to tell.
    private func tracker(_ log: KafkaLog, fault: String?, _ health: inout ClusterHealth) throws -> [any Service] {
        let telemetry = process.telemetry
        let reader = try KafkaReader(cluster.kafka, time: process.time, fault: fault, observe: telemetry.note)
        let sink = try KafkaUpdateSink(cluster.kafka, observe: telemetry.note)
        let publishing = Publishing(store: store, sink: sink, partitions: partitions, observer: telemetry)
        let tracking = Tracking(
            log: reader, store: store, outlet: publishing, time: process.time, observer: telemetry,
            gathering: .milliseconds(4), cases: store, telling: .milliseconds(100),
            watch: Watch(process.configuration.rules))
        let housekeeping = Housekeeping(
            log: nil, store: store, answers: store, retention: process.configuration.retention, time: process.time,
            observer: telemetry)
        health.tracking = tracking
        health.reader = reader
        return [
            Closing { await sink.close() }, Closing { await reader.close() }, process.loop(publishing),
            process.loop(tracking), process.loop(Acknowledging(log: reader, tracking: tracking)),
            process.loop(housekeeping),
        ]
    }

    private func api(
        _ log: KafkaLog, _ parts: NotificationParts, _ health: inout ClusterHealth
    ) throws -> (follower: [any Service], doors: [any Service]) {
        let feed = LiveFeed(observer: process.telemetry)
        let source = try KafkaUpdates(
            cluster.kafka, partitions: partitions, time: process.time, observe: process.telemetry.note)
        let following = Following(source: source, store: store, feed: feed, observer: process.telemetry)
        health.following = following
        return (
            [Closing { await source.close() }, process.loop(following)],
            [
                UpdateBell(feed: feed, signal: parts.updated),
                try process.api(store, log: log, answers: store, feed: feed, notifications: parts.api(store)),
                FeedCloser(feed: feed),
            ]
        )
    }
}

/// Lets go of a connection when everything that uses it has stopped.
private struct Closing: Service {
    let close: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await close()
    }
}

/// Ready: the tracker has begun, works and reads all its partitions; the live feed has begun.
///
/// An API without its database still accepts, and without its brokers still reads: it stays ready, and says what is
/// missing call by call.
private struct ClusterHealth: Health {
    let telemetry: Telemetry
    var tracking: Tracking?
    var reader: KafkaReader?
    var following: Following?

    private static let trackerServices: Set<String> = ["tracker", "publisher", "acknowledging"]

    func faults() async -> [String] {
        var faults: [String] = []
        if let tracking {
            faults += telemetry.failing.filter { Self.trackerServices.contains($0.key) }
                .map { "\($0.key): \($0.value)" }
            if !tracking.hasBegun { faults.append("the tracker has not begun") }
        }
        let refused = reader?.refused ?? [:]
        faults += refused.sorted { $0.key < $1.key }.map { "partition \($0.key): \($0.value)" }
        if let following, !following.hasBegun { faults.append("the live feed has not begun") }
        return faults
    }
}
