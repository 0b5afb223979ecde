import WaybillCore

/// Decides who is owed what: reads updates in the order of the feed, and commits its decisions together with how far it
/// has come.
///
/// It reads the store, not the topic: one shape for both profiles, and the cursor is in the ledger's own transaction.
/// Where several processes do this, the cursor lets one of them win each batch.
package struct Notifying: SteppedService {
    package let name = "notifier"
    package let wakeUp: Signal

    private let store: any ReadStore & MessageStore
    private let source: any FeedSource
    private let decisions: NotificationDecisions
    /// Fires when messages may be due.
    private let due: Signal
    private let time: any TimeSource
    private let observer: any Observer
    private let partitions: Int
    /// How long an update may wait where nothing wakes this service.
    private let patience: Duration

    /// - Parameters:
    ///   - source: of updates; the store's, or a shortcut before it.
    ///   - wakeUp: fired by whoever knows of new updates.
    package init(
        store: any ReadStore & MessageStore, source: any FeedSource, partitions: Int,
        decisions: NotificationDecisions, wakeUp: Signal, due: Signal, time: any TimeSource, observer: any Observer,
        patience: Duration
    ) {
        self.store = store
        self.source = source
        self.partitions = partitions
        self.decisions = decisions
        self.wakeUp = wakeUp
        self.due = due
        self.time = time
        self.observer = observer
        self.patience = patience
    }

    package func step() async throws -> StepOutcome {
        let cursor = try await store.notifierCursor()
        let from = try await start(cursor)
        switch try await source.updates(after: from, limit: Limits.notifierBatch) {
        case .updates(let updates, let next):
            if updates.isEmpty, next == cursor { return .idle(atMost: patience) }
            try await take(updates, from: cursor, to: next)
        case .reset(let end):
            // The numbering is another one: what was before cannot be told apart from what was decided already.
            observer.observe(.notifierReset)
            try await store.commit(NotificationCommit(expected: cursor, next: end, steps: [], at: time.now()))
        }
        return .worked
    }

    /// A ledger that has decided nothing begins with the first update that is still there.
    private func start(_ cursor: FeedCursor?) async throws -> FeedCursor {
        if let cursor { return cursor }
        let zero = FeedCursor(feedID: 0, positions: Array(repeating: 0, count: partitions))
        let feedID = try await store.feed(after: zero, limit: 1).cursor.feedID
        return FeedCursor(feedID: feedID, positions: zero.positions)
    }

    private func take(_ updates: [FeedUpdate], from cursor: FeedCursor?, to next: FeedCursor) async throws {
        let now = time.now()
        let query = decisions.query(for: updates, at: now)
        let background = updates.isEmpty ? MessageBackground() : try await store.background(query)
        let steps = decisions.steps(for: updates, background, at: now)
        let commit = NotificationCommit(expected: cursor, next: next, steps: steps, at: now)
        guard try await isWon(commit) else { return }
        due.fire()
        var batch = NotifiedBatch(updates: updates.count)
        for case .add(let message) in steps {
            batch.rows += 1
            if message.row.state == .suppressed { batch.suppressed += 1 }
        }
        observer.observe(.notified(batch))
    }
}

extension Notifying {
    /// False when another process has decided on these updates first: its decisions stand.
    private func isWon(_ commit: NotificationCommit) async throws -> Bool {
        do throws(StorageError) {
            try await store.commit(commit)
            return true
        } catch {
            if case .superseded = error { return false }
            throw error
        }
    }
}

/// What one step of the notifier did.
package struct NotifiedBatch: Hashable, Sendable {
    package var updates: Int
    package var rows = 0
    package var suppressed = 0
}
