import EmbeddedStorage
import HTTPAPI
import ServiceLifecycle
import WaybillCore
import WaybillEngine

/// The embedded profile: everything in one process, on the files of one directory.
func embeddedServices(_ process: Process) async throws -> [any Service] {
    let (configuration, telemetry) = (process.configuration, process.telemetry)
    let installation = try await EmbeddedInstallation(configuration, owner: "waybill serve")
    let (log, store) = (installation.log, installation.store)
    let feed = LiveFeed(observer: telemetry)
    let parts = NotificationParts(process, outbox: configuration.data + "/outbox")
    let recent = RecentUpdates(store: FeedReader(store: store), next: feed, told: parts.updated)
    let tracking = Tracking(
        log: log, store: store, outlet: recent, time: process.time, observer: telemetry, gathering: .milliseconds(8),
        cases: store, watch: Watch(configuration.rules))
    let monitor = process.monitor(
        store, log: log, lag: TrackingLag(log: log, store: store), told: tracking.wakeUp)
    let housekeeping = Housekeeping(
        log: log, store: store, answers: log, retention: configuration.retention, time: process.time,
        observer: telemetry)
    let notifying = parts.services(
        store, recent: recent, partitions: configuration.partitions, patience: .milliseconds(500))
    return notifying + [
        process.loop(tracking), process.loop(monitor), process.loop(housekeeping),
        process.loop(Acknowledging(log: log, tracking: tracking)), process.lagReporter(log, store),
        process.admin(EmbeddedHealth(telemetry: telemetry, tracking: tracking)),
        try process.api(
            store, log: log, answers: log, feed: feed, notifications: parts.api(store), told: tracking.wakeUp),
        FeedCloser(feed: feed),
    ]
}

/// Ready: the tracker has begun, and no service is failing.
private struct EmbeddedHealth: Health {
    let telemetry: Telemetry
    let tracking: Tracking

    func faults() async -> [String] {
        telemetry.failing.map { "\($0.key): \($0.value)" }
            + (tracking.hasBegun ? [] : ["the tracker has not begun"])
    }
}
