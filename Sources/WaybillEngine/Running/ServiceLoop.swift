import ServiceLifecycle

/// What one step did.
package enum StepOutcome: Hashable, Sendable {
    /// There may be more to do at once.
    case worked
    /// Nothing to do until the signal fires or the time has passed.
    case idle(atMost: Duration)
}

/// A service that does its work in bounded steps: tests and the simulator call `step`, production runs it in a
/// `ServiceLoop`.
package protocol SteppedService: Sendable {
    var name: String { get }
    /// Fires when there may be work.
    var wakeUp: Signal { get }
    func step() async throws -> StepOutcome
    /// Finishes what a step left on its way, before the service stops.
    func drain() async throws
}

extension SteppedService {
    package func drain() async throws {}
}

/// The one loop that runs every service: steps until told to stop, waits when idle, backs off when the world fails.
package struct ServiceLoop<Stepped: SteppedService>: Service {
    private let service: Stepped
    private let observer: any Observer

    package init(_ service: Stepped, observer: any Observer) {
        self.service = service
        self.observer = observer
    }

    /// Runs until graceful shutdown begins; a step in hand is finished first.
    package func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let outcome = try await service.step()
                if failures > 0 { observer.observe(.recovered(service: service.name, afterAttempts: failures)) }
                failures = 0
                if case .idle(let limit) = outcome { await pause(atMost: limit, wakeUp: service.wakeUp) }
            } catch {
                failures += 1
                observer.observe(.stepFailed(service: service.name, error: "\(error)", attempt: failures))
                await pause(atMost: Self.backoff(failures), wakeUp: nil)
            }
        }
        do { try await service.drain() } catch {
            observer.observe(.stepFailed(service: service.name, error: "\(error)", attempt: failures + 1))
        }
        observer.observe(.stopped(service: service.name))
    }

    /// 50 ms, doubling to 2 s: a disk that was freed is noticed within seconds.
    private static func backoff(_ failures: Int) -> Duration {
        .milliseconds(min(2000, 50 << min(failures - 1, 6)))
    }

    private func pause(atMost limit: Duration, wakeUp: Signal?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: limit) }
            group.addTask { try? await gracefulShutdown() }
            if let wakeUp { group.addTask { await wakeUp.wait() } }
            await group.next()
            group.cancelAll()
        }
    }
}
