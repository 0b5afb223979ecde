import WaybillCore
import WaybillEngine

/// What the routes work with: services of the engine and the ports they read.
package struct APIServices: Sendable {
    package var ingest: Ingest
    package var reads: any ReadStore
    package var personal: any PersonalStore
    package var deadLetters: any DeadLetterStore
    package var answers: any IdempotencyStore
    package var log: any EventLog
    package var feed: LiveFeed
    package var lag: TrackingLag
    package var gauges: any Gauges
    package var tokens: any TokenSource
    package var time: any TimeSource
    package var observer: any Observer
    package var desk: any DeskStore
    package let arrivals: Arrivals
    /// Fires when a change of a case waits for its place in the feed; nil where the tracker asks by itself.
    package var told: Signal?
    /// The built dashboard; without one `/` is the status page.
    package var dashboard: DashboardFiles?
    /// Nil where nothing may be made up.
    package var simulator: (any Simulator)?
    /// Nil where nothing is set up to tell anybody.
    package var notifications: NotificationServices?

    package init(
        ingest: Ingest, reads: any ReadStore, personal: any PersonalStore, deadLetters: any DeadLetterStore,
        answers: any IdempotencyStore, log: any EventLog, feed: LiveFeed, lag: TrackingLag, gauges: any Gauges,
        tokens: any TokenSource,
        time: any TimeSource, observer: any Observer, desk: any DeskStore, told: Signal? = nil,
        notifications: NotificationServices? = nil
    ) {
        self.ingest = ingest
        self.reads = reads
        self.personal = personal
        self.deadLetters = deadLetters
        self.answers = answers
        self.log = log
        self.feed = feed
        self.lag = lag
        self.gauges = gauges
        self.tokens = tokens
        self.time = time
        self.observer = observer
        self.desk = desk
        arrivals = Arrivals(store: desk)
        self.told = told
        self.notifications = notifications
    }
}

/// Numbers of this process that no store holds.
package protocol Gauges: Sendable {
    /// Applied events a second, over the last 10 seconds.
    func eventsPerSecond(at now: Timestamp) -> Double
    /// The metrics in Prometheus' text format.
    func prometheus() -> String
}

/// Unguessable tokens: 128 bits of the system's generator, as base64url.
package protocol TokenSource: Sendable {
    func token() -> String
}
