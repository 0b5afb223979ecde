import Synchronization
import WaybillCore

/// Hands committed updates to whoever watches. Bounded: a slow subscriber is dropped, never waited for.
package final class LiveFeed: Sendable {
    package struct Subscription: Sendable {
        package let id: UInt64
        /// Ends when the subscriber is too slow or the feed closes.
        package let batches: AsyncMapSequence<AsyncStream<[FeedItem]>, [FeedItem]>
    }

    private struct Subscriber {
        let continuation: AsyncStream<[FeedItem]>.Continuation
        /// Items that were handed to it and not taken yet.
        var backlog = 0
    }

    private struct State {
        var next: UInt64 = 0
        var subscribers: [UInt64: Subscriber] = [:]
        var cursor: FeedCursor?
        var isClosed = false
        /// Waits of `?wait=`: for a delivery to reach an event.
        var committed: [Signal] = []
    }

    private let state = Mutex(State())
    private let observer: any Observer

    package init(observer: any Observer) { self.observer = observer }

    /// The position of the last publication; nil before the tracker's first step.
    package var cursor: FeedCursor? { state.withLock { $0.cursor } }

    /// Where publication goes on. When something was committed that was not published, because its commit seemed to
    /// fail, whoever watches is dropped, and resumes with a cursor from the store.
    package func begin(at cursor: FeedCursor) {
        let subscribers = state.withLock { state in
            defer { state.cursor = cursor }
            guard let known = state.cursor, known != cursor else { return state.subscribers.filter { _ in false } }
            defer { state.subscribers.removeAll() }
            return state.subscribers
        }
        guard !subscribers.isEmpty else { return }
        drop(Array(subscribers.values))
    }

    /// Whether the feed has ended for good: this process is stopping.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Nil when there are too many subscribers, or the feed is closed.
    package func subscribe() -> Subscription? {
        let (stream, continuation) = AsyncStream.makeStream(of: [FeedItem].self)
        let id: UInt64? = state.withLock { state in
            guard !state.isClosed, state.subscribers.count < Limits.subscribers else { return nil }
            state.next += 1
            state.subscribers[state.next] = Subscriber(continuation: continuation)
            return state.next
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(id) }
        observeCount()
        let batches = stream.map { [weak self] items in
            self?.state.withLock { $0.subscribers[id]?.backlog -= items.count }
            return items
        }
        return Subscription(id: id, batches: batches)
    }

    package func unsubscribe(_ id: UInt64) {
        if state.withLock({ $0.subscribers.removeValue(forKey: id) }) != nil { observeCount() }
    }

    /// Hands on what comes next, in feed order. Nothing before `begin(at:)`: nobody could say where it stands.
    package func publish(_ batch: CommittedBatch) {
        let (known, isWatched) = state.withLock { ($0.cursor, !$0.subscribers.isEmpty) }
        guard var next = known else { return }
        var items: [FeedItem] = []
        for update in batch.inOrder {
            next.advance(to: update.at)
            if isWatched { items.append(FeedItem(update: update, cursor: next)) }
        }
        if isWatched { items.append(contentsOf: batch.positions.map { FeedItem(position: $0, cursor: next) }) }
        publish(items, upTo: next)
    }

    /// - Parameter next: the cursor after the items.
    package func publish(_ items: [FeedItem], upTo next: FeedCursor) {
        let waiting = state.withLock { state in
            state.cursor = next
            return state.committed
        }
        for signal in waiting { signal.fire() }
        if !items.isEmpty { hand(items) }
    }

    /// To everyone who has room for it; whoever has not is dropped.
    private func hand(_ items: [FeedItem]) {
        let (ready, slow) = state.withLock { state in
            let slow = state.subscribers.filter { $0.value.backlog > max(0, Limits.subscriberBacklog - items.count) }
            for id in slow.keys { state.subscribers[id] = nil }
            for id in state.subscribers.keys { state.subscribers[id]?.backlog += items.count }
            return (Array(state.subscribers.values), Array(slow.values))
        }
        for subscriber in ready { subscriber.continuation.yield(items) }
        if !slow.isEmpty { drop(slow) }
    }

    /// Ends what was taken out already.
    private func drop(_ subscribers: [Subscriber]) {
        for subscriber in subscribers {
            subscriber.continuation.finish()
            observer.observe(.subscriberDropped)
        }
        observeCount()
    }

    /// Ends every subscription, so that connections can drain.
    package func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers.removeAll() }
            return state.subscribers
        }
        for subscriber in subscribers.values { subscriber.continuation.finish() }
    }

    /// Fires after each commit until it is given back: what `?wait=` waits on.
    package func commitSignal() -> Signal {
        let signal = Signal()
        state.withLock { $0.committed.append(signal) }
        return signal
    }

    package func giveBack(_ signal: Signal) {
        state.withLock { state in state.committed.removeAll { $0 === signal } }
    }

    private func observeCount() {
        observer.observe(.subscribed(count: state.withLock { $0.subscribers.count }))
    }
}

extension LiveFeed: UpdateOutlet {
    package func begin(_ claims: [Claim], in progress: TrackingProgress) { begin(at: progress.cursor) }

    package func tell(_ batch: CommittedBatch) { publish(batch) }

    package func end(_ partitions: Set<Int>) {}
}
