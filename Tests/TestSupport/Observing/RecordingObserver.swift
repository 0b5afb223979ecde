import Synchronization
import WaybillEngine

/// Keeps everything that was observed, and lets a test wait for what it expects.
package final class RecordingObserver: Observer {
    private struct Waiter: Sendable {
        var matches: @Sendable (Observation) -> Bool
        var continuation: CheckedContinuation<Observation, Never>
    }

    private struct State {
        var observations: [Observation] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var observations: [Observation] { state.withLock { $0.observations } }

    package func observe(_ observation: Observation) {
        let woken = state.withLock { state -> [Waiter] in
            state.observations.append(observation)
            var woken: [Waiter] = []
            state.waiters.removeAll { waiter in
                guard waiter.matches(observation) else { return false }
                woken.append(waiter)
                return true
            }
            return woken
        }
        for waiter in woken { waiter.continuation.resume(returning: observation) }
    }

    /// The first observation that matches, of those made already or to come. A time limit of the test ends a wait in
    /// vain.
    @discardableResult
    package func first(_ matches: @escaping @Sendable (Observation) -> Bool) async -> Observation {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Observation? in
                if let known = state.observations.first(where: matches) { return known }
                state.waiters.append(Waiter(matches: matches, continuation: continuation))
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    package func count(_ matches: (Observation) -> Bool) -> Int { observations.count(where: matches) }
}
