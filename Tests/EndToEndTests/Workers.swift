import Foundation
import Glibc
import Synchronization

/// Threads of a test. Blocking clients have threads of their own, so that they never hold up Swift's pool.
final class Workers: Sendable {
    private let running = DispatchGroup()

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        for index in 0..<count {
            running.enter()
            let thread = Thread { [running] in
                body(index)
                running.leave()
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    func join() { running.wait() }

    /// Runs the body on so many threads and gives what each one made, in order.
    static func map<Made: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Made) throws -> [Made] {
        let results = Mutex<[Int: Result<Made, any Error>]>([:])
        Workers(count) { index in
            let result = Result { try body(index) }
            results.withLock { $0[index] = result }
        }.join()
        return try (0..<count).compactMap { index in try results.withLock { $0[index] }?.get() }
    }
}

/// Holds workers back while the server is away, and tells them when to stop.
final class Gate: Sendable {
    private enum State { case open, shut, finished }

    private let state = Mutex(State.open)

    /// Waits while the gate is shut; false when there is nothing more to do.
    func pass() -> Bool {
        while true {
            switch state.withLock({ $0 }) {
            case .open: return true
            case .finished: return false
            case .shut: _ = poll(nil, 0, 2)
            }
        }
    }

    func open() { move(to: .open) }
    func shut() { move(to: .shut) }
    func finish() { move(to: .finished) }

    /// Finished is for good.
    private func move(to next: State) {
        state.withLock { state in
            if state != .finished { state = next }
        }
    }
}
