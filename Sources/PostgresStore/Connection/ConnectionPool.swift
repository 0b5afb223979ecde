import Synchronization
import WaybillEngine

/// Connections of one kind that callers take turns on. Waiting for one is bounded in time and number.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [PostgresConnection]
        var nextWaiter: UInt64 = 0
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<PostgresConnection?, Never>
        var alarm: Task<Void, Never>
    }

    /// Callers that may wait at once: each holds a request, and all of them are behind by the same second.
    private static let waiting = 2000

    private let patience: Duration
    private let state: Mutex<State>
    private let all: [PostgresConnection]

    init(_ connections: [PostgresConnection], patience: Duration) {
        all = connections
        self.patience = patience
        state = Mutex(State(idle: connections))
    }

    /// - Throws: `unavailable` when every connection stays busy; whatever `body` throws.
    func perform<Value: Sendable>(
        _ body: @Sendable (Session) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        guard let connection = await take() else { throw .unavailable("all connections to the database are busy") }
        defer { giveBack(connection) }
        return try await connection.perform(body)
    }

    func close() async {
        for connection in all { await connection.close() }
    }

    private func take() async -> PostgresConnection? {
        // The one that was used last: its session is warm, and what is never needed is never opened.
        if let connection = state.withLock({ $0.idle.popLast() }) { return connection }
        return await withCheckedContinuation { continuation in
            let answer: PostgresConnection?? = state.withLock { state in
                if let connection = state.idle.popLast() { return connection }
                if state.waiters.count >= Self.waiting { return .some(nil) }
                state.nextWaiter += 1
                let id = state.nextWaiter
                let alarm = Task { [patience] in
                    try? await Task.sleep(for: patience)
                    if !Task.isCancelled { giveUp(id) }
                }
                state.waiters.append(Waiter(id: id, continuation: continuation, alarm: alarm))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func giveUp(_ id: UInt64) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: nil)
    }

    private func giveBack(_ connection: PostgresConnection) {
        let waiter = state.withLock { state -> Waiter? in
            if state.waiters.isEmpty {
                state.idle.append(connection)
                return nil
            }
            return state.waiters.removeFirst()
        }
        waiter?.alarm.cancel()
        waiter?.continuation.resume(returning: connection)
    }
}
