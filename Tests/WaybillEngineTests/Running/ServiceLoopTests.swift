import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import WaybillEngine

/// The one loop: it goes on after failures, sleeps when idle, and stops when it is told to, after the step in hand.
@Suite(.timeLimit(.minutes(10))) struct ServiceLoopTests {
    /// Does what it is told, step by step, and then rests.
    private final class Scripted: SteppedService {
        let name = "scripted"
        let wakeUp = Signal()
        private let stepped = Signal()
        private let script: @Sendable (Int) async throws -> StepOutcome
        private let counts = Mutex((begun: 0, ended: 0, drained: 0))

        init(_ script: @escaping @Sendable (Int) async throws -> StepOutcome) { self.script = script }

        var counted: (begun: Int, ended: Int, drained: Int) { counts.withLock { $0 } }

        func step() async throws -> StepOutcome {
            let number = counts.withLock { counts in
                counts.begun += 1
                return counts.begun
            }
            defer {
                counts.withLock { $0.ended += 1 }
                stepped.fire()
            }
            return try await script(number)
        }

        /// Returns when so many steps have ended.
        func hasEnded(_ steps: Int) async {
            while counted.ended < steps { await stepped.wait() }
        }

        func drain() async throws { counts.withLock { $0.drained += 1 } }
    }

    private let observer = RecordingObserver()

    /// Runs the loop while `body` watches it, then asks it to stop.
    private func run(_ service: Scripted, _ body: (RecordingObserver) async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [ServiceLoop(service, observer: observer)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        async let running: Void = group.run()
        try await body(observer)
        await group.triggerGracefulShutdown()
        try await running
    }

    @Test func itRecoversAfterFailures() async throws {
        let service = Scripted { number in
            if number <= 3 { throw StorageError.full("no room") }
            return .idle(atMost: .seconds(3600))
        }
        try await run(service) { observer in
            await observer.first { if case .recovered("scripted", afterAttempts: 3) = $0 { true } else { false } }
        }
        let failures = observer.observations.compactMap { observation -> Int? in
            guard case .stepFailed("scripted", let error, let attempt) = observation else { return nil }
            #expect(error == "storage full: no room")
            return attempt
        }
        #expect(failures == [1, 2, 3])
        #expect(service.counted.begun == 4)
    }

    @Test func itIsWokenBySignalsAndByTime() async throws {
        let service = Scripted { number in number < 3 ? .idle(atMost: .milliseconds(1)) : .idle(atMost: .seconds(3600))
        }
        try await run(service) { _ in
            await service.hasEnded(3)
            service.wakeUp.fire()
            await service.hasEnded(4)
        }
        #expect(service.counted.begun == 4)
    }

    @Test func itFinishesTheStepInHandThenDrainsAndStops() async throws {
        let (entered, release) = (Signal(), Signal())
        let service = Scripted { number in
            guard number == 1 else { return .idle(atMost: .seconds(3600)) }
            entered.fire()
            await release.wait()
            return .worked
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [ServiceLoop(service, observer: observer)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        async let running: Void = group.run()
        await entered.wait()
        await group.triggerGracefulShutdown()
        #expect(observer.count { if case .stopped = $0 { true } else { false } } == 0, "not before the step has ended")
        release.fire()
        try await running
        let counts = service.counted
        #expect(counts.begun == counts.ended && counts.drained == 1)
        #expect(observer.count { if case .stopped("scripted") = $0 { true } else { false } } == 1)
    }

    @Test func itStopsWhileItRestsAndWhileItBacksOff() async throws {
        for script: @Sendable (Int) async throws -> StepOutcome in [
            { _ in .idle(atMost: .seconds(3600)) }, { _ in throw StorageError.unavailable("for ever") },
        ] {
            let service = Scripted(script)
            try await run(service) { _ in
                await service.hasEnded(1)
            }
            #expect(service.counted.drained == 1)
        }
    }

    @Test func itStopsWhenItsTaskIsCancelled() async throws {
        let service = Scripted { _ in .worked }
        let task = Task { try await ServiceLoop(service, observer: observer).run() }
        await service.hasEnded(10)
        task.cancel()
        try await task.value
        #expect(service.counted.begun == service.counted.ended)
    }
}
