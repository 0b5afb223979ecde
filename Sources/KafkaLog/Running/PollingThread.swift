import Foundation
import Synchronization

/// A thread of its own for calls that block; Swift's pool is never held up by them.
final class PollingThread: Sendable {
    private struct State {
        var isStopping = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Runs `body` at once; it looks at `isStopping` and returns soon after.
    func start(name: String, _ body: @escaping @Sendable (PollingThread) -> Void) {
        let thread = Thread { [self] in
            body(self)
            end()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    func requestStop() { state.withLock { $0.isStopping = true } }

    /// Returns when the thread has ended.
    func join() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
