/// How fast events are sent: evenly at a rate, or without waiting.
struct Pace: Sendable {
    let eventsPerSecond: Double?
    /// Events in one request: at a low rate so few that ten requests a second carry it.
    let batch: Int
    private let clock = ContinuousClock()
    private let started: ContinuousClock.Instant

    init(eventsPerSecond: Double?, batch: Int) {
        self.eventsPerSecond = eventsPerSecond
        self.batch = eventsPerSecond.map { max(1, min(batch, Int($0 / 10))) } ?? batch
        started = clock.now
    }

    var secondsSinceStart: Double { (clock.now - started) / .seconds(1) }

    /// Waits until so many events are due. A sender that fell behind catches up.
    func wait(after events: Int) async throws {
        guard let eventsPerSecond else { return }
        try await clock.sleep(until: started + .seconds(Double(events) / eventsPerSecond))
    }
}
