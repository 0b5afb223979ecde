import Foundation
import GRDB
import Synchronization
import WaybillCore
import WaybillEngine

/// One commit for many waiting writers: while one transaction is on its way to the disk, the next ones gather.
final class GroupCommitter: Sendable {
    /// One writer's work; it runs inside the shared transaction and is called back after it is durable.
    private struct Job: Sendable {
        var weight: Int
        var work: @Sendable (Database) throws -> Void
        var done: CheckedContinuation<StorageError?, Never>
    }

    private struct State {
        var waiting: [Job] = []
        var weight = 0
        var isDraining = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())
    private let clock = ContinuousClock()

    /// So many writers in one commit are a crowd: more are on their way, and commits begin `spacing` apart at least.
    /// On a fast disk they would otherwise be small, and a commit costs the processor as much as several appends.
    private static let crowd = 4
    private static let spacing = Duration.milliseconds(1)

    init(pool: DatabasePool) { self.pool = pool }

    /// Runs `work` in a transaction that other writers share, and returns when it is on the disk.
    ///
    /// When the commit fails, it fails for all who shared it: nobody is told "done" for what is not.
    /// - Parameter weight: bytes, to bound what waits.
    func commit(weight: Int, _ work: @escaping @Sendable (Database) throws -> Void) async throws(StorageError) {
        let failure: StorageError? = await withCheckedContinuation { continuation in
            let job = Job(weight: weight, work: work, done: continuation)
            let (isRefused, mustStart) = state.withLock { state -> (Bool, Bool) in
                guard state.weight + weight <= Limits.waitingAppendBytes || state.waiting.isEmpty else {
                    return (true, false)
                }
                state.waiting.append(job)
                state.weight += weight
                defer { state.isDraining = true }
                return (false, !state.isDraining)
            }
            if isRefused { continuation.resume(returning: .unavailable("too many appends are waiting")) }
            if mustStart { pool.asyncWriteWithoutTransaction { self.drain($0) } }
        }
        if let failure { throw failure }
    }

    private func drain(_ db: Database) {
        while let jobs = takeWaiting() {
            let started = clock.now
            let failure = Self.commitTogether(jobs, db, path: pool.path)
            for job in jobs { job.done.resume(returning: failure) }
            if jobs.count >= Self.crowd { pause(since: started) }
        }
    }

    private func pause(since started: ContinuousClock.Instant) {
        let rest = Self.spacing - (clock.now - started)
        if rest > .zero { Thread.sleep(forTimeInterval: rest / .seconds(1)) }
    }

    private func takeWaiting() -> [Job]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            defer {
                state.waiting = []
                state.weight = 0
            }
            return state.waiting
        }
    }

    private static func commitTogether(_ jobs: [Job], _ db: Database, path: String) -> StorageError? {
        do {
            try db.inTransaction(.immediate) {
                for job in jobs { try job.work(db) }
                return .commit
            }
            return nil
        } catch {
            return StorageError(error, path: path)
        }
    }
}
