import Synchronization
import WaybillCore

/// Deliveries that this process created a moment ago and the tracker may not have seen yet: two at once are not both
/// told "created".
final class RecentCreations: Sendable {
    private struct State {
        var events: [DeliveryKey: EventID] = [:]
        var order: [DeliveryKey] = []
        var oldest = 0
    }

    private static let capacity = 10_000
    private let state = Mutex(State())

    func contains(_ key: DeliveryKey) -> Bool { state.withLock { $0.events[key] != nil } }

    /// Takes back an admission whose event was not published after all: the request, put right, must be able to go
    /// through.
    func withdraw(_ key: DeliveryKey, _ event: EventID) {
        state.withLock { state in
            if state.events[key] == event { state.events[key] = nil }
        }
    }

    /// False when the delivery was created a moment ago by another event.
    func admit(_ key: DeliveryKey, _ event: EventID) -> Bool {
        state.withLock { state in
            if let known = state.events[key] { return known == event }
            state.events[key] = event
            if state.order.count < Self.capacity {
                state.order.append(key)
            } else {
                state.events[state.order[state.oldest]] = nil
                state.order[state.oldest] = key
                state.oldest = (state.oldest + 1) % Self.capacity
            }
            return true
        }
    }
}
